import { wholeNumber } from "../arguments.js";
import { openCheckpoint } from "../checkpoint.js";
import { defineCommand } from "../command.js";
import { dataSource, loadSplit } from "../data.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { checkpointOptions, computeOptions, dataOptions, outputOptions, passOptions, splitOptions } from "../options.js";
import { readLimit } from "../read-limit.js";

export const predict = defineCommand({
  meta: { name: "predict", description: "Prints what a checkpoint decides, sample by sample" },
  args: {
    ...checkpointOptions,
    ...dataOptions,
    ...splitOptions,
    start: { type: "string", default: "0", description: "first sample of the part", valueHint: "N" },
    samples: { type: "string", default: "10", description: "how many", valueHint: "N" },
    ...passOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const signal = abortOnInterrupt();
    const start = wholeNumber(args.start, "start");
    const end = start + wholeNumber(args.samples, "samples", 1);
    const { network: opened, known } = await openCheckpoint(args, choicesOf(args, signal));
    using network = opened;
    const { steps } = network.config.network;
    const split = await loadSplit(dataSource(args, known), {
      backend: network.backend,
      steps,
      signal,
      ...readLimit(args),
    });
    const data = split[args.split].slice(start, end);
    const prediction = await network.predict(data, { signal, earlyDecision: args["early-decision"] });
    const labels = data.labels;
    for (let k = 0; k < data.length; k++) {
      const answer = {
        sample: start + k,
        label: labels?.[k] ?? null,
        byFirstSpike: prediction.byFirstSpike[k],
        byCount: prediction.byCount[k],
        decisionStep: prediction.decisionStep[k],
        steps: prediction.steps[k],
        spikes: prediction.layers.map((layer) => layer.sample(k).times.length),
      };
      process.stdout.write(`${args.json ? JSON.stringify(answer) : line(answer)}\n`);
    }
  },
});

function line(answer: { [key: string]: unknown; spikes: number[] }): string {
  const { sample, label, byFirstSpike, byCount, decisionStep, spikes } = answer;
  return `sample ${sample}: ${byFirstSpike} by first spike at step ${decisionStep}, ${byCount} by count, label ${label}; spikes ${spikes.join(" + ")}`;
}
