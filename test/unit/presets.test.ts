import { type Config, presets } from "spikelet";
import { expect, it } from "vitest";

it("presets stay as they are, and copies are free", () => {
  const config: Config = presets.digits;
  const { steps } = config.network;
  expect(() => {
    config.network.steps = 5;
  }).toThrow(TypeError);
  expect(() => config.network.layers.push({ type: "dense", units: 1 })).toThrow(TypeError);
  expect(presets.digits.network.steps).toBe(steps);
  const own = structuredClone(config);
  own.network.steps = 5;
  expect(own.network.steps).toBe(5);
});
