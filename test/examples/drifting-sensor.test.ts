import { expect, it } from "vitest";
import { adapt } from "../../examples/drifting-sensor.mjs";

it("examples/drifting-sensor.mjs: a stream that learns follows a sensor that drifts, where one with fixed weights fails", async () => {
  const { fixed, learning } = await adapt(4);
  expect(fixed.before).toBeGreaterThan(0.9);
  expect(fixed.after).toBeLessThan(0.2);
  expect(learning.before).toBeGreaterThan(0.75);
  expect(learning.during).toBeGreaterThan(0.75);
  expect(learning.after).toBeGreaterThan(0.9);
});
