import { decisionMeasure, measuresOf } from "../../decisions.js";
import { inFile } from "../../errors.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { isObject, type Json, type JsonObject, valueAt } from "../../json.js";
import { Fields, planError, wholeNumber, within } from "./fields.js";
import { parseReport, type ReportConfig } from "./report.js";
import { isPath, levels, parseSetting, type Setting } from "./setting.js";
import { SOBOL_DIMENSIONS } from "./sobol.js";

/** The plan of a study, checked and with its defaults. */
export interface Plan {
  /** The configuration that the settings are applied to. */
  config: JsonObject;
  /** Settings that a search varies; none where the plan lists variants. */
  settings: Setting[];
  search: Search;
  /** Each point runs once with each of them. */
  seeds: number[];
  objective: Objective;
  halving: Halving | null;
  /** Which epoch of a run counts, unless its settings say; `null`: that of what its loss trains. */
  bestBy: BestBy | null;
  /** Texts and figures of the page beside the results. */
  report: ReportConfig;
}

/** How points are chosen among all values of the settings, or the points themselves. */
export type Search =
  | { type: "grid" }
  | { type: "random" | "sobol"; runs: number; seed: number }
  | { type: "variants"; variants: PlannedVariant[] };

/** A point of a plan that lists them. */
export interface PlannedVariant {
  /** What is compared. */
  series: string;
  /** Where on the axis. */
  at: number | string | null;
  /** One of several tries at the same series and place, of which the best by the objective stands for all. */
  attempt: string | null;
  /** By path, as those of a search. */
  settings: JsonObject;
}

const BEST_BY = ["decision", "firstSpike", "count", "membrane", "meanSquaredError", "loss", "last"] as const;

/** What chooses the epoch whose weights are tested, on the validation data: an accuracy, an error, the loss, or nothing. */
export type BestBy = (typeof BEST_BY)[number];

/** What chooses the epoch of a run whose configuration does not say so: the identities of runs leave it out. */
export const IMPLIED_BEST_BY: BestBy = "firstSpike";

/** The number by which runs are ranked, and whether more or less of it is better. */
export interface Objective {
  /** Path in the result of a run. */
  metric: string;
  goal: "max" | "min";
}

/** The default objective for each measure that chooses an epoch. */
export const OBJECTIVES: Readonly<Record<BestBy, Objective>> = {
  decision: { metric: "validation.accuracy.decision", goal: "max" },
  firstSpike: { metric: "validation.accuracy.firstSpike", goal: "max" },
  count: { metric: "validation.accuracy.count", goal: "max" },
  membrane: { metric: "validation.accuracy.membrane", goal: "max" },
  meanSquaredError: { metric: "validation.meanSquaredError", goal: "min" },
  loss: { metric: "validation.loss", goal: "min" },
  last: { metric: "validation.loss", goal: "min" },
};

/** After each rung the best points go on, with more epochs. */
export interface Halving {
  /** Epochs of each rung, rising. */
  epochs: number[];
  /** Share of the points that goes on, rounded up. */
  keep: number;
  /** How many of the plan's seeds each rung runs, the first of them; all unless given. */
  seeds?: number[];
}

/** Runs that a sweep may have: each takes some kilobytes of memory, and a file. */
export const MAX_RUNS = 100_000;

/** Paths that are no settings, and what to do instead. */
const RESERVED: Record<string, string> = {
  "training.seed": "is not a setting: list the seeds in seeds",
  "training.threads": "is not a setting: no result depends on it",
  "data.dir": "is not a setting: --data says where the data lie",
};

/**
 * Checks a plan; its `config` is an object by now, not the name of a file.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field.
 */
export function parsePlan(json: Json): Plan {
  const fields = new Fields(json, "").only(...FIELDS);
  const config = fields.has("variants") ? (fields.value("config") ?? {}) : fields.value("config");
  if (!isObject(config)) throw planError("config", "must be a configuration");
  const search = parseSearch(fields);
  const seeds = parseSeeds(fields, config);
  const halving = fields.has("halving") ? parseHalving(fields.object("halving"), seeds.length) : null;
  const settings = fields.has("settings") ? parseSettings(fields.object("settings"), search) : [];
  for (const { place, path, values } of varied(search, settings)) {
    for (const value of values) refuseReserved(place, path, value, search.type === "variants" ? null : halving);
  }
  const points = pointCount(search, settings);
  atMost(points * seeds.length, "", ` (${points} points with ${seeds.length} seeds each)`);
  const bestBy = (fields.value("bestBy") ?? null) === null ? null : fields.oneOf("bestBy", BEST_BY);
  const first = firstPoint(search, settings);
  const firstBestBy = parseBestBy(first["bestBy"] ?? config["bestBy"] ?? bestBy, lossIn(config, first));
  return {
    config,
    settings,
    search,
    seeds,
    objective: parseObjective(fields, firstBestBy),
    halving,
    bestBy,
    report: parseReport(fields),
  };
}

const FIELDS = ["$schema", "config", "settings", "search", "variants", "seeds", "objective", "halving", "bestBy", "report"];

/** {@link parsePlan} for what stands in a file. */
export function planIn(file: string, json: Json): Plan {
  try {
    return parsePlan(json);
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}

/**
 * What chooses the epochs of a run with that loss: what the loss trains, unless `value` says.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for what is not a {@link BestBy}, or not measured with the loss.
 */
export function parseBestBy(value: Json | undefined, loss: Json | undefined): Exclude<BestBy, "decision"> {
  const { trained, measured } = measuresOf(loss);
  const found = new Fields({ bestBy: value ?? trained }, "").oneOf("bestBy", BEST_BY);
  if (found !== "last" && !measured.includes(found)) {
    const type = valueAt(loss ?? null, "type") ?? "latency";
    throw planError("bestBy", `must be one of ${[...measured, "last"].join(", ")} with the loss ${type}, got "${found}"`);
  }
  // One name for it, so that a run has one identity.
  return found === "decision" ? (decisionMeasure(loss) ?? "loss") : found;
}

/** The settings of the first variant, or the first value of each setting of a search. */
function firstPoint(search: Search, settings: readonly Setting[]): JsonObject {
  if (search.type === "variants") return search.variants[0]?.settings ?? {};
  return Object.fromEntries(settings.map((one) => [one.path, one.type === "choice" ? (one.values[0] ?? null) : one.from]));
}

/** The loss at a point, as far as its measure depends on it. */
function lossIn(config: JsonObject, point: JsonObject): JsonObject {
  const said = (name: string) => point[`loss.${name}`] ?? valueAt(point["loss"] ?? config["loss"] ?? null, name) ?? null;
  return { type: said("type"), stepWeights: said("stepWeights") };
}

function pointCount(search: Search, settings: readonly Setting[]): number {
  if (search.type === "variants") return search.variants.length;
  return search.type === "grid" ? settings.reduce((product, setting) => product * levels(setting), 1) : search.runs;
}

/** Refuses what would make more runs than a sweep may have, before there is one. */
function atMost(runs: number, path: string, detail = ""): void {
  if (runs > MAX_RUNS) throw planError(path, `a sweep can have ${MAX_RUNS} runs, got ${runs}${detail}`);
}

function parseSearch(plan: Fields): Search {
  if (plan.has("variants")) {
    for (const name of ["settings", "search"]) {
      if (plan.has(name)) throw planError(name, "is for a search; variants lists the points");
    }
    return { type: "variants", variants: plan.list("variants").map((one, k) => parseVariant(one, `variants[${k}]`)) };
  }
  const fields = plan.has("search") ? plan.object("search") : new Fields({ type: "grid" }, "search");
  fields.only("type", "runs", "seed");
  const type = fields.oneOf("type", ["grid", "random", "sobol"]);
  if (type !== "grid") {
    const runs = fields.whole("runs", 1);
    atMost(runs, fields.at("runs"));
    return { type, runs, seed: fields.whole("seed", 0, 1) };
  }
  for (const name of ["runs", "seed"]) {
    if (fields.has(name)) throw planError(fields.at(name), "is for random and sobol; a grid takes every combination");
  }
  return { type };
}

function parseVariant(json: Json, path: string): PlannedVariant {
  const fields = new Fields(json, path).only("series", "at", "attempt", "settings");
  const at = fields.value("at") ?? null;
  if (at !== null && typeof at !== "number" && typeof at !== "string")
    throw planError(fields.at("at"), "must be a number or a text");
  const settings = Object.fromEntries(fields.object("settings").entries());
  for (const name of Object.keys(settings)) {
    if (!isPath(name)) throw planError(within(fields.at("settings"), name), "is no path like network.layers[0].units");
  }
  return { series: fields.text("series"), at, attempt: fields.has("attempt") ? fields.text("attempt") : null, settings };
}

/** The settings that a plan varies: the place in the plan, the path in the configuration, and the values. */
function varied(search: Search, settings: readonly Setting[]): { place: string; path: string; values: Json[] }[] {
  const ofSettings = settings.map((setting) => {
    const values = setting.type === "choice" ? setting.values : [setting.from];
    return { place: within("settings", setting.path), path: setting.path, values };
  });
  const variants = search.type === "variants" ? search.variants : [];
  const ofVariants = variants.flatMap((variant, k) =>
    Object.entries(variant.settings).map(([path, value]) => {
      return { place: within(`variants[${k}].settings`, path), path, values: [value] };
    }),
  );
  return [...ofSettings, ...ofVariants];
}

/** Refuses what the plan says elsewhere, by itself or, where results would depend on it, within a value that holds it. */
function refuseReserved(place: string, path: string, value: Json, halving: Halving | null): void {
  const reserved = { ...RESERVED, ...(halving && { "training.epochs": "is not a setting: halving.epochs says" }) };
  for (const [name, reason] of Object.entries(reserved)) {
    if (name === path) throw planError(place, reason);
    const inside = name !== "training.threads" && name.startsWith(`${path}.`) ? name.slice(path.length + 1) : "";
    if (inside !== "" && valueAt(value, inside) !== undefined) throw planError(within(place, inside), reason);
  }
}

function parseSettings(fields: Fields, search: Search): Setting[] {
  const settings = fields.entries().map(([path, given]) => parseSetting(path, given, search.type === "grid"));
  for (const setting of settings) {
    if (setting.type === "range") atMost(setting.count ?? 0, within(within("settings", setting.path), "count"));
  }
  if (search.type === "sobol" && settings.length > SOBOL_DIMENSIONS) {
    throw planError("settings", `can be ${SOBOL_DIMENSIONS} for sobol, got ${settings.length}: random takes any number`);
  }
  return settings;
}

function parseSeeds(fields: Fields, config: JsonObject): number[] {
  const given = fields.value("seeds");
  if (given === undefined)
    return [wholeNumber(valueAt(config, "training.seed") ?? DEFAULTS.training.seed, "config.training.seed", 0)];
  if (typeof given === "number") {
    const count = fields.whole("seeds", 1);
    atMost(count, "seeds");
    return Array.from({ length: count }, (_, k) => k + 1);
  }
  const seeds = new Set<number>();
  for (const [k, entry] of fields.list("seeds").entries()) {
    const seed = wholeNumber(entry, `seeds[${k}]`, 0);
    if (seeds.has(seed)) throw planError(`seeds[${k}]`, `stands there already: ${seed}`);
    seeds.add(seed);
  }
  return [...seeds];
}

function parseObjective(fields: Fields, bestBy: BestBy): Objective {
  if (!fields.has("objective")) return OBJECTIVES[bestBy];
  const own = fields.object("objective").only("metric", "goal");
  return { metric: own.text("metric"), goal: own.oneOf("goal", ["max", "min"]) };
}

function parseHalving(fields: Fields, planned: number): Halving {
  fields.only("epochs", "keep", "seeds");
  const epochs = fields.list("epochs").map((count, k) => wholeNumber(count, `halving.epochs[${k}]`, 1));
  for (const [k, count] of epochs.entries()) {
    if (count <= (epochs[k - 1] ?? 0)) throw planError(`halving.epochs[${k}]`, `must be above the rung before, got ${count}`);
  }
  const keep = fields.has("keep") ? fields.number("keep") : 1 / 3;
  if (!(keep > 0 && keep < 1)) throw planError("halving.keep", `must be a share between 0 and 1, got ${keep}`);
  if (!fields.has("seeds")) return { epochs, keep };
  const seeds = fields.list("seeds").map((count, k) => wholeNumber(count, `halving.seeds[${k}]`, 1));
  if (seeds.length !== epochs.length)
    throw planError("halving.seeds", `must have ${epochs.length} entries, one for each rung, got ${seeds.length}`);
  const above = seeds.findIndex((count) => count > planned);
  if (above >= 0)
    throw planError(`halving.seeds[${above}]`, `must be at most ${planned}, the number of seeds, got ${seeds[above]}`);
  return { epochs, keep, seeds };
}
