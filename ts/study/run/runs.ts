import { SpikeletError } from "../../errors.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { canonical, isObject, type JsonObject, putAt, valueAt } from "../../json.js";
import { IMPLIED_BEST_BY, type Plan, parseBestBy } from "../plan/plan.js";
import { labelsOf, type Point, pointName, pointsOf } from "../plan/search.js";
import { runIdentity } from "../store/identity.js";
import type { FindRecord, RunRecord } from "../store/record.js";
import { type Candidate, promoted } from "./promotion.js";

/** One training of a study. */
export interface Run {
  id: string;
  /** Index among the points of the plan. */
  point: number;
  /** Labels of the point: its settings by path, or series, at and attempt of a variant. */
  settings: Point;
  seed: number;
  /** Index of the rung; 0 without halving. */
  rung: number;
  config: JsonObject;
  data: string;
  /** Folder of the data, as the plan says; no result depends on it. */
  dir?: string;
}

/** A run in one line. */
export function runName({ settings, seed, rung }: Pick<Run, "settings" | "seed" | "rung">, plan: Plan): string {
  const epochs = plan.halving ? `, epochs ${plan.halving.epochs[rung]}` : "";
  return [pointName(plan, settings), `seed ${seed}`].filter((part) => part !== "").join(", ") + epochs;
}

/** Outcome of a run: its record, or the reason why its process ended without one. */
export type Outcome = { run: Run; record: RunRecord } | { run: Run; lost: string };

/** The runs of a study that are known by now. */
export interface Runs {
  /** The runs in a fixed order; each id once, except for variants that differ in their name only. */
  runs: Run[];
  /** Whether more follow once all of these have a record. */
  isOpen: boolean;
}

/**
 * Every run of a plan; with halving, up to the first rung that has runs without a record.
 *
 * @param hashes SHA-256 of the samples by {@link dataKey}.
 * @param version of the library that ran them; this one's unless given.
 */
export async function runsOf(plan: Plan, hashes: ReadonlyMap<string, string>, find: FindRecord, version?: string): Promise<Runs> {
  const epochs = plan.halving?.epochs ?? [undefined];
  let candidates: Candidate[] = pointsOf(plan).map((settings, point) => ({ point, settings }));
  const known = new Map<string, Run>();
  for (const [rung, count] of epochs.entries()) {
    const runs = await Promise.all(configuredRuns(plan, candidates, rung, count).map((run) => identified(run, hashes, version)));
    for (const run of runs) {
      const name = plan.search.type === "variants" ? `${run.id} ${run.point}` : run.id;
      if (!known.has(name)) known.set(name, run);
    }
    if (rung === epochs.length - 1) break;
    if (runs.some(({ id }) => find(id) === undefined)) return { runs: [...known.values()], isOpen: true };
    candidates = promoted(plan, candidates, runs, find);
  }
  return { runs: [...known.values()], isOpen: false };
}

/** The configurations of the first rung, from which the keys of all data follow. */
export function* configurationsOf(plan: Plan): Generator<JsonObject> {
  for (const settings of pointsOf(plan)) {
    const first = configured(plan, settings, plan.seeds[0] ?? DEFAULTS.training.seed);
    yield first;
    if (!isDrawnPerSeed(first)) continue;
    for (const seed of plan.seeds.slice(1)) yield configured(plan, settings, seed);
  }
}

type ConfiguredRun = Omit<Run, "id" | "data" | "dir">;

/** The runs of a rung. Seeds are the outer loop of variants, so that a study that was stopped can compare all variants. */
function configuredRuns(plan: Plan, candidates: readonly Candidate[], rung: number, epochs: number | undefined): ConfiguredRun[] {
  const run = ({ point, settings }: Candidate, seed: number): ConfiguredRun => {
    const config = configured(plan, settings, seed);
    if (epochs !== undefined) putAt(config, "training.epochs", epochs);
    return { point, settings: labelsOf(plan, settings, point), seed, rung, config };
  };
  const seeds = plan.seeds.slice(0, plan.halving?.seeds?.[rung]);
  if (plan.search.type === "variants") return seeds.flatMap((seed) => candidates.map((one) => run(one, seed)));
  return candidates.flatMap((one) => seeds.map((seed) => run(one, seed)));
}

async function identified(
  { config: whole, ...run }: ConfiguredRun,
  hashes: ReadonlyMap<string, string>,
  version: string | undefined,
): Promise<Run> {
  const data = hashes.get(dataKey(whole));
  if (data === undefined) throw new SpikeletError("CONFIG_INVALID", "data", `no hash is known for ${dataKey(whole)}`);
  const config = identifyingConfig(whole);
  const id = await runIdentity({ config, data, ...(version === undefined ? {} : { version }) });
  const dir = valueAt(whole, "data.dir");
  return { id, ...run, config, data, ...(typeof dir === "string" && { dir }) };
}

/**
 * The configuration of a run, with its seed and, unless it is the implied one, what chooses its epoch.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` at `bestBy` for what is not measured with the loss of the run.
 */
function configured({ config, bestBy }: Plan, settings: Point, seed: number): JsonObject {
  const copy = structuredClone(config);
  // A setting of an object comes before those of its fields.
  const inOrder = Object.entries(settings).sort(([a], [b]) => a.length - b.length);
  for (const [path, value] of inOrder) putAt(copy, path, structuredClone(value));
  putAt(copy, "training.seed", seed);
  const chosenBy = parseBestBy(copy["bestBy"] ?? bestBy ?? valueAt(copy, "training.bestBy"), copy["loss"]);
  if (chosenBy === IMPLIED_BEST_BY) delete copy["bestBy"];
  else copy["bestBy"] = chosenBy;
  if (isDrawnPerSeed(copy)) putAt(copy, "data.options.seed", seed);
  return copy;
}

function isDrawnPerSeed({ data }: JsonObject): boolean {
  return isObject(data) && data["isDrawnPerSeed"] === true;
}

/** A configuration without the fields on which no result depends: threads, the folder of the data, and the schema for editors. */
export function identifyingConfig(config: JsonObject): JsonObject {
  const { $schema: _, data, training, ...kept } = config;
  if (isObject(training)) kept["training"] = without(training, "threads");
  if (isObject(data)) kept["data"] = without(data, "dir");
  return kept;
}

/**
 * A key of the samples before they are encoded: runs with the same key share their data. The steps of the network are a part of it,
 * since drawn and recorded spikes depend on them.
 */
export function dataKey({ data, network }: JsonObject): string {
  const { dataset = null, options = null } = isObject(data) ? data : {};
  const { steps = null } = isObject(network) ? network : {};
  return canonical({ dataset, options, steps });
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = object;
  return rest;
}
