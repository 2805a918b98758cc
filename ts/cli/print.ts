import type { Metrics } from "../generated/config.js";
import type { Warning } from "../health/warning.js";
import { onStdout } from "./colour.js";

/** Numbers as people read them. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
export const grouped = (number: number): string => Math.round(number).toLocaleString("en-US");

/** Results go to stdout: JSON for programs, lines for people. */
export function printResult(isJson: boolean, value: unknown, lines: () => string[]): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : `${lines().join("\n")}\n`);
}

/** Messages for people go to stderr. */
export function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** What seems to be wrong, and what helps; `colours` are those of the stream. */
export function warningLines({ message, advice }: Warning, colours = onStdout): string[] {
  return [`${colours.yellow("warning")} ${message}`, `        ${colours.dim(advice)}`];
}

/** What an evaluation found, for people. */
export function metricLines(name: string, metrics: Metrics): string[] {
  const { accuracy, spikes, decisionStep } = metrics;
  const lists = [`per unit ${spikes.perUnit.map((rate) => rate.toFixed(3)).join(", ")}`];
  return [
    `${onStdout.bold(`${name} accuracy`)}  ${onStdout.green(percent(accuracy.firstSpike))} by first spike, ${percent(accuracy.count)} by count (${grouped(metrics.samples)} samples)`,
    `loss           ${metrics.loss.toFixed(4)}`,
    `spikes         ${spikes.perSample.toFixed(1)} a sample, ${spikes.untilDecision.toFixed(1)} up to the decision; ${lists.join("")}`,
    `decision       at step ${decisionStep.mean.toFixed(1)} on average, median ${decisionStep.median}`,
    `silent units   ${metrics.silentFraction.map(percent).join(", ")}`,
    `operations     ${grouped(metrics.synapticOperations)} synaptic operations a sample`,
  ];
}
