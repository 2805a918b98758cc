import { type Decision, decisionOf, hasOutputSpikes } from "../../decisions.js";
import type { Prediction } from "../../results.js";
import { wholeNumber } from "../arguments.js";
import { openCheckpoint } from "../checkpoint.js";
import { defineCommand } from "../command.js";
import { samplesFrom } from "../data.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { withProgress } from "../live-line.js";
import { checkpointOptions, computeOptions, dataOptions, outputOptions, partOptions, passOptions } from "../options.js";
import { chosenSamples } from "../part.js";
import { rangeText } from "../print.js";
import { readLimit } from "../read-limit.js";

export const predict = defineCommand({
  meta: { name: "predict", description: "Prints what a checkpoint decides, sample by sample" },
  args: {
    ...checkpointOptions,
    ...dataOptions,
    ...partOptions,
    start: { type: "string", default: "0", description: "first sample of the part", valueHint: "N" },
    samples: { type: "string", default: "10", description: "how many", valueHint: "N" },
    ...passOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const signal = abortOnInterrupt();
    const start = wholeNumber(args.start, "start");
    const count = wholeNumber(args.samples, "samples", 1);
    const opened = await openCheckpoint(args, choicesOf(args, signal));
    using network = opened.network;
    const { steps } = network.config.network;
    const { part, samples } = await chosenSamples(args, opened, {
      backend: network.backend,
      steps,
      signal,
      isShown: !args.json,
      areLabelsOptional: true,
      ...readLimit(args),
    });
    const data = samplesFrom(samples, part, start, count);
    const earlyDecision = args["early-decision"];
    const prediction = await withProgress("samples answered", args.json, (onProgress) =>
      network.predict(data, { signal, earlyDecision, ...(onProgress && { onProgress }) }),
    );
    const { labels } = data;
    const decision = decisionOf(network.config);
    for (let k = 0; k < data.length; k++) {
      const answer = {
        sample: start + k,
        label: labels?.[k] ?? null,
        ...(prediction.names && { name: prediction.names[k] }),
        ...answerOf(decision, prediction, k),
        steps: prediction.steps[k],
        spikes: prediction.layers.map((layer) => layer.sample(k).times.length),
      };
      process.stdout.write(`${args.json ? JSON.stringify(answer) : answerLine(answer, decision)}\n`);
    }
  },
});

/**
 * Answer of a network to a sample: the class that it decides for, its probability, and the decisions that its outputs make; or the
 * series `[step][output]`.
 */
function answerOf(decision: Decision, prediction: Prediction, sample: number): Answer {
  const { classes, probabilities, byFirstSpike, byCount, decisionStep, membranes = new Float32Array() } = prediction;
  if (decision === "none") {
    const size = membranes.length / prediction.steps.length;
    return { membranes: Array.from(membranes.subarray(sample * size, (sample + 1) * size)) };
  }
  const decided = decidedFor(classes[sample]);
  const probability = probabilities?.[(sample * probabilities.length) / classes.length + (decided ?? Number.NaN)];
  const answer = { decision, class: decided, ...(probability !== undefined && { probability }) };
  if (!hasOutputSpikes(decision)) return answer;
  return {
    ...answer,
    byFirstSpike: decidedFor(byFirstSpike?.[sample]),
    byCount: decidedFor(byCount?.[sample]),
    decisionStep: decisionStep?.[sample],
  };
}

/** `null` where no output fired. */
function decidedFor(output: number | undefined): number | null {
  return output === undefined || output < 0 ? null : output;
}

interface Answer {
  decision?: Decision;
  /** `null` where no output fired. */
  class?: number | null;
  probability?: number;
  /** Name of that class, where the classes of the network have names. */
  name?: string | undefined;
  byFirstSpike?: number | null;
  byCount?: number | null;
  decisionStep?: number | undefined;
  membranes?: number[];
}

/** An answer for people, with the decision that the loss trains first. */
export function answerLine(
  answer: Answer & { sample: number; label: number | null; spikes: number[] },
  trained: Decision,
): string {
  const { sample, label, spikes, membranes, probability, name } = answer;
  const known =
    membranes === undefined
      ? `${decisionText(answer, trained)}${probability === undefined ? "" : `, probability ${probability.toFixed(3)}`}${label === null ? "" : `, label ${label}`}`
      : `membranes ${rangeText(membranes)}, in full with --json`;
  return `sample ${sample}: ${name === undefined ? "" : `${name}, `}${known}; spikes ${spikes.join(" + ")}`;
}

function decisionText({ byFirstSpike, byCount, decisionStep, ...answer }: Answer, trained: Decision): string {
  if (trained === "membrane") return `${answer.class} by membrane`;
  if (answer.class === null) return "no decision, as no output fires";
  const [first, count] = [`${byFirstSpike} by first spike at step ${decisionStep}`, `${byCount} by count`];
  return trained === "count" ? `${count}, ${first}` : `${first}, ${count}`;
}
