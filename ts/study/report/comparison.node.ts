import { type Experiment, planOf, type Scale, type Variant, variantName } from "../plan/experiment.js";
import { parsePlan } from "../plan/plan.js";
import type { Point } from "../plan/search.js";
import { configurationsOf, dataKey } from "../run/runs.js";
import { joined, tableOf } from "../run/table.js";
import { storedStudies } from "../store/packed.node.js";
import type { StoredStudy } from "../store/stored-study.js";
import { chosenOf } from "./choice.js";
import type { Compared, Searched } from "./comparison.js";
import { gather } from "./merge.node.js";
import { pointsOf, recordsOf } from "./points.js";

/** The folder of the search for the settings of a variant, within that of its experiment. */
export function searchFolder(variant: Variant): string {
  return `search/${variantName(variant).replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
}

/**
 * Reads what the folder of an experiment with searches, or its packed file, holds: the variants whose search is at its end, or that
 * have none and a run, in the order of the experiment, with the seeds that are done.
 */
export async function comparedIn(path: string, experiment: Experiment, scale: Scale): Promise<Compared[]> {
  const studies = await storedStudies(path);
  const whole = studies.study();
  const compared: Compared[] = [];
  for (const variant of experiment.variants(scale)) {
    const search = variant.search && (await searchedIn(studies.study(searchFolder(variant))));
    if (variant.search && search === undefined) continue;
    const { bestBy = experiment.bestBy } = variant;
    const runs = await runsIn(whole, experiment, scale, variant, search?.chosen ?? {});
    if (search || runs.records.length > 0) compared.push({ variant, bestBy, search, ...runs });
  }
  return compared;
}

/** The result of a search; `undefined` before its end. */
async function searchedIn(study: StoredStudy | undefined): Promise<Searched | undefined> {
  if (study === undefined) return undefined;
  const { manifest, table } = await gather([study]);
  const point = chosenOf(table, manifest.plan);
  if (point === undefined) return undefined;
  const samples = table.rows.reduce((sum, { record }) => {
    const { epochs = 0, data } = record?.result ?? {};
    return sum + epochs * (data?.train ?? 0);
  }, 0);
  const first = table.rows.filter(({ run }) => run.rung === 0);
  const trials = first.map(({ run, score = Number.NaN }) => ({ settings: run.settings, score }));
  return { chosen: point.rows[0].run.settings, score: point.score.mean, runs: table.rows.length, samples, trials };
}

/** The seeds of a variant that are done with these settings, and how many failed. */
async function runsIn(
  study: StoredStudy | undefined,
  experiment: Experiment,
  scale: Scale,
  variant: Variant,
  settings: Point,
): Promise<Pick<Compared, "records" | "failed">> {
  const none = { records: [], failed: 0 };
  if (study === undefined) return none;
  const { hashes, version } = await study.manifest();
  const seeds = Array.from({ length: experiment.seeds[scale] }, (_, k) => k + 1);
  const chosen = new Map([[variantName(variant), settings]]);
  const json = planOf({ ...experiment, variants: () => [variant] }, { scale, seeds, isAtHand: () => true, chosen });
  const plan = parsePlan(json);
  // Data that no run has met yet.
  if ([...configurationsOf(plan)].some((config) => !hashes.has(dataKey(config)))) return none;
  const { records } = await study.records();
  const table = await tableOf(plan, hashes, joined(records), version);
  return { records: pointsOf(table, plan).flatMap(recordsOf), failed: table.failed };
}
