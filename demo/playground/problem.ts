import type { SpikeDataset } from "spikelet";
import type { Point } from "./data/point.js";
import { SETS } from "./data/sets.js";
import { DRAWN_CLASSES } from "./drawn.js";
import { dataOf } from "./input/data-of.js";
import { encoderOf } from "./input/encoders.js";
import type { Settings } from "./settings.js";

/** Points of a set that are not learnt, by which the network is measured. */
export const HELD_OUT = 300;
/** Places of a side of the map. */
export const SIDE = 40;

/** The points of a network: those that it learns, others of the same kind, and those of the map. */
export interface Problem {
  classes: number;
  learnt: readonly Point[];
  /** None where the points are drawn by hand. */
  heldOut: readonly Point[];
  data: { learnt: SpikeDataset; heldOut: SpikeDataset | undefined; map: SpikeDataset };
  /** A data set of one point. */
  one(point: Point): SpikeDataset;
}

export function problemOf({ data, drawn, input, noise, points, seed, steps }: Settings): Problem {
  const set = data === "drawn" ? undefined : SETS[data];
  const learnt = set?.pointsOf(points, noise / 100, seed) ?? drawn;
  const heldOut = set?.pointsOf(HELD_OUT, noise / 100, seed + 1000) ?? [];
  const { valuesOf, encoding } = encoderOf(input, steps);
  const samples = (given: readonly Point[]) => dataOf(given, valuesOf, encoding);
  return {
    classes: set?.classes ?? DRAWN_CLASSES,
    learnt,
    heldOut,
    data: {
      learnt: samples(learnt),
      heldOut: heldOut.length > 0 ? samples(heldOut) : undefined,
      map: samples(placesOfMap()),
    },
    one: (point) => samples([point]),
  };
}

/** The middle of each place of the map, row by row from the top. */
export function placesOfMap(): Point[] {
  return Array.from({ length: SIDE * SIDE }, (_, k) => ({
    x: ((k % SIDE) + 0.5) / SIDE,
    y: 1 - (Math.floor(k / SIDE) + 0.5) / SIDE,
    label: 0,
  }));
}
