import type { SpikeTrain } from "../spikes.js";
import { Draws } from "./draws.js";
import { ln, log1p } from "./elementary.js";
import type { Options } from "./options.js";

const { ceil, floor, fround, trunc } = Math;

/** Adds the spikes of the value of each unit by `emit`, in any order. */
type Encoder = (values: Float32Array, steps: number, row: number, emit: (step: number, unit: number) => void) => void;

/** Encodings of values in 0..1, by their types. */
export const ENCODERS: Readonly<Record<string, (options: Options) => Encoder>> = {
  latency: ({ first, last, skipZero }) =>
    byUnit(skipZero, (x, steps, emit) => {
      const step = trunc(fround(fround(fround(first - last) * x) + fround(last)));
      if (step < steps) emit(step);
    }),
  regular: ({ minInterval, maxInterval, first, skipZero }) =>
    byUnit(skipZero, (x, steps, emit) => {
      const distance = (minInterval - maxInterval) * x + maxInterval;
      for (let k = 0, step = trunc(first); step < steps; k++, step = trunc(first + k * distance)) emit(step);
    }),
  burst: ({ maxSpikes, minInterval, maxInterval }) =>
    byUnit(false, (x, steps, emit) => {
      const count = ceil(fround(fround(maxSpikes) * x));
      const longest = fround(maxInterval);
      const interval = ceil(fround(fround(fround(fround(minInterval) - longest) * x) + longest));
      for (let k = 0; k < count && k * interval < steps; k++) emit(k * interval);
    }),
  rate:
    ({ max, min, seed, skipZero }) =>
    (values, steps, row, emit) => {
      const draws = Draws.ofSample(seed, row);
      for (const [unit, x] of values.entries()) {
        const p = (max - min) * x + min;
        if ((x === 0 && skipZero) || p <= 0) continue;
        // Waiting times between spikes are geometric.
        const wait = () => 1 + floor(ln((draws.next() + 1) * 2 ** -32) / log1p(-p));
        for (let next = wait(); next <= steps; next += wait()) emit(next - 1, unit);
      }
    },
  stretch: (options) => byCount(options, (r, k, steps) => (r * k) / steps),
  shiftBack: (options) => {
    const most = options.max;
    return byCount(options, (r, k, steps) => Math.min(most, Math.max(0, r - most + (most * k) / steps)));
  },
  direct: ({ every }) =>
    byUnit(true, (_, steps, emit) => {
      for (let step = 0; step < steps; step += every) emit(step);
    }),
};

/** An encoder of each value by itself. */
function byUnit(skipZero: boolean, encode: (x: number, steps: number, emit: (step: number) => void) => void): Encoder {
  return (values, steps, _, emit) => {
    for (const [unit, x] of values.entries()) if (x !== 0 || !skipZero) encode(x, steps, (step) => emit(step, unit));
  };
}

/** An encoder by cumulative counts c(r, k), rounded, of a unit with the target of r spikes. */
function byCount({ max, min, round, skipZero }: Options, count: (r: number, k: number, steps: number) => number): Encoder {
  const whole = round === "up" ? ceil : floor;
  return byUnit(false, (x, steps, emit) => {
    const r = x === 0 && skipZero ? 0 : (max - min) * x + min;
    let before = whole(count(r, 0, steps));
    for (let step = 0; step < steps; step++) {
      const after = whole(count(r, step + 1, steps));
      for (; before < after; before++) emit(step);
      before = after;
    }
  });
}

/** The spikes of values in 0..1, in order of their steps and units. */
export function encodeValues(type: string, options: Options, values: Float32Array, steps: number, row: number): SpikeTrain {
  const keys: number[] = [];
  const { length } = values;
  ENCODERS[type]?.(options)(values, steps, row, (step, unit) => keys.push(step * length + unit));
  const ordered = Float64Array.from(keys).sort();
  const times = Uint16Array.from(ordered, (key) => floor(key / length));
  const units = Uint32Array.from(ordered, (key) => key % length);
  if (type !== "direct" || units.every((unit) => values[unit] === 1)) return { times, units };
  return { times, units, values: Float32Array.from(units, (unit) => values[unit] as number) };
}
