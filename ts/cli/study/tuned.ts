import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import {
  type Experiment,
  type ExperimentOptions,
  planOf,
  searchPlanOf,
  type Tuning,
  type Variant,
  variantName,
} from "../../study/plan/experiment.js";
import { parsePlan } from "../../study/plan/plan.js";
import type { Point } from "../../study/plan/search.js";
import { chosenOf } from "../../study/report/choice.js";
import { searchFolder } from "../../study/report/comparison.node.js";
import { gather } from "../../study/report/merge.node.js";
import type { Choices } from "../invocation.js";
import { say } from "../print.js";
import { type StudyArguments, study, type Telling } from "./command.js";

/** An experiment with searches, and how it was asked for. */
export interface TunedStudy {
  experiment: Experiment;
  tuning: Tuning;
  options: ExperimentOptions;
  out: string;
  args: StudyArguments;
  choices: Choices;
  telling: Telling;
}

/**
 * Runs an experiment variant by variant: first the search for its settings, in a folder of its own, then its seeds with what the
 * search chose. What has records is not run again, so that it continues wherever it was ended.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for a search without a result.
 */
export async function tunedStudy(tuned: TunedStudy): Promise<void> {
  const { experiment, options, out, args, choices, telling } = tuned;
  const all = experiment.variants(options.scale);
  const chosen = new Map<string, Point>();
  for (const [k, variant] of all.entries()) {
    if (variant.search) {
      const point = await searched(variant, tuned);
      if (point === undefined) return;
      chosen.set(variantName(variant), point);
    }
    const known = { ...experiment, variants: () => all.slice(0, k + 1) };
    const json = planOf(known, { ...options, chosen });
    await study({ name: experiment.name, plan: parsePlan(json), json }, out, args, choices, telling);
  }
}

/** What the search for the settings of a variant chose; `undefined` where other shards have to come first. */
async function searched(
  variant: Variant,
  { experiment, tuning, options, out, args, choices, telling }: TunedStudy,
): Promise<Point | undefined> {
  const json = searchPlanOf(experiment, variant, tuning, options);
  const plan = parsePlan(json);
  const dir = join(out, searchFolder(variant));
  const name = variantName(variant);
  await study({ name, plan, json }, dir, args, choices, { ...telling, tellsEpochs: false });
  const { table } = await gather([dir]);
  const point = chosenOf(table, plan);
  if (point !== undefined) {
    const { settings } = point.rows[0].run;
    say(`${name}: chosen by validation ${JSON.stringify(settings)}`);
    return settings;
  }
  if (!table.isOpen && table.missing === 0)
    throw new SpikeletError("CONFIG_INVALID", dir, "no run of the last rung has finished");
  say(`${name}: the search needs the records of all shards: run this again when they have finished`);
  return undefined;
}
