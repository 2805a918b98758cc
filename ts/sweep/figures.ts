import type { Plots } from "../report/plots.js";
import { type Effect, effectsOf } from "./effects.js";
import type { Plan } from "./plan.js";
import type { PointSummary } from "./points.js";
import { label, type Setting } from "./setting.js";
import type { SweepTable } from "./table.js";

/** Lines beyond this hide each other. */
const MAX_LINES = 1000;
/** Share of the points that stands out. */
const BEST = 0.1;

/** Every point as a line over its settings and its mean objective; of very many, an even selection by rank. */
export function pointsFigure({ parallelCoordinates }: Plots, points: readonly PointSummary[], plan: Plan): string {
  const best = Math.ceil(BEST * points.length);
  const every = Math.ceil(points.length / MAX_LINES);
  const runs = points.flatMap(({ rows: [{ run }], score }, rank) => {
    if (rank % every !== 0) return [];
    const values = plan.settings.map(({ path }) => axisValue(run.settings[path] ?? null));
    return [{ values: [...values, score.mean], isBest: rank < best }];
  });
  const axes = plan.settings.map((setting) => ({ label: shortName(setting.path), isLogarithmic: isLogarithmic(setting) }));
  return parallelCoordinates(runs, { axes: [...axes, { label: shortName(plan.objective.metric) }] });
}

/** The marginal effect of each setting that has more than one level. */
export function effectFigures(plots: Plots, table: SweepTable, plan: Plan): { setting: Setting; svg: string }[] {
  return effectsOf(table, plan)
    .filter(({ levels }) => levels.length > 1)
    .map((effect) => ({ setting: effect.setting, svg: effectFigure(plots, effect, plan) }));
}

function effectFigure({ seedLines, seedSpread }: Plots, { setting, levels }: Effect, { objective }: Plan): string {
  const y = shortName(objective.metric);
  if (levels.some(({ at }) => at === undefined)) {
    const values = levels.flatMap(({ label, bySeed }) => bySeed.map((value) => ({ series: label, value })));
    return seedSpread(values, { label: y, width: 560 });
  }
  const points = levels.flatMap(({ at = 0, bySeed }) => bySeed.map((value) => ({ series: "mean", x: at, y: value })));
  return seedLines(points, { x: shortName(setting.path), y, isLogarithmic: isLogarithmic(setting), width: 560 });
}

function axisValue(value: Parameters<typeof label>[0]): number | string {
  return typeof value === "number" ? value : label(value);
}

function isLogarithmic(setting: Setting): boolean {
  return setting.type === "range" && setting.scale === "log";
}

/** The last two parts of a path are enough to know it by. */
export function shortName(path: string): string {
  return path.split(".").slice(-2).join(".");
}
