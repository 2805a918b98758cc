import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deviationText, markdownTable, spread } from "spikelet/study";
import { type Disturbance, LEVELS } from "../robustness/disturbances.js";
import type { Line } from "../robustness/study.js";
import { type Made, put, ROOT } from "./made-page.js";

/** The page with places for the tables. */
export const PAGE = "docs/results/notes/robustness.md";

/** Where the lines of each data set are, by the beginning of its tables' names. */
const FOLDERS = { robustness: "robustness", "robustness fashion-mnist": "robustness/fashion-mnist" };

/** What a level of each kind of disturbance is. */
const TEXTS: Record<Disturbance["kind"], (level: number) => string> = {
  none: () => "none",
  jitter: (level) => `spike times ± ${level} ${level === 1 ? "step" : "steps"}`,
  deletion: (level) => `${100 * level} % of spikes lost`,
  insertion: (level) => `${100 * level} % spurious spikes`,
  threshold: (level) => `thresholds ± ${100 * level} %`,
  decay: (level) => `time constants ± ${100 * level} %`,
  bits: (level) => `weights of ${level} bits`,
};

/** The page with its tables anew: accuracy without disturbance, and what is lost by the strongest of each kind or by all. */
export async function made(page: string): Promise<Made> {
  const tables = Object.entries(FOLDERS).flatMap(([title, folder]) => {
    const lines = recorded(folder);
    if (lines.length === 0) return [];
    return [
      [title, strongest(lines, "best")],
      [`${title} levels`, allLevels(lines, "best")],
      [`${title} equal`, allLevels(lines, "equal")],
      [`${title} equal spikes`, strongest(lines, "equalSpikes")],
    ] as const;
  });
  const text = tables.reduce((text, [name, rows]) => put(text, name, markdownTable(rows)), page);
  return { text, figures: new Map() };
}

function recorded(name: string): Line[] {
  const folder = join(ROOT, "research/records", name);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".ndjson"));
  const all = files.flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"));
  return all.map((line) => JSON.parse(line)).filter((line) => "kind" in line);
}

/** A row for each rule and loss: accuracy in % and, by kind of disturbance, the points that its strongest level costs. */
export function strongest(lines: readonly Line[], accuracy: Line["accuracy"]): string[][] {
  const columns = LEVELS.map(([kind, levels]): Disturbance => ({ kind, level: levels.at(-1) ?? 0 }));
  const rows = namesOf(lines, accuracy).map((name) => [
    name,
    accuracyText(lines, name, accuracy),
    spikesText(lines, name, accuracy),
    ...columns.map((disturbance) => lossText(lines, name, accuracy, disturbance)),
  ]);
  return [["rule, loss", "undisturbed, %", "spikes per hidden unit", ...columns.map(textOf)], ...rows];
}

/** A row for each disturbance and a column for each rule and loss: points that it costs, below accuracy and spikes without it. */
export function allLevels(lines: readonly Line[], accuracy: Line["accuracy"]): string[][] {
  const names = namesOf(lines, accuracy);
  const levels = LEVELS.flatMap(([kind, levels]) => levels.map((level): Disturbance => ({ kind, level })));
  return [
    ["points lost by", ...names],
    ["none: accuracy, %", ...names.map((name) => accuracyText(lines, name, accuracy))],
    ["spikes per hidden unit", ...names.map((name) => spikesText(lines, name, accuracy))],
    ...levels.map((level) => [textOf(level), ...names.map((name) => lossText(lines, name, accuracy, level))]),
  ];
}

/** Rules and losses that have weights of this kind, in the order of the lines. */
function namesOf(lines: readonly Line[], accuracy: Line["accuracy"]): string[] {
  return [...new Set(lines.filter((line) => line.accuracy === accuracy).map(({ name }) => name))];
}

/** Lines without disturbance, one a seed. */
function undisturbed(lines: readonly Line[], name: string, accuracy: Line["accuracy"]): Line[] {
  return lines.filter((line) => line.name === name && line.accuracy === accuracy && line.kind === "none");
}

function accuracyText(lines: readonly Line[], name: string, accuracy: Line["accuracy"]): string {
  return deviationText(spread(undisturbed(lines, name, accuracy).map(({ test = Number.NaN }) => 100 * test)), 2);
}

function spikesText(lines: readonly Line[], name: string, accuracy: Line["accuracy"]): string {
  const hidden = undisturbed(lines, name, accuracy).map(({ spikes }) => spikes?.hidden ?? Number.NaN);
  return deviationText(spread(hidden), 2);
}

/** Points of accuracy that a disturbance costs, differences by seed. */
function lossText(lines: readonly Line[], name: string, accuracy: Line["accuracy"], { kind, level }: Disturbance): string {
  const lost = undisturbed(lines, name, accuracy).map(({ seed, test = Number.NaN }) => {
    const other = lines.find(
      (line) =>
        line.name === name && line.accuracy === accuracy && line.seed === seed && line.kind === kind && line.level === level,
    );
    return 100 * (test - (other?.test ?? Number.NaN));
  });
  return deviationText(spread(lost), 1).replace(/^-(0\.0)?/, (_, nothing) => nothing ?? "−");
}

function textOf({ kind, level }: Disturbance): string {
  return TEXTS[kind](level);
}
