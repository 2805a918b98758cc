import { createTrainer } from "spikelet";
import { expect, it } from "vitest";
import { otherVersionText } from "../../ts/cli/train/origin.js";
import { version } from "../../ts/version.js";
import { tinyConfig } from "../support/learning.js";

it("a checkpoint of another version is told of, with both", async () => {
  using trainer = await createTrainer(tinyConfig);
  const bytes = await trainer.checkpoint();
  expect(otherVersionText(bytes, "last.safetensors")).toBeUndefined();
  const text = Buffer.from(bytes).toString("latin1");
  const other = Buffer.from(text.replace(`"libraryVersion":"${version}"`, '"libraryVersion":"9.9.9"'), "latin1");
  expect(otherVersionText(other, "last.safetensors")).toContain(
    `last.safetensors was written by Spikelet 9.9.9, and this is ${version}`,
  );
  for (const none of [new Uint8Array(3), new Uint8Array(8), new Uint8Array(80).fill(255)]) {
    expect(otherVersionText(none, "a")).toBeUndefined();
  }
});
