import { expect, it } from "vitest";
import { oscillation } from "../../examples/oscillation.mjs";

it("examples/oscillation.mjs: a readout predicts better than a linear filter of the same inputs", async () => {
  const { linear, spiking } = await oscillation();
  expect(spiking).toBeGreaterThan(0);
  expect(spiking).toBeLessThan(0.8 * linear);
});
