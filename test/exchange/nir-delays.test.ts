import { importNir } from "spikelet";
import { expect, it } from "vitest";
import type { NirNode } from "../../ts/exchange/nir/graph.js";
import { writeGraph } from "../../ts/exchange/nir/hdf5.js";

function node(type: string, fields: Record<string, number[]>, shape?: number[]): NirNode {
  const arrays = Object.entries(fields).map(([name, values]) => {
    return [name, { shape: shape ?? [values.length], values: Float64Array.from(values) }] as const;
  });
  return { type, fields: new Map(arrays) };
}

const input = (...shape: number[]) => node("Input", { shape });
const delay = (...seconds: number[]) => node("Delay", { delay: seconds });
const weights = node("Linear", { weight: [1, 2, 3, 4] }, [2, 2]);
const neurons = node("LIF", { tau: [1e-3, 1e-3], r: [1, 1], v_leak: [0, 0], v_threshold: [1, 1] });
const pool = node("AvgPool2d", { kernel_size: [2, 2], stride: [2, 2], padding: [0, 0] });
const flatten = node("Flatten", {});
const output = node("Output", { shape: [2] });

/** A file with one chain of nodes, called `node0`, `node1` and so on. */
function chain(...nodes: NirNode[]): Promise<Uint8Array> {
  const named = new Map(nodes.map((given, k) => [`node${k}`, given]));
  return writeGraph({ nodes: named, edges: nodes.slice(1).map((_, k) => [`node${k}`, `node${k + 1}`]) }, undefined);
}

it("delays one after the other add up", async () => {
  const { network, parameters } = await importNir(await chain(input(2), delay(1e-4, 0), delay(2e-4), weights, neurons, output));
  expect(network.layers).toEqual([{ type: "dense", units: 2, delays: { by: "input", max: 3 } }]);
  expect(parameters[0]?.learnt).toEqual({ delays: Float32Array.of(3, 2) });
});

it.each([
  [
    "before a pool",
    [input(2, 2, 2), delay(0), pool, flatten, weights, neurons, output],
    "node1",
    "delays the input of AvgPool2d",
  ],
  ["before the output", [input(2), weights, neurons, delay(0), output], "node3", "delays the input of Output"],
  ["between weights and neurons", [input(2), weights, delay(0), neurons, output], "node2", "is a Delay: what follows weights"],
  ["back in time", [input(2), delay(-1e-4, 0), weights, neurons, output], "node1.delay", "from 0 to 65535 steps, got -1"],
  ["without end", [input(2), delay(Number.NaN), weights, neurons, output], "node1.delay", "from 0 to 65535 steps, got NaN"],
  ["beyond the longest", [input(2), delay(4, 3), delay(3), weights, neurons, output], "node2.delay", "got 70000"],
  ["of other units", [input(2), delay(0, 0, 0), weights, neurons, output], "node1.delay", "must have 1 or 2 entries, got 3"],
])("a delay %s is refused", async (_, nodes, path, message) => {
  const thrown = expect.objectContaining({ code: "DATA_FORMAT", path, message: expect.stringContaining(message) });
  await expect(importNir(await chain(...nodes))).rejects.toThrow(thrown);
});
