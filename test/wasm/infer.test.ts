// spikelet/infer/wasm: the engine in WebAssembly, and the one that is chosen.
import { createNetwork } from "spikelet";
import { load, loadIntegers } from "spikelet/infer/wasm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { compareSamples, compareStreams, configOf, randomSpikes, strengthen } from "../support/infer-comparison.js";
import { compareIntegers, INTEGER_CASES, quantized } from "../support/infer-integers.js";
import { type Case, CHAINS, GRAPHS } from "../support/infer-networks.js";
import { resealed } from "../support/resealed.js";

async function exported(given: Case) {
  const network = await createNetwork(configOf(given), { backend: "wasm" });
  await strengthen(network, given);
  return { network, file: await network.exportModel() };
}

describe("a model in spikelet/infer/wasm", () => {
  it.each(Object.entries({ ...CHAINS, ...GRAPHS }))("has the bits of the network: %s", async (_, given) => {
    const { network, file } = await exported(given);
    const model = load(file, { engine: "wasm" });
    await compareSamples(network, model, given);
    await compareStreams(network, model, given);
    network.dispose();
  });

  it.each(["float16", "int8", "int4"] as const)(
    "has the bits of the engine in JavaScript with weights of %s",
    async (weights) => {
      const { network } = await exported({ input: 20, layers: [{ type: "dense", units: 31 }] });
      const file = await network.exportModel({ weights });
      const spikes = randomSpikes({ input: 20, layers: [] }, 3);
      const [wasm, plain] = (["wasm", "javascript"] as const).map((engine) => load(file, { engine }).predict(spikes));
      expect(wasm).toEqual(plain);
      expect(wasm?.spikes.times.length ?? 0).toBe(0);
      expect(wasm?.membranes.some((membrane) => membrane !== 0)).toBe(true);
      network.dispose();
    },
  );

  it("keeps the streams of a model apart, also while its memory grows", async () => {
    const given: Case = { input: 30, layers: [{ type: "dense", units: 70, recurrent: true }], strength: 4 };
    const { network, file } = await exported(given);
    const [wasm, plain] = [load(file, { engine: "wasm" }), load(file, { engine: "javascript" })];
    const pairs = Array.from({ length: 40 }, () => [wasm.stream(), plain.stream()] as const);
    const spikes = pairs.map((_, seed) => randomSpikes(given, seed + 1));
    for (const [k, [one, other]] of pairs.entries())
      expect(one.run(spikes[k] ?? { times: [], units: [] }, 150)).toEqual(other.run(spikes[k] ?? { times: [], units: [] }, 150));
    const many = { times: Array(5000).fill(0), units: Array.from({ length: 5000 }, (_, k) => k % 30) };
    for (const [one, other] of pairs) {
      expect(one.run(many, 3)).toEqual(other.run(many, 3));
      one.restart();
      other.restart();
      expect(one.run(many, 3)).toEqual(other.run(many, 3));
    }
    network.dispose();
  });
});

describe("memory", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("does not grow with predictions", async () => {
    const { network, file } = await exported({ input: 20, layers: [{ type: "dense", units: 30, delays: { max: 5 } }] });
    const memories: WebAssembly.Memory[] = [];
    const { Module, Instance } = WebAssembly;
    class Watched extends Instance {
      constructor(module: WebAssembly.Module) {
        super(module);
        memories.push(this.exports["memory"] as WebAssembly.Memory);
      }
    }
    vi.stubGlobal("WebAssembly", { Module, Instance: Watched });
    const model = load(file, { engine: "wasm" });
    const spikes = randomSpikes({ input: 20, layers: [] }, 1);
    model.predict(spikes);
    const before = memories.map(({ buffer }) => buffer.byteLength);
    for (let k = 0; k < 1500; k++) model.predict(spikes);
    expect(before.length).toBe(1);
    expect(memories.map(({ buffer }) => buffer.byteLength)).toEqual(before);
    network.dispose();
  });
});

describe("a network of whole numbers in spikelet/infer/wasm", () => {
  it.each(INTEGER_CASES)("has the same numbers: %s", async (_, given) => {
    using network = await createNetwork(configOf(given), { backend: "wasm" });
    await strengthen(network, given);
    using integers = await quantized(network, given);
    await compareIntegers(integers, loadIntegers(await integers.exportModel(), { engine: "wasm" }), given);
  });

  it("runs in JavaScript where that is chosen", async () => {
    const given: Case = { input: 20, layers: [{ type: "dense", units: 30 }] };
    using network = await createNetwork(configOf(given), { backend: "wasm" });
    using integers = await quantized(network, given);
    await compareIntegers(integers, loadIntegers(await integers.exportModel(), { engine: "javascript" }), given);
  });
});

describe("the engine", () => {
  afterEach(() => vi.unstubAllGlobals());
  const given: Case = { input: 20, layers: [{ type: "dense", units: 30 }] };

  it("is JavaScript where the host has no WebAssembly or forbids it", async () => {
    const { network, file } = await exported(given);
    const spikes = randomSpikes(given, 1);
    const expected = load(file).predict(spikes);
    class Forbidden {
      constructor() {
        throw new Error("refused by Content-Security-Policy");
      }
    }
    vi.stubGlobal("WebAssembly", { Module: WebAssembly.Module, Instance: Forbidden });
    expect(load(file).predict(spikes)).toEqual(expected);
    expect(() => load(file, { engine: "wasm" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "engine" }));
    vi.stubGlobal("WebAssembly", undefined);
    expect(load(file).predict(spikes)).toEqual(expected);
    vi.unstubAllGlobals();
    network.dispose();
  });

  it("refuses what is no model", () => {
    expect(() => load(new Uint8Array(20))).toThrow(expect.objectContaining({ code: "MODEL_INVALID" }));
  });

  it("refuses a network whose parts do not fit each other", async () => {
    const { network, file } = await exported(given);
    // As many inputs as the first connection has are right.
    expect(load(resealed(file, 0, 20), { engine: "wasm" }).inputs).toBe(20);
    const refused = expect.objectContaining({ code: "MODEL_INVALID" });
    expect(() => load(resealed(file, 0, 21))).toThrow(refused);
    using integers = await quantized(network, given);
    const whole = await integers.exportModel();
    expect(loadIntegers(resealed(whole, 0, 20), { engine: "wasm" }).inputs).toBe(20);
    expect(() => loadIntegers(resealed(whole, 0, 21))).toThrow(refused);
    network.dispose();
  });
});
