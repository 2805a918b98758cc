import * as Plot from "@observablehq/plot";
import { fields, record } from "../check/fields.js";
import { finite, listOf, refuse } from "../check/values.js";
import { COLOURS } from "./colours.js";
import { figure, type Key, panel } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { wholeTicks } from "./ticks.js";

/** What a learning curve shows of a pass over samples; metrics have it. */
export interface CurveMetrics {
  loss: number;
  accuracy: { firstSpike: number; count: number };
  spikes: { perSample: number };
}

/** An epoch of a learning curve; `epochEnd` events and epoch records are such. */
export interface CurvePoint {
  epoch: number;
  train: CurveMetrics;
  validation: CurveMetrics | null;
  /** Of the epoch's last update. */
  learningRate?: number;
}

const PARTS = { train: COLOURS.vermillion, validation: COLOURS.blue } as const;

/**
 * Accuracy (by first spike and by count), spikes and loss over the epochs, while training and on the validation data; and the learning rate
 * where it changes.
 */
export function learningCurves(epochs: readonly CurvePoint[], options: FigureOptions = {}): string {
  const { width = 640 } = curveOptions(options, "");
  listOf(checkPoint)(epochs, "epochs");
  const hasRates = new Set(epochs.map(({ learningRate }) => learningRate)).size > 1;
  const panels = [
    curves(epochs, width, { label: "Accuracy (%)", ...upTo100(epochs) }, [
      { of: ({ accuracy }) => 100 * accuracy.firstSpike },
      { of: ({ accuracy }) => 100 * accuracy.count, isDashed: true },
    ]),
    curves(epochs, width, { label: "Spikes a sample", zero: true, nice: true }, [{ of: ({ spikes }) => spikes.perSample }]),
    curves(epochs, width, { label: "Loss", zero: true, nice: true }, [{ of: ({ loss }) => loss }], !hasRates),
    ...(hasRates ? [rates(epochs, width)] : []),
  ];
  const hasValidation = epochs.some(({ validation }) => validation !== null);
  const names = hasValidation ? (["validation", "train"] as const) : (["train"] as const);
  const keys: Key[] = names.flatMap((part): Key[] => [
    { label: `${part === "train" ? "training" : part}, first spike`, colour: PARTS[part], shape: "line" },
    { label: "by count", colour: PARTS[part], shape: "dashed" },
  ]);
  const last = epochs.at(-1);
  const end = last?.validation ?? last?.train;
  const result = end === undefined ? "" : `; at the end ${(100 * end.accuracy.firstSpike).toFixed(1)} % by first spike`;
  return figure(panels, `accuracy, spikes a sample and loss over ${epochs.length} epochs${result}`, { ...options, keys });
}

const curveOptions = fields<FigureOptions>(FIGURE);

function checkPoint(point: unknown, path: string): void {
  const { epoch, train, validation, learningRate } = record(point, path, "DATA_FORMAT");
  finite(epoch, `${path}.epoch`);
  if (learningRate !== undefined) finite(learningRate, `${path}.learningRate`);
  checkMetrics(train, `${path}.train`);
  if (validation !== null) checkMetrics(validation, `${path}.validation`);
}

/** A loss that is not finite is drawn as a gap. */
function checkMetrics(metrics: unknown, path: string): void {
  const { loss, accuracy, spikes } = record(metrics, path, "DATA_FORMAT");
  if (typeof loss !== "number") refuse("DATA_FORMAT", `${path}.loss`, "a number", loss);
  const { firstSpike, count } = record(accuracy, `${path}.accuracy`, "DATA_FORMAT");
  finite(firstSpike, `${path}.accuracy.firstSpike`);
  finite(count, `${path}.accuracy.count`);
  finite(record(spikes, `${path}.spikes`, "DATA_FORMAT")["perSample"], `${path}.spikes.perSample`);
}

interface Curve {
  of: (metrics: CurveMetrics) => number;
  isDashed?: boolean;
}

function curves(epochs: readonly CurvePoint[], width: number, y: Plot.ScaleOptions, lines: readonly Curve[], isLast = false) {
  const marks = (["train", "validation"] as const).flatMap((part) =>
    lines.flatMap(({ of, isDashed = false }) => {
      const points = epochs.flatMap((point) => {
        const metrics = point[part];
        return metrics === null ? [] : [{ epoch: point.epoch, value: of(metrics) }];
      });
      const place = { x: "epoch", y: "value" } as const;
      const dash = isDashed ? { strokeDasharray: "4 3" } : {};
      return [
        Plot.line(points, { ...place, stroke: PARTS[part], strokeWidth: 2, ...dash }),
        isDashed ? null : Plot.dot(points, { ...place, fill: PARTS[part], r: 2.5 }),
      ];
    }),
  );
  return overEpochs(epochs, width, { ...y, ticks: 4 }, [Plot.ruleY(y.zero ? [0] : []), ...marks], isLast);
}

function rates(epochs: readonly CurvePoint[], width: number) {
  const points = epochs.flatMap(({ epoch, learningRate }) => (learningRate === undefined ? [] : [{ epoch, learningRate }]));
  const line = Plot.line(points, { x: "epoch", y: "learningRate", stroke: COLOURS.green, strokeWidth: 2 });
  return overEpochs(epochs, width, { label: "Learning rate", zero: true, ticks: 3, tickFormat: "~g" }, [line], true);
}

function overEpochs(
  epochs: readonly CurvePoint[],
  width: number,
  y: Plot.ScaleOptions,
  marks: Plot.PlotOptions["marks"],
  isLast: boolean,
) {
  const first = epochs[0]?.epoch ?? 1;
  const last = Math.max(first + 1, epochs.at(-1)?.epoch ?? 1);
  return panel({
    width,
    height: isLast ? 170 : 140,
    marginTop: 24,
    marginLeft: 60,
    marginRight: 24,
    marginBottom: isLast ? 36 : 8,
    x: {
      domain: [first, last],
      label: isLast ? "Epoch" : null,
      axis: isLast ? "bottom" : null,
      ticks: wholeTicks(first, last),
      tickFormat: "d",
    },
    y: { ...y, grid: true },
    ...(marks === undefined ? {} : { marks }),
  });
}

/** From the round ten below the worst accuracy. */
function upTo100(epochs: readonly CurvePoint[]): { domain: [number, number] } {
  const all = epochs.flatMap(({ train, validation }) => [train, ...(validation === null ? [] : [validation])]);
  const worst = Math.min(1, ...all.flatMap(({ accuracy }) => [accuracy.firstSpike, accuracy.count]));
  return { domain: [Math.min(90, 10 * Math.floor(10 * worst)), 100] };
}
