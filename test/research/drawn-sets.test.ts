import type { SpikeDataset } from "spikelet";
import { describe, expect, it } from "vitest";
import { GESTURE_CLASSES, GESTURE_STEPS, gestures } from "../../research/datasets/gestures.js";
import { SHAPE_CLASSES, SHAPE_SIZE, shapes } from "../../research/datasets/shapes.js";

const SETS = [
  { name: "gestures", draw: gestures, classes: GESTURE_CLASSES, values: 3 * GESTURE_STEPS },
  { name: "shapes", draw: shapes, classes: SHAPE_CLASSES, values: SHAPE_SIZE ** 2 },
];

function valuesOf(data: SpikeDataset): Float32Array[] {
  return Array.from({ length: data.length }, (_, k) => {
    return data.image(k) ?? Float32Array.from((data.signal(k) ?? []).flatMap((channel) => [...channel]));
  });
}

describe.each(SETS)("$name", ({ draw, classes, values }) => {
  const small = { seed: 5, train: 4 * classes.length, test: 2 * classes.length };

  it("is the same for a seed, and another for another", () => {
    const [once, again, other] = [draw(small), draw(small), draw({ ...small, seed: 6 })];
    for (const part of ["train", "test"] as const) {
      expect(valuesOf(once[part])).toEqual(valuesOf(again[part]));
      expect(once[part].labels).toEqual(again[part].labels);
      expect(valuesOf(once[part])).not.toEqual(valuesOf(other[part]));
    }
  });

  it("has as many samples of each class, none twice", () => {
    const { train, test } = draw(small);
    expect(counts(train)).toEqual(classes.map(() => 4));
    expect(counts(test)).toEqual(classes.map(() => 2));
    const samples = [...valuesOf(train), ...valuesOf(test)];
    expect(new Set(samples.map((sample) => sample.join())).size).toBe(6 * classes.length);
    expect(new Set(samples.map(({ length }) => length))).toEqual(new Set([values]));
  });

  function counts(data: SpikeDataset): number[] {
    return classes.map((_, label) => data.labels?.filter((entry) => entry === label).length ?? 0);
  }
});

it("draws images with ink and ground", () => {
  for (const image of valuesOf(shapes({ train: 24, test: 6 }).train)) {
    const sorted = image.slice().sort();
    expect((sorted.at(-20) ?? 0) - (sorted.at(200) ?? 1)).toBeGreaterThan(0.2);
  }
});

it("draws gestures that move the sensor", () => {
  const { train } = gestures({ train: 32, test: 8 });
  for (let k = 0; k < train.length; k++) {
    const spans = (train.signal(k) ?? []).map((axis) => Math.max(...axis) - Math.min(...axis));
    expect(Math.max(...spans)).toBeGreaterThan(0.5);
  }
});
