import type { Insight } from "../inside/insight.js";

/** What a network makes of a drawing. */
export interface Verdict {
  /** The output that fires first, of which the last one is for other drawings; `undefined` where none fires. */
  readonly output: number | undefined;
  /** Step of its first spike. */
  readonly step: number;
  readonly steps: number;
  /** First spike of each output; `undefined` for one that is silent. */
  readonly firsts: readonly (number | undefined)[];
  /** The output that comes second, where another one fires. */
  readonly second: number | undefined;
  /** Spikes of all layers up to the decision, or of the whole sample without one. */
  readonly spikes: number;
  /** Steps from its first spike to that of the second, or to the end. */
  readonly lead: number;
  /** Whether the output of a symbol leads by {@link SURE_LEAD} steps. */
  readonly isSure: boolean;
}

/** Steps by which the first output must fire before the next one for an answer. `test/unit/demo-verdict.test.ts` tries it. */
export const SURE_LEAD = 6;

/** Name of the output for other drawings than those of the symbols. */
export const OTHER = "Other";

export function verdictOf({ decision, layers, names, steps }: Insight): Verdict {
  const { times = [], units = [] } = layers.at(-1) ?? {};
  const firsts = names.map((_, output) => {
    const own = Array.from(times).filter((_, k) => units[k] === output);
    return own.length === 0 ? undefined : Math.min(...own);
  });
  const others = firsts.map((first, output) => ({ first, output })).filter(({ output }) => output !== decision?.output);
  const [second] = others.filter(({ first }) => first !== undefined).sort((a, b) => Number(a.first) - Number(b.first));
  const step = decision?.step ?? steps - 1;
  const spikes = layers.reduce((sum, { times }) => sum + Array.from(times).filter((time) => time <= step).length, 0);
  const lead = (second?.first ?? steps) - step;
  const isSymbol = decision !== undefined && decision.output < names.length - 1;
  return {
    output: decision?.output,
    step,
    steps,
    firsts,
    second: second?.output,
    spikes,
    lead,
    isSure: isSymbol && lead >= SURE_LEAD,
  };
}

/** A verdict in words: the answer, and what it rests on. `names` are those of the outputs. */
export function sentenceOf(verdict: Verdict, names: readonly string[]): [answer: string, reason: string] {
  const { isSure, output } = verdict;
  return [isSure && output !== undefined ? `${names[output]}.` : "Not sure.", reasonOf(verdict, names)];
}

function reasonOf({ isSure, lead, output, second, spikes, step, steps }: Verdict, names: readonly string[]): string {
  const cost = `${spikes} spike${spikes === 1 ? "" : "s"}`;
  if (output === undefined) return `No output fires in ${steps} steps, ${cost}.`;
  if (isSure) return `Decided at step ${step} of ${steps} with ${cost}.`;
  if (lead >= SURE_LEAD) return `The output for other drawings fires first, at step ${step} of ${steps}.`;
  if (second === undefined) return `${names[output]} fires only at step ${step} of ${steps}.`;
  const apart = lead === 0 ? "at the same step" : `${lead} step${lead === 1 ? "" : "s"} later`;
  return `${names[output]} fires at step ${step}, ${names[second]} ${apart}.`;
}
