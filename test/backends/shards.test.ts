import { createTrainer, type SpikeDataset } from "spikelet";
import { expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { config, events, packed } from "../support/shards.js";

it.each(BACKENDS)("training from shards on %s leaves the bits of training from memory on the addon", async (backend) => {
  /** All bits that a training leaves, but for how long it took. */
  const trained = async (data: SpikeDataset, backend: "native" | "wasm") => {
    using trainer = await createTrainer(config(), { backend });
    await trainer.run(data);
    return Buffer.from(await trainer.checkpoint()).toString("base64");
  };
  expect(await trained(await packed(events()), backend)).toBe(await trained(events(), "native"));
});
