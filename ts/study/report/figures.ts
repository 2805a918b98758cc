import { type Decision, decisionBy } from "../../decisions.js";
import { valueAt } from "../../json.js";
import { parallelCoordinates, seedLines, seedScatter, seedSpread } from "../../plot/index.js";
import { planError } from "../plan/fields.js";
import type { Plan } from "../plan/plan.js";
import type { Figure } from "../plan/report.js";
import { label, type Setting } from "../plan/setting.js";
import type { StudyTable } from "../run/table.js";
import type { DoneRecord, EpochSummary } from "../store/record.js";
import { type Effect, effectsOf } from "./effects.js";
import { findMeasure, measure } from "./measures.js";
import { bestAttempts, byScore, type PointSummary, recordsOf } from "./points.js";
import { shortName } from "./result-table.js";

/** Lines beyond this hide each other. */
const MAX_LINES = 1000;
/** Pixels at which a figure is drawn: on a telephone its words can still be read. */
const WIDTH = 440;
/** Share of the points that stands out. */
const BEST = 0.1;

/** Every point as a line over its settings and its mean objective; of very many, an even selection by rank. */
export function pointsFigure(points: readonly PointSummary[], plan: Plan): string {
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
export function effectFigures(table: StudyTable, plan: Plan): { setting: Setting; svg: string }[] {
  return effectsOf(table, plan)
    .filter(({ levels }) => levels.length > 1)
    .map((effect) => ({ setting: effect.setting, svg: effectFigure(effect, plan) }));
}

function effectFigure({ setting, levels }: Effect, { objective }: Plan): string {
  const y = shortName(objective.metric);
  if (levels.some(({ at }) => at === undefined)) {
    const values = levels.flatMap(({ label, bySeed }) => bySeed.map((value) => ({ series: label, value })));
    return seedSpread(values, { label: y, width: WIDTH });
  }
  const points = levels.flatMap(({ at = 0, bySeed }) => bySeed.map((value) => ({ series: "mean", x: at, y: value })));
  return seedLines(points, { x: shortName(setting.path), y, isLogarithmic: isLogarithmic(setting), width: WIDTH });
}

function axisValue(value: Parameters<typeof label>[0]): number | string {
  return typeof value === "number" ? value : label(value);
}

function isLogarithmic(setting: Setting): boolean {
  return setting.type === "range" && setting.scale === "log";
}

/** A figure of the results as a file. */
export interface DrawnFigure {
  file: string;
  title: string;
  svg: string;
}

/** Figures that are drawn unless the plan says which. */
const FIGURES: readonly Figure[] = [
  { type: "epochs", value: "accuracy", title: "Learning" },
  { type: "scatter", x: "spikes", y: "decision", title: "Accuracy against spikes" },
];
/** Points of a search in these. */
const FEW = 10;

/**
 * Checks that the figures that a plan asks for are of measures that there are.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the measure.
 */
export function checkFigures({ report: { figures = [] } }: Plan): void {
  for (const [k, figure] of figures.entries()) {
    for (const name of ["measure", "x", "y"] as const) {
      const measured: string | undefined = (figure as Partial<Record<typeof name, string>>)[name];
      if (measured !== undefined && findMeasure(measured) === undefined) {
        throw planError(`report.figures[${k}].${name}`, `is no measure: ${measured}; results.csv has them as columns`);
      }
    }
  }
}

/** Every figure of the plan that has something to show; of a search those of its best points. */
export function figures(points: readonly PointSummary[], plan: Plan): DrawnFigure[] {
  const listed = plan.search.type === "variants" ? bestAttempts(points, plan) : byScore(points, plan).slice(0, FEW);
  if (listed.length === 0) return [];
  const { figures: asked = FIGURES, axis = "" } = plan.report;
  return asked.flatMap((figure, k) => {
    const svg = draw(figure, listed, axis);
    return svg === undefined ? [] : [{ title: figure.title, file: `${k + 1}-${figure.type}.svg`, svg }];
  });
}

function draw(figure: Figure, points: readonly PointSummary[], axis: string): string | undefined {
  switch (figure.type) {
    case "spread": {
      const { label, of } = measure(figure.measure);
      const runs = points.flatMap((point) => recordsOf(point).map((record) => ({ series: point.place, value: of(record) })));
      const measured = runs.filter(({ value }) => !Number.isNaN(value));
      return measured.length === 0 ? undefined : seedSpread(measured, { label, width: WIDTH });
    }
    case "scatter": {
      const [x, y] = [measure(figure.x), measure(figure.y)];
      const runs = points.flatMap((point) =>
        recordsOf(point).map((record) => ({ series: point.place, x: x.of(record), y: y.of(record) })),
      );
      const measured = runs.filter(({ x, y }) => !Number.isNaN(x + y));
      return measured.length === 0 ? undefined : seedScatter(measured, { x: x.label, y: y.label, width: WIDTH });
    }
    case "lines": {
      const { label, of } = measure(figure.measure);
      const runs = points.flatMap(({ rows }) =>
        rows.flatMap(({ run, record }) => {
          const { series, at } = run.settings;
          return typeof at === "number" ? [{ series: String(series), x: at, y: of(record) }] : [];
        }),
      );
      const isLogarithmic = figure.isLogarithmic ?? false;
      return runs.length === 0 ? undefined : seedLines(runs, { x: axis, y: label, isLogarithmic, width: WIDTH });
    }
    case "epochs": {
      const lines = points.flatMap((point) => epochsOf(point, figure.value));
      return seedLines(lines, { x: "Epoch", y: epochLabel(points, figure.value), dots: false, width: WIDTH });
    }
  }
}

const EPOCH_LABELS = { loss: "Loss", accuracy: "Accuracy (%)", spikes: "Spikes a sample" } as const;

const ACCURACY_LABELS: Readonly<Record<Decision, string>> = {
  firstSpike: "Accuracy by first spike (%)",
  count: "Accuracy by count (%)",
  membrane: "Accuracy by membrane (%)",
  none: "Mean squared error",
};

/** The axis says how networks answer, if all do so in one way. */
function epochLabel(points: readonly PointSummary[], value: keyof typeof EPOCH_LABELS): string {
  if (value !== "accuracy") return EPOCH_LABELS[value];
  const [decision, ...others] = new Set(points.flatMap(recordsOf).map(decisionIn));
  return decision === undefined || others.length > 0 ? EPOCH_LABELS.accuracy : ACCURACY_LABELS[decision];
}

function decisionIn({ config }: DoneRecord): Decision {
  return decisionBy(valueAt(config, "loss.type"));
}

/** What the network answers after an epoch, as its loss trains it: a percentage, or the error of a series. */
function answerAfter(epoch: EpochSummary, decision: Decision): number {
  const { validationFirstSpike, trainFirstSpike, count, membrane, meanSquaredError } = epoch;
  const accuracy = { firstSpike: validationFirstSpike ?? trainFirstSpike, count, membrane, none: undefined }[decision];
  return meanSquaredError === undefined ? 100 * (accuracy ?? Number.NaN) : meanSquaredError;
}

/** On the validation data; on the training data where there are none. */
function epochsOf(point: PointSummary, value: keyof typeof EPOCH_LABELS) {
  return recordsOf(point).flatMap((record) =>
    record.result.history.map((epoch, k) => {
      const { trainLoss, validationLoss, spikesPerSample: spikes } = epoch;
      const accuracy = answerAfter(epoch, decisionIn(record));
      return { series: point.place, x: k + 1, y: { loss: validationLoss ?? trainLoss, accuracy, spikes }[value] };
    }),
  );
}
