import { expect, it } from "vitest";
import { balance } from "../../examples/pole.mjs";

it("examples/pole.mjs: a network learns to balance a pole by derivatives of its own", async () => {
  const { before, after } = await balance(4, 15);
  expect(before).toBeLessThan(60);
  expect(after).toBeGreaterThan(195);
});
