import { expect, it } from "vitest";
import { CHANGES, gradientDirections, MEAN, RULES } from "../../examples/gradient-direction.mjs";

it("examples/gradient-direction.mjs: gradients of spike times point where the loss of moved output spikes goes", async () => {
  const rows = await gradientDirections({ hidden: 30, train: 600, samples: 60, units: 10, sizes: [0.1] });
  for (const { change, count, cosines } of rows) {
    expect([...CHANGES, MEAN]).toContain(change);
    expect(count).toBeGreaterThan(0);
    expect(Object.keys(cosines)).toEqual(Object.keys(RULES));
    for (const cosine of Object.values(cosines)) expect(Math.abs(cosine)).toBeLessThanOrEqual(1 + 1e-9);
  }
  const moved = rows.find(({ state, layer, change }) => state === "epoch 6" && layer === "output" && change === "moved");
  for (const rule of ["timing", "antlr", "eventProp"]) expect(moved?.cosines[rule]).toBeGreaterThan(0.7);
  expect(Math.abs(moved?.cosines["activation"] ?? 1)).toBeLessThan(0.1);
});
