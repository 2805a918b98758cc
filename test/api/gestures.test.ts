import { expect, it } from "vitest";
import { gestures } from "../../examples/gestures.mjs";

it("examples/gestures.mjs learns drawn gestures of three axes and hears one as it comes", async () => {
  const { accuracy, heard } = await gestures();
  expect(accuracy).toBeGreaterThan(0.9);
  expect(heard).toHaveLength(4);
  expect(heard.at(-1)?.gesture).toBe("shake");
});
