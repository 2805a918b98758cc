import { fields, record } from "../check/fields.js";
import { finite, listOf, oneOf, optional, refuse } from "../check/values.js";
import { type AnswerMetrics, accuracyBy, DECISIONS, type Decision, decisionsIn } from "../decisions.js";
import { COLOURS } from "./colours.js";
import { smallest } from "./extremes.js";
import { figure, type Key } from "./figure.js";
import { dots, horizontalLine, line, type Mark, type Point } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { NO_TICKS, type Panel, panel } from "./panel.js";
import { linear, rangeOf } from "./scale.js";
import { niceRange, type Range, wholeTicks } from "./ticks.js";

/** What a learning curve shows of a pass over samples; metrics have it. */
export interface CurveMetrics extends AnswerMetrics {
  loss: number;
  spikes: { perSample: number };
}

/** An epoch of a learning curve; `epochEnd` events and epoch records are such. */
export interface CurvePoint {
  epoch: number;
  train: CurveMetrics;
  validation: CurveMetrics | null;
  /** Learning rate of the epoch's last update. */
  learningRate?: number;
}

export interface CurvesOptions extends FigureOptions {
  /** The decision that the loss trains, for example `"count"`: drawn as a solid line, the other one is dashed. */
  decision?: Decision;
}

const PARTS = { train: COLOURS.vermillion, validation: COLOURS.blue } as const;

/**
 * Plots accuracy (by first spike and by count, or by membrane), spikes and loss over the epochs, for training and validation
 * data, and the learning rate if it changes. With target series, R² takes the place of the accuracy; data without labels have
 * none.
 */
export function learningCurves(epochs: readonly CurvePoint[], options: CurvesOptions = {}): string {
  const { width = 640, decision: trained } = curveOptions(options, "");
  listOf(checkPoint)(epochs, "epochs");
  const decisions = decisionsOf(epochs, trained);
  const [decision, other] = decisions;
  const hasRates = new Set(epochs.map(({ learningRate }) => learningRate)).size > 1;
  const panels = [
    ...(decision === undefined ? [] : [answers(epochs, width, decisions)]),
    curves(epochs, width, { label: "Spikes per sample", hasZero: true }, [{ of: ({ spikes }) => spikes.perSample }]),
    curves(epochs, width, { label: "Loss", hasZero: true }, [{ of: ({ loss }) => loss }], !hasRates),
    ...(hasRates ? [rates(epochs, width)] : []),
  ];
  const hasValidation = epochs.some(({ validation }) => validation !== null);
  const names = hasValidation ? (["validation", "train"] as const) : (["train"] as const);
  const keys: Key[] = names.flatMap((part): Key[] => [
    { label: [part === "train" ? "training" : part, ...nameOf(decision)].join(", "), colour: PARTS[part], shape: "line" },
    ...(other === undefined ? [] : [{ label: `by ${NAMES[other]}`, colour: PARTS[part], shape: "dashed" as const }]),
  ]);
  const last = epochs.at(-1);
  const end = last?.validation ?? last?.train;
  const results = end === undefined ? [] : decisions.flatMap((one) => resultOf(one, end));
  const result = results.length === 0 ? "" : `; at the end ${results.join(", ")}`;
  const what = decision === undefined ? "" : decision === "none" ? "R², " : "accuracy, ";
  const description = `${what}spikes per sample and loss over ${epochs.length} epochs${result}`;
  return figure(panels, description, { ...options, keys });
}

function nameOf(decision: Decision | undefined): string[] {
  return decision === undefined ? [] : [NAMES[decision]];
}

const NAMES: Readonly<Record<Decision, string>> = {
  firstSpike: "first spike",
  count: "count",
  membrane: "membrane",
  none: "R²",
};

/** Decisions of the last epoch: epochs of one training have the same. */
function decisionsOf(epochs: readonly CurvePoint[], trained: Decision | undefined): readonly Decision[] {
  const last = epochs.at(-1);
  return decisionsIn(last?.validation ?? last?.train ?? { accuracy: { firstSpike: 0, count: 0 } }, trained);
}

/** Nothing where there is no number, as R² of series that do not vary. */
function resultOf(decision: Decision, metrics: CurveMetrics): string[] {
  const result = decision === "none" ? metrics.rSquared : 100 * accuracyBy(decision, metrics);
  if (result === undefined || Number.isNaN(result)) return [];
  return [decision === "none" ? `R² ${result.toFixed(3)}` : `${result.toFixed(1)} % by ${NAMES[decision]}`];
}

function answers(epochs: readonly CurvePoint[], width: number, decisions: readonly Decision[]) {
  if (decisions.includes("none")) {
    return curves(epochs, width, { label: "R²" }, [{ of: ({ rSquared = Number.NaN }) => rSquared }]);
  }
  const lines = decisions.map((decision, k) => ({
    of: (metrics: CurveMetrics) => 100 * accuracyBy(decision, metrics),
    isDashed: k > 0,
  }));
  return curves(epochs, width, { label: "Accuracy (%)", range: upTo100(epochs, decisions) }, lines);
}

const curveOptions = fields<CurvesOptions>({ ...FIGURE, decision: oneOf(...DECISIONS) });

function checkPoint(point: unknown, path: string): void {
  const { epoch, train, validation, learningRate } = record(point, path, "DATA_FORMAT");
  finite(epoch, `${path}.epoch`);
  if (learningRate !== undefined) finite(learningRate, `${path}.learningRate`);
  checkMetrics(train, `${path}.train`);
  if (validation !== null) checkMetrics(validation, `${path}.validation`);
}

/** A loss that is not finite is drawn as a gap. */
function checkMetrics(metrics: unknown, path: string): void {
  const { loss, accuracy, spikes, meanSquaredError, rSquared } = record(metrics, path, "DATA_FORMAT");
  if (typeof loss !== "number") refuse("DATA_FORMAT", `${path}.loss`, "a number", loss);
  const { decision, firstSpike, count, membrane } = record(accuracy, `${path}.accuracy`, "DATA_FORMAT");
  for (const [name, value] of Object.entries({ decision, firstSpike, count }))
    optional(finite)(value, `${path}.accuracy.${name}`);
  for (const [name, value] of Object.entries({ "accuracy.membrane": membrane, meanSquaredError, rSquared })) {
    if (value !== undefined && typeof value !== "number") refuse("DATA_FORMAT", `${path}.${name}`, "a number", value);
  }
  finite(record(spikes, `${path}.spikes`, "DATA_FORMAT")["perSample"], `${path}.spikes.perSample`);
}

interface Curve {
  of: (metrics: CurveMetrics) => number;
  isDashed?: boolean;
}

/** The upright axis of a plot. */
interface Measure {
  label: string;
  /** By default that of the values. */
  range?: Range;
  /** Whether the axis starts at zero, or ends there. */
  hasZero?: boolean;
}

function curves(epochs: readonly CurvePoint[], width: number, measure: Measure, lines: readonly Curve[], isLast = false): Panel {
  const all = (["train", "validation"] as const).flatMap((part) =>
    lines.map(({ of, isDashed = false }) => {
      const points = epochs.flatMap((point): Point[] => {
        const metrics = point[part];
        return metrics === null ? [] : [[point.epoch, of(metrics)]];
      });
      return { colour: PARTS[part], isDashed, points };
    }),
  );
  const marks = all.flatMap(({ colour, isDashed, points }) => [
    line(points, { colour, width: 2, isDashed }),
    isDashed ? null : dots(points, { colour, r: 2.5 }),
  ]);
  const values = all.flatMap(({ points }) => points.map(([, value]) => value));
  return overEpochs(epochs, width, measure, values, marks, isLast);
}

function rates(epochs: readonly CurvePoint[], width: number): Panel {
  const points = epochs.flatMap(({ epoch, learningRate }): Point[] =>
    learningRate === undefined ? [] : [[epoch, learningRate]],
  );
  const values = points.map(([, rate]) => rate);
  const curve = line(points, { colour: COLOURS.green, width: 2 });
  return overEpochs(epochs, width, { label: "Learning rate", hasZero: true }, values, [curve], true);
}

function overEpochs(
  epochs: readonly CurvePoint[],
  width: number,
  { label, hasZero = false, range }: Measure,
  values: readonly number[],
  marks: readonly (Mark | null)[],
  isLast: boolean,
): Panel {
  const first = epochs[0]?.epoch ?? 1;
  const last = Math.max(first + 1, epochs.at(-1)?.epoch ?? 1);
  const y = range ?? niceRange(rangeOf(hasZero ? [0, ...values] : values));
  return panel({
    width,
    height: isLast ? 170 : 140,
    margin: { top: 24, right: 24, bottom: isLast ? 36 : 8, left: 60 },
    x: {
      scale: linear([first, last]),
      ...(isLast ? { label: "Epoch", ticks: wholeTicks(first, last) } : { ticks: NO_TICKS }),
    },
    y: { scale: linear(y), label, ticks: 4, hasGrid: true },
    marks: [hasZero ? horizontalLine(0) : null, ...marks],
  });
}

/** From the round ten below the worst accuracy. */
function upTo100(epochs: readonly CurvePoint[], decisions: readonly Decision[]): Range {
  const all = epochs.flatMap(({ train, validation }) => [train, ...(validation === null ? [] : [validation])]);
  const accuracies = all.flatMap((metrics) => decisions.map((decision) => accuracyBy(decision, metrics)));
  const worst = smallest(accuracies, 1);
  return [Math.min(90, 10 * Math.floor(10 * worst)), 100];
}
