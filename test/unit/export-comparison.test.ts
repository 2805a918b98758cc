import { expect, it } from "vitest";
import { comparisonOf } from "../../ts/cli/export/comparison.js";

it("the points that are lost have the interval of Agresti and Min for matched pairs", () => {
  // (12.5 − 2.5) / 102 ± 1.96 √(15 − 10² / 102) / 102
  const found = comparisonOf({ right: 80, onlyNetwork: 12, onlyWritten: 2 }, 100);
  expect(found).toMatchObject({ samples: 100, accuracy: { network: 0.92, written: 0.82 }, lost: 10 });
  expect(found.interval[0]).toBeCloseTo(2.609, 3);
  expect(found.interval[1]).toBeCloseTo(16.999, 3);
});

it("equal answers to few samples prove little", () => {
  const [low, high] = comparisonOf({ right: 10, onlyNetwork: 0, onlyWritten: 0 }, 10).interval;
  expect(low).toBeCloseTo(-high, 9);
  expect(high).toBeGreaterThan(15);
});
