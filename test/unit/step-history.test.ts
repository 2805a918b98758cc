import { expect, it } from "vitest";
import { StepHistory } from "../../ts/report/watch/step-history.js";

const after = (updates: number, lossOf: (step: number) => number): StepHistory => {
  const history = new StepHistory();
  for (let step = 1; step <= updates; step++) history.add({ step, loss: lossOf(step) });
  return history;
};

it("keeps the loss of each update of a short training", () => {
  expect(after(3, (step) => 10 - step).points).toEqual([
    { step: 1, loss: 9 },
    { step: 2, loss: 8 },
    { step: 3, loss: 7 },
  ]);
});

it("joins updates of a long one, by their mean", () => {
  const { points } = after(100_000, (step) => step);
  expect(points.length).toBeGreaterThan(150);
  expect(points.length).toBeLessThan(400);
  const [first, second] = points;
  const width = (second?.step ?? 0) - (first?.step ?? 0);
  expect(first?.step).toBe(width);
  expect(first?.loss).toBeCloseTo((width + 1) / 2, 9);
});

it("forgets updates that a training does again", () => {
  const history = after(5, () => 1);
  history.add({ step: 3, loss: 2 });
  expect(history.points.map(({ step, loss }) => [step, loss])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
});
