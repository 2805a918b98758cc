import { describe, expect, it } from "vitest";
import committed from "./digest.json" with { type: "json" };
import { trainingDigest } from "./training.mjs";

describe("a training run of 50 steps", () => {
  it.each(["native", "wasm"] as const)("comes to the committed bits on %s", async (backend) => {
    const why = "other bits than test/parity/digest.json: if they are meant to change, npm run digest -- --renew";
    expect(await trainingDigest({ backend }), why).toEqual(committed);
  });
});
