import { SpikeletError } from "../errors.js";
import { type JsonObject, putAt } from "../json.js";
import { dataKey, identifying, runId } from "./identity.js";
import type { Plan } from "./plan.js";
import { type Candidate, promoted } from "./promotion.js";
import type { FindRecord } from "./record.js";
import { type Point, pointsOf } from "./search.js";

/** One training of a sweep. */
export interface Run {
  id: string;
  /** Index among the points of the search. */
  point: number;
  settings: Point;
  seed: number;
  /** Index of the rung; 0 without halving. */
  rung: number;
  config: JsonObject;
  data: string;
}

/** The runs of a sweep that are known by now. */
export interface Runs {
  /** In a fixed order, each id once. */
  runs: Run[];
  /** Whether more follow once all of these have a record. */
  isOpen: boolean;
}

/**
 * Every run of a plan; with halving, up to the first rung that has runs without a record.
 *
 * @param hashes SHA-256 of the samples by {@link dataKey}.
 */
export async function runsOf(plan: Plan, hashes: ReadonlyMap<string, string>, find: FindRecord): Promise<Runs> {
  const epochs = plan.halving?.epochs ?? [undefined];
  let candidates: Candidate[] = pointsOf(plan).map((settings, point) => ({ point, settings }));
  const known = new Map<string, Run>();
  for (const [rung, count] of epochs.entries()) {
    const runs = await rungOf(plan, hashes, candidates, rung, count);
    for (const run of runs) if (!known.has(run.id)) known.set(run.id, run);
    if (rung === epochs.length - 1) break;
    if (runs.some(({ id }) => find(id) === undefined)) return { runs: [...known.values()], isOpen: true };
    candidates = promoted(plan, candidates, runs, find);
  }
  return { runs: [...known.values()], isOpen: false };
}

/** The configurations of the first rung, from which the keys of all data follow. */
export function configurationsOf(plan: Plan): JsonObject[] {
  return pointsOf(plan).map((settings) => configured(plan, settings, plan.seeds[0] ?? 1));
}

async function rungOf(
  plan: Plan,
  hashes: ReadonlyMap<string, string>,
  candidates: readonly Candidate[],
  rung: number,
  epochs: number | undefined,
): Promise<Run[]> {
  const runs = candidates.flatMap(({ point, settings }) =>
    plan.seeds.map(async (seed): Promise<Run> => {
      const whole = configured(plan, settings, seed);
      if (epochs !== undefined) putAt(whole, "training.epochs", epochs);
      const data = hashes.get(dataKey(whole));
      if (data === undefined) throw new SpikeletError("CONFIG_INVALID", "data", `no hash is known for ${dataKey(whole)}`);
      const config = identifying(whole);
      return { id: await runId({ config, data }), point, settings, seed, rung, config, data };
    }),
  );
  return Promise.all(runs);
}

function configured({ config }: Plan, settings: Point, seed: number): JsonObject {
  const copy = structuredClone(config);
  for (const [path, value] of Object.entries(settings)) putAt(copy, path, structuredClone(value));
  putAt(copy, "training.seed", seed);
  return copy;
}
