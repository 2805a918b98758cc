import { canonical } from "../../json.js";
import type { Plan } from "../plan/plan.js";
import { label, type Setting } from "../plan/setting.js";
import type { Row, StudyTable } from "../run/table.js";

/** The effect of a setting on the objective, averaged over the other settings. */
export interface Effect {
  setting: Setting;
  levels: Level[];
}

/** A value of a setting, or neighbouring values together. */
export interface Level {
  label: string;
  /** The value, or the middle of several; `undefined` for what is no number. */
  at: number | undefined;
  /** For each seed the mean objective over the runs of this level. */
  bySeed: number[];
}

/** More values than this of a range are put together. */
const MAX_LEVELS = 8;
/** Parts of about as many runs each. */
const PARTS = 6;

/** The marginal effect of each setting over the runs that are done; with halving those of the first rung, where all points are. */
export function effectsOf({ rows }: StudyTable, { settings }: Pick<Plan, "settings">): Effect[] {
  const done = rows.filter(({ run, score }) => run.rung === 0 && score !== undefined);
  return settings.map((setting) => ({ setting, levels: levelsOf(setting, done) }));
}

function levelsOf(setting: Setting, rows: readonly Row[]): Level[] {
  const values = new Map<string, Row[]>();
  for (const row of rows) {
    const key = canonical(settingOf(row, setting));
    values.set(key, [...(values.get(key) ?? []), row]);
  }
  const groups = setting.type === "range" && values.size > MAX_LEVELS ? parts(setting, rows) : [...values.values()];
  const levels = groups.map((group) => levelOf(setting, group));
  return levels.every(({ at }) => at !== undefined) ? levels.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)) : levels;
}

/** Rows by rising value, in equal parts; equal values stay together. */
function parts(setting: Setting, rows: readonly Row[]): Row[][] {
  const sorted = [...rows].sort((a, b) => numberOf(a, setting) - numberOf(b, setting));
  const groups: Row[][] = [];
  for (const [k, row] of sorted.entries()) {
    const before = sorted[k - 1];
    const isEqual = before !== undefined && numberOf(before, setting) === numberOf(row, setting);
    if (isEqual || groups.length > Math.floor((k * PARTS) / sorted.length)) groups.at(-1)?.push(row);
    else groups.push([row]);
  }
  return groups;
}

function levelOf(setting: Setting, rows: readonly Row[]): Level {
  const scores = new Map<number, number[]>();
  for (const { run, score } of rows) scores.set(run.seed, [...(scores.get(run.seed) ?? []), score ?? Number.NaN]);
  const bySeed = [...scores].sort(([a], [b]) => a - b).map(([, own]) => mean(own));
  const values = rows.map((row) => settingOf(row, setting));
  if (!values.every((value) => typeof value === "number")) return { label: label(values[0] ?? null), at: undefined, bySeed };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return { label: label(low), at: low, bySeed };
  const isLogarithmic = setting.type === "range" && setting.scale === "log";
  const at = isLogarithmic ? Math.exp(mean(values.map(Math.log))) : mean(values);
  return { label: `${label(low)} to ${label(high)}`, at, bySeed };
}

function settingOf({ run }: Row, { path }: Setting) {
  return run.settings[path] ?? null;
}

function numberOf(row: Row, setting: Setting): number {
  return Number(settingOf(row, setting));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
