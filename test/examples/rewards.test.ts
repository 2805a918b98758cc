import { expect, it } from "vitest";
import { choose } from "../../examples/rewards.mjs";

it("examples/rewards.mjs: a stream learns by rewards, and goes on while the sensor drifts", async () => {
  const { fixed, learning } = await choose(4);
  expect(learning.before).toBeGreaterThan(0.9);
  expect(learning.during).toBeGreaterThan(0.85);
  expect(learning.after).toBeGreaterThan(0.9);
  expect(fixed.after).toBeLessThan(0.1);
});
