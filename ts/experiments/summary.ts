import { type Spread, spread } from "../spread.js";
import { scoreOf } from "./engine.js";
import { variantName } from "./experiment.js";
import { layersOf, measures } from "./measures.js";
import type { RunRecord } from "./record.js";

/** What the runs of a variant have in common. */
export interface VariantSummary {
  series: string;
  at: number | string | null;
  attempt: string | null;
  seeds: number[];
  /** Mean of what chose the epoch, on the validation data; the larger the better. */
  score: number;
  measures: Record<string, Spread>;
  records: readonly RunRecord[];
}

/** One entry for every series and place, in the order of the runs: its attempt with the best score. */
export function summaries(records: readonly RunRecord[]): VariantSummary[] {
  const places = groupBy(everyAttempt(records), ({ series, at }) => JSON.stringify([series, at]));
  return places.map((attempts) => attempts.reduce((best, one) => (one.score > best.score ? one : best)));
}

/** One entry for every variant, attempts apart. */
export function everyAttempt(records: readonly RunRecord[]): VariantSummary[] {
  const shown = measures(layersOf(records));
  return groupBy(records, ({ series, at, attempt }) => JSON.stringify([series, at, attempt])).map((runs) => {
    const [first] = runs;
    return {
      series: first.series,
      at: first.at,
      attempt: first.attempt,
      seeds: runs.map(({ seed }) => seed),
      score: spread(runs.map(chosenScore)).mean,
      measures: Object.fromEntries(shown.map(({ name, of }) => [name, spread(runs.map(of))])),
      records: runs,
    };
  });
}

function chosenScore({ chosen, epochs }: RunRecord): number {
  const epoch = epochs.find((one) => one.epoch === chosen.epoch);
  return epoch === undefined ? Number.NEGATIVE_INFINITY : scoreOf(chosen.by, epoch);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Series and place in words. */
export function placeOf({ series, at }: Pick<RunRecord, "series" | "at">): string {
  return variantName({ series, ...(at === null ? {} : { at }) });
}
