import { join } from "node:path";
import { SpikeletError } from "spikelet";
import { type Point, type StudyResults, type SweepOptions, sweep } from "spikelet/study";
import {
  type Experiment,
  type ExperimentOptions,
  planOf,
  searchPlanOf,
  type Tuning,
  type Variant,
  variantName,
} from "./experiment.js";
import { searchFolder, settingsOf } from "./report/compared.js";
import type { Reporter } from "./reporter.js";

/** An experiment, and how it was asked for. */
export interface ExperimentRun {
  experiment: Experiment;
  options: ExperimentOptions;
  sweeping: SweepOptions & { name: string };
  reporter: Reporter;
}

/**
 * Runs an experiment. One with searches is run variant by variant: first the search for its settings, in a folder of its own, then its
 * seeds with what the search chose. What has records is not run again, so that it continues wherever it was ended.
 *
 * @returns `undefined` where other shards have to come first.
 * @throws {SpikeletError} `CONFIG_INVALID` for a search without a result, and what `sweep` throws.
 */
export async function run(request: ExperimentRun): Promise<StudyResults | undefined> {
  const { experiment, options, sweeping, reporter } = request;
  const tuning = experiment.tuning?.(options.scale);
  if (tuning === undefined) return reporter.finish(await sweep(planOf(experiment, options), sweeping), sweeping.out);
  const all = experiment.variants(options.scale);
  const chosen = new Map<string, Point>();
  let study: StudyResults | undefined;
  for (const [k, variant] of all.entries()) {
    if (variant.search) {
      const point = await searchSettings(variant, tuning, request);
      if (point === undefined) return undefined;
      chosen.set(variantName(variant), point);
    }
    const known = { ...experiment, variants: () => all.slice(0, k + 1) };
    study = reporter.finish(await sweep(planOf(known, { ...options, chosen }), sweeping), sweeping.out);
  }
  return study;
}

/** What the search for the settings of a variant chose; `undefined` where other shards have to come first. */
async function searchSettings(variant: Variant, tuning: Tuning, request: ExperimentRun): Promise<Point | undefined> {
  const { experiment, options, sweeping, reporter } = request;
  const out = join(sweeping.out, searchFolder(variant));
  const name = variantName(variant);
  const study = await sweep(searchPlanOf(experiment, variant, tuning, options), { ...sweeping, out, name });
  reporter.finish(study, out);
  if (study.chosen !== undefined) {
    const settings = settingsOf(study.chosen);
    reporter.say(`${name}: chosen by validation ${JSON.stringify(settings)}`);
    return settings;
  }
  if (!study.isOpen && study.missing === 0)
    throw new SpikeletError("CONFIG_INVALID", out, "no run of the last rung has finished");
  reporter.say(`${name}: the search needs the records of all shards: run this again when they have finished`);
  return undefined;
}
