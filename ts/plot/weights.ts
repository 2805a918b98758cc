import { fields } from "../check/fields.js";
import { listOf, refuse, whole } from "../check/values.js";
import { counted } from "../counted.js";
import { SpikeletError } from "../errors.js";
import { checkedParameters, type LayerParameters } from "../results.js";
import { DIVERGING } from "./colours.js";
import { squares } from "./dense-marks.js";
import { figure } from "./figure.js";
import { texts } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { NO_TICKS, panel } from "./panel.js";
import { linear } from "./scale.js";

export interface WeightMapOptions extends FigureOptions {
  /** `[height, width]` or `[channels, height, width]` of the layer's input; by default the inputs are shown as a near-square. */
  shape?: readonly number[];
  /** Units to show; the first 20 by default. */
  units?: readonly number[];
  /** Maps in a row; 5 by default. */
  columns?: number;
}

const weightMapOptions = fields<WeightMapOptions>({
  ...FIGURE,
  shape: listOf(whole(1)),
  units: listOf(whole()),
  columns: whole(1),
});

/**
 * Plots the input weights of units as images, red below and blue above zero, on one scale; channels stand side by side.
 *
 * @param parameters one layer of `network.parameters()`, or of its gradients.
 * @throws {SpikeletError} `SHAPE_MISMATCH` when the units do not have equally many weights, the shape does not hold them, or a
 * unit does not exist, `NON_FINITE` for NaN or infinity among the weights.
 */
export function weightMaps(parameters: LayerParameters, options: WeightMapOptions = {}): string {
  const { weights, biases } = checkedParameters(parameters, "");
  const given = weightMapOptions(options, "");
  const inputs = inputsOf(weights, biases.length);
  const shape = given.shape ?? nearlySquare(inputs);
  const [high = 1, wide = 1] = shape.slice(-2);
  const channels = shape.length > 2 ? (shape[0] ?? 1) : 1;
  if (given.shape !== undefined && channels * high * wide !== inputs) {
    throw new SpikeletError("SHAPE_MISMATCH", "shape", `must hold ${inputs} inputs, got ${shape.join(" × ")}`);
  }
  const units = given.units ?? Array.from({ length: Math.min(20, biases.length) }, (_, unit) => unit);
  const columns = Math.min(given.columns ?? 5, Math.max(1, units.length));
  const rows = Math.ceil(units.length / columns);
  const [gapX, gapY] = [Math.max(1, wide / 12), Math.max(1, high / 12) + 0.28 * Math.max(high, wide / 12)];
  const [tileX, tileY] = [channels * wide + gapX, high + gapY];
  let max = 0;
  for (const unit of units) {
    if (unit < 0 || unit >= biases.length) {
      throw new SpikeletError("SHAPE_MISMATCH", "units", `must be below ${biases.length}, got ${unit}`);
    }
    for (let k = unit * inputs; k < (unit + 1) * inputs; k++) max = Math.max(max, Math.abs(weights[k] ?? 0));
  }
  const cells = new Map<string, [number, number, number][]>(DIVERGING.map((colour) => [colour, []]));
  const corner = (k: number) => ({ left: (k % columns) * tileX, top: Math.floor(k / columns) * tileY + gapY });
  for (const [k, unit] of units.entries()) {
    const { left, top } = corner(k);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < high; y++) {
        const start = unit * inputs + (channel * high + y) * wide;
        // The last line of what has no shape may be shorter.
        const end = Math.min(start + wide, (unit + 1) * inputs);
        runsOf(weights.subarray(start, end), max, (colour, from, length) =>
          cells.get(colour)?.push([left + channel * wide + from, top + y, length]),
        );
      }
    }
  }
  const width = given.width ?? 640;
  const scale = (width - 24) / (columns * tileX);
  const drawn = panel({
    width,
    height: Math.ceil(rows * tileY * scale) + 8,
    margin: { top: 0, right: 12, bottom: 8, left: 12 },
    x: { scale: linear([0, columns * tileX]), ticks: NO_TICKS },
    y: { scale: linear([rows * tileY, 0]), ticks: NO_TICKS },
    marks: [
      texts(
        units.map((unit) => `unit ${unit}`),
        ({ x, y }, k) => [x(corner(k).left), y(corner(k).top) - 7],
        { anchor: "start", size: 11 },
      ),
      squares(cells),
    ],
  });
  const keys = DIVERGING.flatMap((colour, k) => {
    const value = (((k - 4) / 4) * max).toPrecision(2);
    return k % 2 === 0 ? [{ label: value, colour, shape: "square" } as const] : [];
  });
  return figure([drawn], `input weights of units ${units.join(", ")}, from ${(-max).toPrecision(2)} to ${max.toPrecision(2)}`, {
    ...options,
    keys,
  });
}

/** Weights of each of so many units. */
function inputsOf(weights: Float32Array, units: number): number {
  if (units === 0) throw new SpikeletError("SHAPE_MISMATCH", "biases", "must have one for each unit, has none");
  if (weights.length % units !== 0) {
    const message = `must be equally many for each of ${counted(units, "unit")}, are ${weights.length}`;
    throw new SpikeletError("SHAPE_MISMATCH", "weights", message);
  }
  const wrong = weights.findIndex((weight) => !Number.isFinite(weight));
  if (wrong >= 0) refuse("NON_FINITE", `weights[${wrong}]`, "a finite number", weights[wrong]);
  return weights.length / units;
}

/** Lines and their length for so many inputs. */
function nearlySquare(inputs: number): [high: number, wide: number] {
  const wide = Math.max(1, Math.ceil(Math.sqrt(inputs)));
  return [Math.ceil(inputs / wide), wide];
}

/** Neighbours of one colour, joined. */
function runsOf(row: Float32Array, max: number, emit: (colour: string, start: number, length: number) => void): void {
  const level = (value: number) => (max === 0 ? 4 : Math.min(8, Math.max(0, Math.round((value / max) * 4) + 4)));
  let start = 0;
  for (let k = 1; k <= row.length; k++) {
    const own = level(row[start] ?? 0);
    if (k < row.length && level(row[k] ?? 0) === own) continue;
    emit(DIVERGING[own] ?? DIVERGING[4], start, k - start);
    start = k;
  }
}
