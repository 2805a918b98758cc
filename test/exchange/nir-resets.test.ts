import { createNetwork, datasets, importNir } from "spikelet";
import { describe, expect, it } from "vitest";
import type { NirNode } from "../../ts/exchange/nir/graph.js";
import { writeGraph } from "../../ts/exchange/nir/hdf5.js";

const STEPS = 40;
const WEIGHT = 0.7;
const SNNTORCH = expect.stringContaining("snnTorch writes the same for its default");

function node(type: string, fields: Record<string, number[]>): NirNode {
  const arrays = Object.entries(fields).map(([name, values]) => {
    const shape = name === "weight" ? [1, 1] : name === "shape" ? [values.length] : [];
    return [name, { shape, values: Float32Array.from(values) }] as const;
  });
  return { type, fields: new Map(arrays) };
}

/** A file with one unit, whose neurons are given. */
function file(neurons: NirNode): Promise<Uint8Array> {
  const nodes = new Map([
    ["input", node("Input", { shape: [1] })],
    ["0", node("Linear", { weight: [WEIGHT] })],
    ["1", neurons],
    ["output", node("Output", { shape: [1] })],
  ]);
  const names = [...nodes.keys()];
  return writeGraph({ nodes, edges: names.slice(1).map((name, k) => [names[k] as string, name]) }, undefined);
}

/** `Leaky(beta=0.9)` as snnTorch writes it for any of its resets: in single floats, for steps of 0.1 ms. */
function leaky(): NirNode {
  const tau = Math.fround(1e-4 / Math.fround(1 - Math.fround(0.9)));
  return node("LIF", { tau: [tau], r: [tau / 1e-4], v_leak: [0], v_reset: [0], v_threshold: [1] });
}

describe("importNir", () => {
  it("says that default neurons of snnTorch fire less here, and they do, unless their reset is named", async () => {
    const { network, parameters, approximations } = await importNir(await file(leaky()), { steps: STEPS });
    expect(approximations).toEqual([SNNTORCH]);
    using made = await createNetwork({ network, loss: { type: "count" } }, { parameters });
    const times = Array.from({ length: STEPS }, (_, step) => step);
    const samples = datasets.fromSpikes({ spikes: [{ times, units: times.map(() => 0) }] });
    const { layers } = await made.predict(samples);
    let [membrane, there, isReset] = [0, 0, 0];
    for (let step = 0; step < STEPS; step++) {
      membrane = 0.9 * membrane + WEIGHT - isReset;
      isReset = membrane > 1 ? 1 : 0;
      there += isReset;
    }
    expect(there).toBe(23);
    expect([...(layers[0]?.triples() ?? [])]).toHaveLength(20);
    const asThere = await importNir(await file(leaky()), { steps: STEPS, reset: "subtractAfterDecay" });
    expect(asThere.approximations).toEqual([]);
    using same = await createNetwork({ network: asThere.network, loss: { type: "count" } }, { parameters: asThere.parameters });
    expect([...((await same.predict(samples)).layers[0]?.triples() ?? [])]).toHaveLength(there);
  });

  it.each([
    ["CubaLIF", { tau_syn: [5e-4], tau_mem: [1e-3], w_in: [5], r: [10], v_leak: [0], v_threshold: [1] }, [SNNTORCH]],
    ["CubaLIF with a gain", { tau_syn: [5e-4], tau_mem: [1e-3], w_in: [1], r: [10], v_leak: [0], v_threshold: [1] }, []],
    ["LIF of r = 1, as Norse and this library write it,", { tau: [1e-3], r: [1], v_leak: [0], v_threshold: [1] }, []],
    ["LIF with a leak", { tau: [1e-3], r: [10], v_leak: [0.1], v_threshold: [1] }, []],
    ["LI", { tau: [1e-3], r: [10], v_leak: [0] }, []],
  ] as const)("says so of what snnTorch may have written: %s", async (name, fields, sentences) => {
    const [type = ""] = name.split(" ");
    const { approximations } = await importNir(await file(node(type, fields as unknown as Record<string, number[]>)));
    expect(approximations).toEqual(sentences);
  });
});
