import type { Contestant, Point } from "./race.js";

/** Fraction of the digits that a network must read right to compete by spikes and by time: one that is silent costs nothing. */
const READS = 0.5;

/** Where a network can win. */
interface Contest {
  /** What is compared, as exactly as it is shown: the smaller, the better. */
  readonly of: (point: Point) => number;
  readonly verbs: readonly [one: string, several: string];
  readonly rest: (point: Point) => string;
}

const ACCURACY: Contest = {
  of: ({ accuracy }) => -Math.round(1000 * accuracy),
  verbs: ["reads", "read"],
  rest: ({ accuracy }) => `best (${(100 * accuracy).toFixed(1)} % right)`,
};

const COSTS: readonly Contest[] = [
  {
    of: ({ spikes }) => Math.round(spikes),
    verbs: ["needs", "need"],
    rest: ({ spikes }) => `the fewest spikes (${spikes.toFixed(0)} a digit)`,
  },
  {
    of: ({ decisionStep }) => Math.round(decisionStep),
    verbs: ["decides", "decide"],
    rest: ({ decisionStep }) => `earliest (step ${decisionStep.toFixed(0)})`,
  },
];

/** Winners of a race by the last figures of each network, as a sentence; empty where nothing was measured. */
export function resultOf(contestants: readonly Pick<Contestant, "rule" | "points">[]): string {
  const ends = contestants.flatMap(({ rule, points }) => points.slice(-1).map((point) => ({ name: rule.name, point })));
  const readers = ends.filter(({ point }) => point.accuracy >= READS);
  const won = [wonBy(ACCURACY, ends), ...COSTS.map((contest) => wonBy(contest, readers))].flat();
  return won.length === 0 ? "" : `${listed(won)}.`;
}

/** Winners of a contest as part of a sentence; nothing without anybody in it. */
function wonBy({ of, rest, verbs }: Contest, ends: readonly { name: string; point: Point }[]): string[] {
  const best = Math.min(...ends.map(({ point }) => of(point)));
  const winners = ends.filter(({ point }) => of(point) === best);
  const names = listed(winners.map(({ name }) => name));
  return winners.slice(0, 1).map(({ point }) => `${names} ${verbs[winners.length > 1 ? 1 : 0]} ${rest(point)}`);
}

/** Words as in a sentence: A, B and C. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
