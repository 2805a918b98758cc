import { isObject, type Json, type JsonObject, valueAt } from "../json.js";
import { Fields, wholeNumber, within, wrong } from "./fields.js";
import { levels, parseSetting, type Setting } from "./setting.js";
import { SOBOL_DIMENSIONS } from "./sobol.js";

/** What a sweep is to do, checked and with its defaults. */
export interface Plan {
  /** The configuration that the settings are applied to. */
  config: JsonObject;
  settings: Setting[];
  search: Search;
  /** Each point runs once with each of them. */
  seeds: number[];
  objective: Objective;
  halving: Halving | null;
}

/** How points are chosen among all values of the settings. */
export type Search = { type: "grid" } | { type: "random" | "sobol"; runs: number; seed: number };

/** What makes a run better than another. */
export interface Objective {
  /** Path in the result of a run. */
  metric: string;
  goal: "max" | "min";
}

/** After each rung the best points go on, with more epochs. */
export interface Halving {
  /** Epochs of each rung, rising. */
  epochs: number[];
  /** Share of the points that goes on, rounded up. */
  keep: number;
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
  const fields = new Fields(json, "").only("$schema", "config", "settings", "search", "seeds", "objective", "halving");
  const config = fields.value("config");
  if (!isObject(config)) throw wrong("config", "must be a configuration");
  const search = parseSearch(fields.has("search") ? fields.object("search") : new Fields({ type: "grid" }, "search"));
  const halving = fields.has("halving") ? parseHalving(fields.object("halving")) : null;
  const settings = fields.has("settings") ? parseSettings(fields.object("settings"), search, halving) : [];
  const seeds = parseSeeds(fields, config);
  const points = search.type === "grid" ? settings.reduce((product, setting) => product * levels(setting), 1) : search.runs;
  atMost(points * seeds.length, "", ` (${points} points with ${seeds.length} seeds each)`);
  return { config, settings, search, seeds, objective: parseObjective(fields), halving };
}

/** Refuses what would make more runs than a sweep may have, before there is one. */
function atMost(runs: number, path: string, detail = ""): void {
  if (runs > MAX_RUNS) throw wrong(path, `a sweep can have ${MAX_RUNS} runs, got ${runs}${detail}`);
}

function parseSearch(fields: Fields): Search {
  fields.only("type", "runs", "seed");
  const type = fields.oneOf("type", ["grid", "random", "sobol"]);
  if (type !== "grid") {
    const runs = fields.whole("runs", 1);
    atMost(runs, fields.at("runs"));
    return { type, runs, seed: fields.whole("seed", 0, 1) };
  }
  for (const name of ["runs", "seed"]) {
    if (fields.has(name)) throw wrong(fields.at(name), "is for random and sobol; a grid takes every combination");
  }
  return { type };
}

function parseSettings(fields: Fields, search: Search, halving: Halving | null): Setting[] {
  const settings = fields.entries().map(([path, given]) => parseSetting(path, given, search.type === "grid"));
  for (const setting of settings) {
    const { path } = setting;
    if (setting.type === "range") atMost(setting.count ?? 0, within(within("settings", path), "count"));
    const reserved = RESERVED[path] ?? (halving && path === "training.epochs" ? "is not a setting: halving.epochs says" : null);
    if (reserved) throw wrong(within("settings", path), reserved);
  }
  if (search.type === "sobol" && settings.length > SOBOL_DIMENSIONS) {
    throw wrong("settings", `can be ${SOBOL_DIMENSIONS} for sobol, got ${settings.length}: random takes any number`);
  }
  return settings;
}

function parseSeeds(fields: Fields, config: JsonObject): number[] {
  const given = fields.value("seeds");
  if (given === undefined) return [wholeNumber(valueAt(config, "training.seed") ?? 1, "config.training.seed", 0)];
  if (typeof given === "number") {
    const count = fields.whole("seeds", 1);
    atMost(count, "seeds");
    return Array.from({ length: count }, (_, k) => k + 1);
  }
  const seeds = new Set<number>();
  for (const [k, entry] of fields.list("seeds").entries()) {
    const seed = wholeNumber(entry, `seeds[${k}]`, 0);
    if (seeds.has(seed)) throw wrong(`seeds[${k}]`, `stands there already: ${seed}`);
    seeds.add(seed);
  }
  return [...seeds];
}

function parseObjective(fields: Fields): Objective {
  if (!fields.has("objective")) return { metric: "validation.accuracy.firstSpike", goal: "max" };
  const own = fields.object("objective").only("metric", "goal");
  return { metric: own.text("metric"), goal: own.oneOf("goal", ["max", "min"]) };
}

function parseHalving(fields: Fields): Halving {
  fields.only("epochs", "keep");
  const epochs = fields.list("epochs").map((count, k) => wholeNumber(count, `halving.epochs[${k}]`, 1));
  for (const [k, count] of epochs.entries()) {
    if (count <= (epochs[k - 1] ?? 0)) throw wrong(`halving.epochs[${k}]`, `must be above the rung before, got ${count}`);
  }
  const keep = fields.has("keep") ? fields.number("keep") : 1 / 3;
  if (!(keep > 0 && keep < 1)) throw wrong("halving.keep", `must be a share between 0 and 1, got ${keep}`);
  return { epochs, keep };
}
