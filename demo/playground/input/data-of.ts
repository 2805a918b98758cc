import { datasets, type Encoding, type SpikeDataset } from "spikelet";
import type { Point } from "../data/point.js";

/** Values of a point, of which the encoder makes spikes. */
export type ValuesOf = (x: number, y: number) => number[];

/** A data set of points; those outside the unit square count as on its rim. */
export function dataOf(points: readonly Point[], valuesOf: ValuesOf, encoding: Encoding): SpikeDataset {
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  const values = points.map(({ x, y }) => valuesOf(inside(x), inside(y)));
  const labels = points.map(({ label }) => label);
  const shape = [values[0]?.length ?? 1];
  return datasets.fromImages({ name: "points", values: Float32Array.from(values.flat()), shape, labels }).encode(encoding);
}
