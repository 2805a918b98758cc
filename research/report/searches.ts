import { deviationText, type Measure, measure, spread } from "spikelet/study";
import { accuracyMeasure, type Compared, hasCollapsed, interval, nameOf, spikesMeasure } from "./comparison.js";
import { pairedDifference } from "./paired.js";

/** A rule and loss with several searches, each with the runs of what it chose. */
export interface Repeated {
  name: string;
  /** By the seed of the search. */
  searches: ReadonlyMap<number, Compared>;
}

/** How the place of a variant names its search. */
const SEARCH = /, search \d+$/;

/** Variants by rule and loss; searches without a run are left out. */
export function repeated(all: readonly Compared[]): Repeated[] {
  const groups = new Map<string, Map<number, Compared>>();
  for (const one of all) {
    const { searchSeed } = one.variant;
    if (searchSeed === undefined || one.records.length === 0) continue;
    const name = nameOf(one).replace(SEARCH, "");
    groups.set(name, (groups.get(name) ?? new Map()).set(searchSeed, one));
  }
  return [...groups].map(([name, searches]) => ({ name, searches }));
}

/**
 * A row for each rule and loss. Means and deviations are over searches, of which each counts by the mean over its seeds; differences to
 * the reference are paired by search, so that their 95 % intervals include what a search happens to find.
 */
export function repeatedRows(all: readonly Repeated[], reference: Repeated): string[][] {
  const head = [
    "rule, loss",
    "test accuracy, %",
    `− ${reference.name}, points`,
    "lowest and highest run, %",
    "collapsed",
    "spikes per hidden unit",
    "spikes up to the decision",
    "step of the decision",
    "searches",
  ];
  const rows = all.map((one) => {
    const compared = [...one.searches.values()];
    const runs = compared.flatMap(({ records }) => records);
    const [first] = compared as [Compared];
    const accuracies = runs.map(accuracyMeasure(first).of);
    const collapsed = runs.filter((record) => hasCollapsed(first, record)).length;
    return [
      one.name,
      over(one, accuracyMeasure),
      one === reference ? "" : interval(pairedDifference(means(one, accuracyMeasure), means(reference, accuracyMeasure)), 2),
      `${Math.min(...accuracies).toFixed(2)} to ${Math.max(...accuracies).toFixed(2)}`,
      `${collapsed} of ${runs.length}`,
      over(one, () => measure("perUnit0")),
      over(one, spikesMeasure),
      first.bestBy === "firstSpike" ? over(one, () => measure("decisionMean")) : "last",
      String(one.searches.size),
    ];
  });
  return [head, ...rows];
}

type MeasureOf = (compared: Pick<Compared, "bestBy">) => Measure;

/** The mean over the seeds of each search. */
function means({ searches }: Repeated, of: MeasureOf): Map<number, number> {
  return new Map([...searches].map(([seed, compared]) => [seed, spread(compared.records.map(of(compared).of)).mean]));
}

function over(one: Repeated, of: MeasureOf): string {
  const [first] = one.searches.values();
  return deviationText(spread([...means(one, of).values()]), of(first as Compared).digits);
}
