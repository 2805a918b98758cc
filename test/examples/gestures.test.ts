import { expect, it } from "vitest";
import { gestures } from "../../examples/gestures.mjs";

it("examples/gestures.mjs learns drawn gestures of three axes, and hears 57 of 60 in a row", async () => {
  const { accuracy, right, row } = await gestures();
  expect(accuracy).toBeGreaterThan(0.9);
  expect(new Set(row.map(({ made }) => made)).size).toBe(4);
  expect(row).toHaveLength(60);
  expect(right).toBeGreaterThanOrEqual(57);
});
