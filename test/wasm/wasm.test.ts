import { createNetwork, createTrainer, datasets, encode } from "spikelet";
import { loadBackend } from "spikelet/backend";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { tinyConfig, tinyData } from "../support/learning.js";
import { withMemoryOf } from "../support/small-memory.js";

describe("WebAssembly in Node", () => {
  beforeAll(() => {
    const instantiate = WebAssembly.instantiate as (
      source: unknown,
      imports?: WebAssembly.Imports,
    ) => Promise<WebAssembly.Instance>;
    vi.spyOn(WebAssembly, "instantiate").mockImplementation((source: unknown, imports) =>
      instantiate(source instanceof Uint8Array ? withMemoryOf(1024, source) : source, imports),
    );
  });
  afterAll(() => vi.restoreAllMocks());
  afterEach(() => vi.unstubAllEnvs());

  it("is there when it is asked for, and says who asked", async () => {
    expect(await loadBackend("wasm")).toMatchObject({ kind: "wasm", simd: "simd128", reason: "the backend option asks for it" });
    vi.stubEnv("SPIKELET_BACKEND", "wasm");
    expect(await loadBackend()).toMatchObject({ kind: "wasm", reason: "SPIKELET_BACKEND asks for it" });
    expect(await loadBackend("native")).toMatchObject({ kind: "native" });
  });

  it("has the version and the one thread that it says", async () => {
    using network = await createNetwork({ ...tinyConfig, training: { threads: 4 } }, { backend: "wasm" });
    expect(network.info).toMatchObject({ simd: "simd128", threads: 1 });
    expect(network.backend.version).toBe((await loadBackend("native")).version);
  });

  it("lets events of the host in between two calls", async () => {
    const trainer = await createTrainer({ ...tinyConfig, training: { batchSize: 4, epochs: 100_000 } }, { backend: "wasm" });
    const stop = new AbortController();
    const run = async () => {
      let events = 0;
      for await (const _ of trainer.run(tinyData(), { signal: stop.signal })) {
        events += 1;
        // It comes only if the run lets it in.
        if (events === 1) setTimeout(() => stop.abort(new Error("enough")), 0);
      }
    };
    await expect(run()).rejects.toThrow("enough");
    trainer.dispose();
  });

  it("gives the path of a field at fault", async () => {
    const config = { network: { ...tinyConfig.network, steps: 0 } };
    await expect(createTrainer(config, { backend: "wasm" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "network.steps",
    });
  });

  it("refuses a network that it has no memory for, and lives on", async () => {
    using before = await createNetwork(tinyConfig, { backend: "wasm" });
    const huge = { network: { input: 1 << 13, steps: 1, layers: [{ type: "dense" as const, units: 1 << 13 }] } };
    await expect(createNetwork(huge, { backend: "wasm" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "network",
      message: expect.stringMatching(/would take 1\d{9} bytes/),
    });
    expect((await before.predict(tinyData())).steps).toHaveLength(24);
  });

  // The last one: the instance does not survive it.
  it("is dead with INTERNAL from the moment on at which memory ran out", async () => {
    const before = await createNetwork(tinyConfig, { backend: "wasm" });
    const wide = { network: { input: 1 << 14, steps: 1, layers: [{ type: "dense" as const, units: 1 }] } };
    const filling = datasets.fromImages({ pixels: new Uint8Array(1 << 27), shape: [1 << 14] }).encode(encode.latency({}));
    const filled = await createNetwork(wide, { backend: "wasm" });
    await expect(filled.predict(filling)).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringMatching(/WebAssembly stopped \(.+\): memory ran out, or a defect of this library/),
    });
    expect(before.backend.isAlive).toBe(false);
    const dead = { code: "INTERNAL", message: expect.stringMatching(/start the process again/) };
    await expect(before.predict(tinyData())).rejects.toMatchObject(dead);
    await expect(createNetwork(tinyConfig, { backend: "wasm" })).rejects.toMatchObject(dead);
    before.dispose();
    const native = await createNetwork(tinyConfig, { backend: "native" });
    expect((await native.predict(tinyData())).steps).toHaveLength(24);
  });
});
