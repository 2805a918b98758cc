import { createTrainer } from "spikelet";
import { loadBackend } from "spikelet/backend";
import { describe, expect, it } from "vitest";
import committed from "./digest.json" with { type: "json" };
import { RUNS } from "./runs.mjs";
import { trainingDigest } from "./training.mjs";

const why = "other bits than test/parity/digest.json: if they are meant to change, npm run digest -- --renew";
const native = await loadBackend("native");

describe("trainings with every layer, rule and loss", () => {
  it.each(Object.entries(RUNS))("%s: every layer fires", async (_, make) => {
    const { config, train, ...validation } = make();
    using trainer = await createTrainer(config);
    for await (const event of trainer.run(train, validation)) {
      if (event.type === "epochEnd") for (const spikes of event.train.spikes.perUnit) expect(spikes).toBeGreaterThan(0.02);
    }
  });

  it.each(native.simdLevels)("come to the committed bits at the level %s", async (simd) => {
    expect(await trainingDigest({ backend: "native", simd }), why).toEqual(committed);
  });

  it.each([1, 2, 3, 8])("come to the committed bits with %i threads", async (threads) => {
    expect(await trainingDigest({ backend: "native", threads }), why).toEqual(committed);
  });

  it("come to the committed bits in WebAssembly", async () => {
    expect(await trainingDigest({ backend: "wasm" }), why).toEqual(committed);
  });

  it.each([
    { backend: "native", stopEvery: 1, threads: 2 },
    { backend: "native", stopEvery: 7, threads: 1 },
    { backend: "wasm", stopEvery: 5, threads: 1 },
  ] as const)("come to the committed bits on $backend, stopped and resumed after every $stopEvery updates", async (options) => {
    expect(await trainingDigest(options), why).toEqual(committed);
  });
});
