import { readFile } from "node:fs/promises";
import { ARITHMETIC, checkpointInfo, createTrainer, restoreNetwork } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { tinyConfig, tinyData } from "../support/learning.js";
import { mutated } from "../support/mutations.js";

/** A checkpoint after three epochs, with what its trainer said. */
async function trained() {
  using trainer = await createTrainer({ ...tinyConfig, training: { ...tinyConfig.training, epochs: 3 } });
  const { epochs } = await trainer.run(tinyData(), { validation: tinyData(6) });
  return { bytes: await trainer.checkpoint({ origin: "a run" }), epochs, info: trainer.info, config: trainer.config };
}

describe("what a checkpoint says of its run", () => {
  it.each(BACKENDS)("is what its trainer said, %s", async (backend) => {
    const { bytes, epochs, info, config } = await trained();
    const { epoch, step, finished, bestEpoch, version } = info;
    const said = { config, epoch, step, finished, bestEpoch, version };
    const { trainedOn } = info;
    const expected = { ...said, history: epochs, origin: "a run", trainedOn, arithmetic: ARITHMETIC };
    expect(await checkpointInfo(bytes, { backend })).toEqual(expected);
    expect(bestEpoch).toBe(epochs.at(-1)?.bestEpoch);
  });

  it("is there before the first update", async () => {
    using trainer = await createTrainer(tinyConfig);
    const nothing = { epoch: 0, step: 0, finished: false, bestEpoch: null, history: [], origin: null, trainedOn: null };
    expect(await checkpointInfo(await trainer.checkpoint())).toMatchObject(nothing);
  });

  it("has no arithmetic where an early build wrote it", async () => {
    const info = await checkpointInfo(await readFile(new URL("../fixtures/format-2-early.safetensors", import.meta.url)));
    expect(info.history).toHaveLength(2);
    expect(info).not.toHaveProperty("arithmetic");
  });

  it("is refused for damaged bytes, as by whoever restores them", async () => {
    const { bytes } = await trained();
    const damaged = [
      ...Array.from({ length: 60 }, (_, seed) => mutated(bytes, seed + 1)),
      ...[0, 7, 8, 100, bytes.length - 1].map((length) => bytes.slice(0, length)),
      new TextEncoder().encode("PK no checkpoint"),
    ];
    for (const one of damaged.filter((one) => Buffer.compare(one, bytes) !== 0)) {
      const [told, restored] = await Promise.allSettled([checkpointInfo(one), restoreNetwork(one)]);
      expect(told).toMatchObject({ status: "rejected", reason: { code: "CHECKPOINT_INVALID", path: "" } });
      expect(told).toEqual(restored);
    }
    const text = "checkpoint" as unknown as Uint8Array;
    await expect(checkpointInfo(text)).rejects.toMatchObject({ code: "DATA_FORMAT", path: "checkpoint" });
  });
});
