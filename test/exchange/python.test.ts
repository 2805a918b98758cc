import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, createNetwork, exportNir, exportWeights, type LayerParameters } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const python = inRoot(
  process.platform === "win32" ? ".cache/exchange-python/Scripts/python.exe" : ".cache/exchange-python/bin/python",
);
const isThere = existsSync(python);
if (!isThere)
  process.stderr.write("data missing: npm run setup:exchange installs the Python packages that these tests read files with\n");

const config: Config = {
  network: {
    input: [1, 4, 4],
    steps: 20,
    neuron: { currentDecay: 0.9, membraneDecay: 0.8, threshold: 2, membraneGain: 0.5, biasGain: 0.25 },
    layers: [
      { type: "conv2d", channels: 2, kernel: 3 },
      { type: "avgPool2d", window: 2 },
      { type: "flatten" },
      { type: "dense", units: 2 },
    ],
  },
};

/** Runs a script of this folder on a file and returns what it prints. */
function printed(script: string, file: string): Record<string, Field> & { nodes: Record<string, Record<string, Field>> } {
  const { status, stdout, stderr } = spawnSync(python, [inRoot(`test/exchange/${script}`), file], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

interface Field {
  shape: number[];
  values: number[];
}

describe.runIf(isThere)("Python reads", () => {
  let folder: string;
  let parameters: LayerParameters[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikelet-python-"));
    using fresh = await createNetwork(config);
    parameters = (await fresh.parameters()).map(({ weights, biases }) => ({
      weights,
      biases: biases.map((_, unit) => unit + 1),
    }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function written(name: string, make: (network: Awaited<ReturnType<typeof createNetwork>>) => Promise<Uint8Array>) {
    using network = await createNetwork(config, { parameters });
    const file = join(folder, name);
    await writeFile(file, await make(network));
    return file;
  }

  it("NIR, with the nir package", async () => {
    const { nodes, edges } = printed(
      "read_nir.py",
      await written("network.nir", async (network) => (await exportNir(network, { dt: 1e-3 })).bytes),
    );
    const names = ["input", "conv2d0", "neuron0", "avgPool2d1", "flatten2", "dense3", "neuron3", "output"];
    expect(edges).toEqual(names.slice(1).map((name, k) => [names[k], name]));
    expect(Object.fromEntries(Object.entries(nodes).map(([name, { type }]) => [name, type]))).toEqual({
      input: "Input",
      conv2d0: "Conv2d",
      neuron0: "CubaLIF",
      avgPool2d1: "AvgPool2d",
      flatten2: "Flatten",
      dense3: "Linear",
      neuron3: "CubaLIF",
      output: "Output",
    });
    expect(nodes["conv2d0"]?.["weight"]).toEqual({ shape: [2, 1, 3, 3], values: Array.from(parameters[0]?.weights ?? []) });
    expect(nodes["dense3"]?.["weight"]).toEqual({ shape: [2, 8], values: Array.from(parameters[1]?.weights ?? []) });
    // τ = dt / (1 − decay), r = 1 / (1 − membraneDecay), w_in = gains / (1 − currentDecay), v_leak = biasGain · bias / (1 − membraneDecay)
    const expected = { tau_syn: 0.01, tau_mem: 0.005, r: 5, w_in: 5, v_threshold: 2, v_reset: 0 };
    for (const name of ["neuron0", "neuron3"]) {
      for (const [field, value] of Object.entries(expected)) {
        for (const found of nodes[name]?.[field]?.values ?? [Number.NaN])
          expect(found, `${name}.${field}`).toBeCloseTo(value, 12);
      }
    }
    expect(nodes["neuron0"]?.["v_leak"]?.shape).toEqual([2, 4, 4]);
    expect(nodes["neuron3"]?.["v_leak"]?.values).toEqual([expect.closeTo(1.25, 12), expect.closeTo(2.5, 12)]);
  });

  it("readouts, recurrent layers and constants by unit of NIR", async () => {
    using network = await createNetwork({
      network: {
        input: 4,
        steps: 20,
        neuron: { currentDecay: 0.9, membraneDecay: 0.8, gain: "manual", reset: "membrane" },
        layers: [
          { type: "dense", units: 3, recurrent: true, neuron: { threshold: [0.5, 1, 2], currentDecay: [0.9, 0.8, 0.75] } },
          { type: "dense", units: 2, neuron: { type: "leaky" } },
        ],
      },
      loss: { type: "membrane" },
    });
    const file = join(folder, "readout.nir");
    const { bytes, approximations } = await exportNir(network, { dt: 1e-3 });
    expect(approximations).toEqual([expect.stringContaining("NIR states no delay")]);
    await writeFile(file, bytes);
    const { nodes, edges } = printed("read_nir.py", file);
    expect(edges).toContainEqual(["neuron0", "recurrent0"]);
    expect(edges).toContainEqual(["recurrent0", "neuron0"]);
    expect(nodes["neuron0"]).toMatchObject({
      type: "CubaLIF",
      v_threshold: { values: [0.5, 1, 2] },
      tau_syn: { values: [0.01, 0.005, 0.004].map((tau) => expect.closeTo(tau, 12)) },
    });
    expect(nodes["neuron1"]).toMatchObject({
      type: "CubaLI",
      tau_mem: { values: [0.005, 0.005].map((tau) => expect.closeTo(tau, 12)) },
    });
  });

  it("delays of NIR, in seconds", async () => {
    using network = await createNetwork({
      network: { input: 2, steps: 20, layers: [{ type: "dense", units: 3, recurrent: true, delays: { max: 9 } }] },
    });
    const [first] = await network.parameters();
    const delays = Float32Array.of(4, 0, 1.5, 9, 2);
    await network.setParameters(0, { ...(first as LayerParameters), learnt: { delays } });
    const file = join(folder, "delays.nir");
    await writeFile(file, (await exportNir(network, { dt: 1e-3 })).bytes);
    const { nodes, edges } = printed("read_nir.py", file);
    const way = ["input", "delay0", "dense0", "neuron0", "recurrentDelay0", "recurrent0", "neuron0", "output"];
    const forward = way.slice(1, -1).map((name, k) => [way[k], name]);
    expect(edges).toHaveLength(forward.length + 1);
    expect(edges).toEqual(expect.arrayContaining([...forward, ["neuron0", "output"]]));
    const seconds = (steps: number[]) => steps.map((count) => expect.closeTo(count * 1e-3, 12));
    expect(nodes["delay0"]).toEqual({ type: "Delay", delay: { shape: [2], values: seconds([4, 0]) } });
    expect(nodes["recurrentDelay0"]).toEqual({ type: "Delay", delay: { shape: [3], values: seconds([1.5, 9, 2]) } });
  });

  it.each(["safetensors", "npz"] as const)("weights as %s", async (format) => {
    const arrays = printed(
      "read_weights.py",
      await written(`weights.${format}`, (network) => exportWeights(network, { format })),
    );
    expect(arrays).toEqual({
      "layers.0.weight": { dtype: "float32", shape: [2, 1, 3, 3], values: Array.from(parameters[0]?.weights ?? []) },
      "layers.0.bias": { dtype: "float32", shape: [2], values: [1, 2] },
      "layers.1.weight": { dtype: "float32", shape: [2, 8], values: Array.from(parameters[1]?.weights ?? []) },
      "layers.1.bias": { dtype: "float32", shape: [2], values: [1, 2] },
    });
  });

  it.each(["safetensors", "npz"] as const)("learnt constants and delays as %s", async (format) => {
    using network = await createNetwork({
      network: {
        input: 3,
        steps: 20,
        layers: [
          {
            type: "dense",
            units: 2,
            delays: { by: "connection", max: 9 },
            neuron: { threshold: [0.5, 0.75], learn: ["threshold"] },
          },
          { type: "dense", units: 2, delays: { max: 9 } },
        ],
      },
    });
    const [first, last] = await network.parameters();
    const file = join(folder, `learnt.${format}`);
    await writeFile(file, await exportWeights(network, { format }));
    const arrays = printed("read_weights.py", file);
    const [byConnection, byInput] = [first, last].map((layer) => Array.from(layer?.learnt?.delays ?? []));
    expect(arrays).toMatchObject({
      "layers.0.threshold": { dtype: "float32", shape: [2], values: [0.5, 0.75] },
      "layers.0.delays": { dtype: "float32", shape: [2, 3], values: byConnection },
      "layers.1.delays": { dtype: "float32", shape: [2], values: byInput },
    });
  });

  it("a checkpoint, with the safetensors package", async () => {
    const arrays = printed("read_weights.py", await written("checkpoint.safetensors", (network) => network.checkpoint()));
    expect(arrays["layers.1.weights"]).toEqual({
      dtype: "float32",
      shape: [2, 8],
      values: Array.from(parameters[1]?.weights ?? []),
    });
  });
});
