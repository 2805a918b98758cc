import { isObject, type Json, keysOf } from "../../json.js";
import { Fields, planError, within } from "./fields.js";

/** One thing that a sweep varies, by its path in the configuration. */
export type Setting = Choice | Range;

/** One of several values. */
export interface Choice {
  type: "choice";
  path: string;
  values: Json[];
}

/** A number between two others. */
export interface Range {
  type: "range";
  path: string;
  from: number;
  to: number;
  scale: "linear" | "log";
  isWhole: boolean;
  /** Values that a grid takes, ends included. */
  count?: number;
}

/** Reads what a plan says about a path: a list is a choice, an object a range. */
export function parseSetting(path: string, given: Json, isGrid: boolean): Setting {
  const place = within("settings", path);
  if (!isPath(path)) throw planError(place, "is no path like network.layers[0].units");
  if (Array.isArray(given)) {
    if (given.length === 0) throw planError(place, "must list at least one value");
    return { type: "choice", path, values: given };
  }
  const fields = new Fields(given, place).only("from", "to", "scale", "whole", "count");
  const [from, to] = [fields.number("from"), fields.number("to")];
  const scale = fields.oneOf("scale", ["linear", "log"], "linear");
  const isWhole = fields.flag("whole");
  if (scale === "log" && from <= 0) throw planError(fields.at("from"), `must be above 0 on a log scale, got ${from}`);
  if (to <= from) throw planError(fields.at("to"), `must be above from, got ${to}`);
  for (const [name, end] of [["from", from] as const, ["to", to] as const]) {
    if (isWhole && !Number.isInteger(end)) throw planError(fields.at(name), `must be whole, as the values are, got ${end}`);
  }
  if (!isGrid) {
    if (fields.has("count")) throw planError(fields.at("count"), "is for a grid; search.runs says how many points are drawn");
    return { type: "range", path, from, to, scale, isWhole };
  }
  return { type: "range", path, from, to, scale, isWhole, count: fields.whole("count", 2) };
}

/** Whether a text names a place in a configuration. */
export function isPath(text: string): boolean {
  try {
    return keysOf(text).length > 0;
  } catch {
    return false;
  }
}

/** How many values a grid goes through, at most: those of a range may fall together. */
export function levels(setting: Setting): number {
  return setting.type === "choice" ? setting.values.length : (setting.count ?? 2);
}

/** The values that a grid goes through, each once. */
export function gridValues(setting: Setting): Json[] {
  if (setting.type === "choice") return setting.values;
  const { count = 2 } = setting;
  return [...new Set(Array.from({ length: count }, (_, k) => numberAt(setting, k / (count - 1))))];
}

/** The value at a place in 0..1 (without 1): equal stretches for choices and whole numbers. */
export function drawnValue(setting: Setting, place: number): Json {
  if (setting.type === "choice") return setting.values[Math.floor(place * setting.values.length)] ?? null;
  const { from, to, scale, isWhole } = setting;
  if (isWhole && scale === "linear") return from + Math.floor(place * (to - from + 1));
  return numberAt(setting, place);
}

/**
 * `from + u (to − from)`, or `from (to / from)^u` on a log scale. Six digits are kept: what is left of them may depend on the
 * machine's mathematics, and the identity of a run must not.
 */
function numberAt({ from, to, scale, isWhole }: Range, u: number): number {
  const exact = scale === "log" ? from * (to / from) ** u : from + u * (to - from);
  const value = isWhole ? Math.round(exact) : Number(exact.toPrecision(6));
  return Math.min(to, Math.max(from, value));
}

/** A value as reports name it: an object with a type alone is called by it. */
export function label(value: Json): string {
  if (isObject(value) && typeof value["type"] === "string" && Object.keys(value).length === 1) return value["type"];
  return typeof value === "string" ? value : JSON.stringify(value);
}
