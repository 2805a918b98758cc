import { type PointSummary, type Row, readStudy, recordsOf, type StudyResults, spread, studyFolders } from "spikelet/study";
import { type Experiment, planOf, type Scale, type Variant, variantName } from "../experiment.js";
import type { Compared, Searched } from "./comparison.js";

/** The folder of the search for the settings of a variant, within that of its experiment. */
export function searchFolder(variant: Variant): string {
  return `search/${variantName(variant).replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
}

/**
 * Reads what the folder of an experiment with searches, or its packed file, holds: the variants whose search is at its end, or that
 * have none and a run, in the order of the experiment, with the seeds that are done.
 */
export async function comparedIn(path: string, experiment: Experiment, scale: Scale): Promise<Compared[]> {
  const folders = await studyFolders(path);
  const compared: Compared[] = [];
  for (const variant of experiment.variants(scale)) {
    const folder = searchFolder(variant);
    const search = variant.search && folders.includes(folder) ? searchedIn(await readStudy(path, { folder })) : undefined;
    if (variant.search && search === undefined) continue;
    const { bestBy = experiment.bestBy } = variant;
    const runs = folders.includes("") ? await runsIn(path, experiment, scale, variant, search) : NONE;
    if (search || runs.records.length > 0) compared.push({ variant, bestBy, search, ...runs });
  }
  return compared;
}

/** The result of a search; `undefined` before its end. */
function searchedIn({ chosen, rows }: StudyResults): Searched | undefined {
  if (chosen === undefined) return undefined;
  const samples = rows.reduce((sum, { record }) => {
    const { epochs = 0, data } = record?.result ?? {};
    return sum + epochs * (data?.train ?? 0);
  }, 0);
  const first = rows.filter(({ run }) => run.rung === 0);
  const trials = first.map(({ run, score = Number.NaN }) => ({ settings: run.settings, score }));
  const next = secondIn(rows);
  return { chosen: settingsOf(chosen), score: chosen.score.mean, next, runs: rows.length, samples, trials };
}

/** The second highest mean of the last rung; `NaN` where a single point is left. */
function secondIn(rows: readonly Row[]): number {
  const last = Math.max(...rows.map(({ run }) => run.rung));
  const scores = new Map<number, number[]>();
  for (const { run, score } of rows) {
    if (run.rung === last && score !== undefined) scores.set(run.point, [...(scores.get(run.point) ?? []), score]);
  }
  return [...scores.values()].map((all) => spread(all).mean).toSorted((a, b) => b - a)[1] ?? Number.NaN;
}

/** What a search chose, by path. */
export function settingsOf({ rows }: PointSummary) {
  return rows[0].run.settings;
}

const NONE = { records: [], failed: 0 } as const;

/** The seeds of a variant that are done with what its search chose, and how many failed. */
async function runsIn(
  path: string,
  experiment: Experiment,
  scale: Scale,
  variant: Variant,
  search: Searched | undefined,
): Promise<Pick<Compared, "records" | "failed">> {
  const seeds = Array.from({ length: experiment.seeds[scale] }, (_, k) => k + 1);
  const chosen = new Map([[variantName(variant), search?.chosen ?? {}]]);
  // A readout has none of the measures of first spikes.
  const alone = { ...experiment, bestBy: variant.bestBy ?? experiment.bestBy, variants: () => [variant] };
  const plan = planOf(alone, { scale, seeds, isAtHand: () => true, chosen });
  const study = await readStudy(path, { plan }).catch((thrown) => {
    // Data that no run has met yet.
    if (thrown?.code === "CONFIG_INVALID" && thrown.path === "data") return undefined;
    throw thrown;
  });
  return study === undefined ? NONE : { records: study.points.flatMap(recordsOf), failed: study.failed };
}
