import { type Decision, decisionsIn } from "../decisions.js";
import { printable } from "../escaped.js";
import type { Metrics } from "../generated/config.js";
import type { Warning } from "../health/warning.js";
import { answerTexts, grouped, percent, untilText } from "../report/result/texts.js";
import { onStdout } from "./colour.js";

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Results go to stdout: JSON for programs, lines for people. */
export function printResult(isJson: boolean, value: unknown, lines: () => string[]): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : `${visible(lines().join("\n"))}\n`);
}

/** Messages for people go to stderr. */
export function say(message: string): void {
  process.stderr.write(`${visible(message)}\n`);
}

/** What switches the colours and weights of `colour.ts` on and off; everything else that a terminal obeys comes from names in files. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COLOUR = /(\u001b\[(?:1|2|22|3[0-79])m)/;

/** The lines as they may be written to a terminal. */
function visible(lines: string): string {
  return lines
    .split(COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join("");
}

/** A warning with its advice; `colours` are those of the stream. */
export function warningLines({ message, advice }: Warning, colours = onStdout): string[] {
  return [`${colours.yellow("warning")} ${message}`, `        ${colours.dim(advice)}`];
}

/** From where to where values go; there may be more of them than a call has room for arguments. */
export function rangeText(values: readonly number[]): string {
  const least = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const most = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return `from ${least.toPrecision(3)} to ${most.toPrecision(3)}`;
}

/** The results of an evaluation, for people. */
export function metricLines(name: string, metrics: Metrics, trained: Decision): string[] {
  const { spikes, decisionStep } = metrics;
  const perUnit = spikes.perUnit.map((rate) => rate.toFixed(3)).join(", ");
  const [answer, ...others] = answerTexts(metrics, trained);
  const [decision] = decisionsIn(metrics, trained);
  const title = decision === undefined ? name : `${name} ${decision === "none" ? "error" : "accuracy"}`;
  const until = decisionStep ? `, ${spikes.untilDecision.toFixed(1)} ${untilText(trained).spikes}` : "";
  const first = trained === "firstSpike" ? "decision       " : "first spike    ";
  return [
    `${onStdout.bold(title)}  ${[onStdout.green(answer), ...others].join(", ")} (${grouped(metrics.samples)} samples)`,
    `loss           ${metrics.loss.toFixed(4)}`,
    `spikes         ${spikes.perSample.toFixed(1)} per sample${until}; per unit ${perUnit}`,
    ...(decisionStep ? [`${first}at step ${decisionStep.mean.toFixed(1)} on average, median ${decisionStep.median}`] : []),
    ...undecided(metrics),
    `silent units   ${metrics.silentFraction.map(percent).join(", ")}`,
    `operations     ${grouped(metrics.synapticOperations)} synaptic operations per sample${byLayer(metrics)}`,
  ];
}

/** How many samples have no decision, if any. */
function undecided({ silent = 0, samples }: Metrics): string[] {
  return silent === 0 ? [] : [`no decision    in ${grouped(silent)} of ${grouped(samples)} samples, as no output fires`];
}

/** Synaptic operations of each of several layers. */
function byLayer({ synapticOperationsByLayer: operations }: Metrics): string {
  return operations.length < 2 ? "" : `; by layer ${operations.map((sum) => grouped(Math.round(sum))).join(", ")}`;
}
