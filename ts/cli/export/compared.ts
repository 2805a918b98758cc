import { decisionOf } from "../../decisions.js";
import { SpikeletError } from "../../errors.js";
import type { OpenedCheckpoint } from "../checkpoint.js";
import type { Parameters } from "../command.js";
import type { DataArguments } from "../data.js";
import { AccuracyLost, UsageError } from "../exit.js";
import { withProgress } from "../live-line.js";
import { type ChosenSamples, chosenSamples } from "../part.js";
import { readLimit } from "../read-limit.js";
import { type Comparison, compare, type Decide } from "./comparison.js";

/** Points of accuracy that may be lost. */
const MAX_LOST = "2";

export const comparisonOptions = {
  "max-lost": {
    type: "string",
    default: MAX_LOST,
    description: "points of accuracy that may be lost, beyond the 95 % interval of what is measured; more is an error",
    valueHint: "POINTS",
  },
} as const satisfies Parameters;

interface Arguments extends DataArguments {
  "max-lost": string;
  "max-memory"?: string | undefined;
  json?: boolean | undefined;
}

/** A comparison with the samples that it was made on, or why there is none. */
export type Compared = { part: string; comparison: Comparison } | { why: string };

/**
 * Compares what is about to be written with the network, on the validation samples of its data or on other data.
 *
 * @throws {AccuracyLost} where more points are lost than may be.
 */
export async function compared(
  opened: OpenedCheckpoint,
  decide: Decide,
  args: Arguments,
  signal: AbortSignal,
): Promise<Compared> {
  const most = Number(args["max-lost"]);
  if (args["max-lost"].trim() === "" || !(most >= 0 && most <= 100)) {
    throw new UsageError(`--max-lost must be from 0 to 100, got "${args["max-lost"]}"`);
  }
  const { network } = opened;
  if (decisionOf(network.config) === "none") return { why: "the network decides nothing" };
  const found = await samplesFor(opened, args, signal);
  if ("why" in found) return found;
  const { samples, part } = found;
  if (samples.labels === undefined) return { why: `the ${part} samples have no labels` };
  if (samples.length === 0) return { why: `there are no ${part} samples` };
  const comparison = await withProgress("samples compared", args.json ?? false, (onProgress) =>
    compare(network, decide, samples, { signal, ...(onProgress && { onProgress }) }),
  );
  const { interval, accuracy } = comparison;
  if (interval[0] > most) {
    const [own, written] = [accuracy.network, accuracy.written].map(inPercent);
    throw new AccuracyLost(
      `the network has an accuracy of ${own}, what would be written ${written} on ${samples.length} ${part} samples: nothing was written; --max-lost 100 writes it all the same`,
    );
  }
  return { part, comparison };
}

async function samplesFor(
  opened: OpenedCheckpoint,
  args: Arguments,
  signal: AbortSignal,
): Promise<ChosenSamples | { why: string }> {
  const { backend, config } = opened.network;
  const isNamed = args.dataset !== undefined || args.data !== undefined;
  if (!isNamed && opened.known?.dataset === undefined) return { why: "the checkpoint does not name its data; --data does" };
  try {
    const how = { backend, steps: config.network.steps, signal, isShown: !args.json, ...readLimit(args) };
    return await chosenSamples(args, opened, how, "validation");
  } catch (thrown) {
    const isGone = !isNamed && (thrown instanceof UsageError || thrown instanceof SpikeletError);
    if (isGone && !signal.aborted) return { why: `its data can't be read (${thrown.message}); --data names others` };
    throw thrown;
  }
}

/** The comparison for people. */
export function comparedLines(found: Compared): string[] {
  if ("why" in found) return [`nothing was compared: ${found.why}`];
  const { comparison, part } = found;
  const { accuracy, samples, lost, interval } = comparison;
  const [own, written] = [accuracy.network, accuracy.written].map(inPercent);
  const points = interval.map((end) => end.toFixed(1).replace("-", "−")).join(" to ");
  return [
    `accuracy ${own} of the network, ${written} of what was written (${samples} ${part} samples): ${lost.toFixed(1).replace("-", "−")} points lost, 95 % interval ${points}`,
  ];
}

/** The comparison for programs. */
export function comparedJson(found: Compared): object {
  return "why" in found ? { comparison: null, why: found.why } : { comparison: { part: found.part, ...found.comparison } };
}

function inPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
