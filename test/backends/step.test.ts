// One step at once, without a promise.
import { type Config, createNetwork, type Network, type StreamOptions } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

const INPUTS = 6;
const STEPS = 700;
const NOTHING = { times: [], units: [] };

const readout = { type: "dense" as const, units: 3, neuron: { type: "leaky" as const } };
const NETWORKS: Record<string, Config> = {
  "outputs that fire": {
    network: {
      input: INPUTS,
      steps: 20,
      layers: [
        { type: "dense", units: 70 },
        { type: "dense", units: 3 },
      ],
      neuron: { threshold: 0.2 },
    },
    loss: { type: "count" },
  },
  "a readout behind a recurrent layer with delays": {
    network: {
      input: INPUTS,
      steps: 20,
      layers: [{ type: "dense", units: 9, recurrent: true, delays: { by: "connection", max: 7 } }, readout],
      neuron: { threshold: 0.2, refractory: 2 },
    },
    rule: { type: "activation" },
    loss: { type: "membrane" },
  },
  "a convolution": {
    network: {
      input: [1, 2, 3],
      steps: 20,
      layers: [{ type: "conv2d", channels: 4, kernel: 3 }, { type: "flatten" }, readout],
      neuron: { threshold: 0.2 },
    },
    rule: { type: "activation" },
    loss: { type: "membrane" },
  },
};

/** Units that fire at each step, in any order, some twice. */
function drawn(): number[][] {
  let state = 3;
  const draw = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: STEPS }, () => Array.from({ length: Math.floor(4 * draw()) }, () => Math.floor(INPUTS * draw())));
}

async function excited(config: Config, backend: (typeof BACKENDS)[number]): Promise<Network> {
  const network = await createNetwork({ ...config, training: { seed: 2 } }, { backend });
  const [first] = await network.parameters();
  if (first === undefined) throw new Error("the network has layers");
  await network.setParameters(0, { ...first, weights: first.weights.map((weight) => 2 * Math.abs(weight)) });
  return network;
}

describe.each(BACKENDS)("a step of a stream, on %s", (backend) => {
  it.each(Object.entries(NETWORKS))("has the bits of a run: %s", async (_, config) => {
    using network = await excited(config, backend);
    const [one, other] = [await network.stream(), await network.stream()];
    const input = drawn();
    const rows = input.map((units) => one.step(units).slice());
    const times = input.flatMap((units, t) => units.map(() => t));
    const { spikes, membranes, ...decided } = await other.run({ times, units: input.flat() }, STEPS);
    const fired = rows.flatMap((row, t) => [...row.keys()].filter((unit) => row[unit] === 1).map((unit) => [t, unit]));
    if (membranes.length > 0) expect(Float32Array.from(rows.flatMap((row) => [...row]))).toEqual(membranes);
    else expect(fired).toEqual(Array.from(spikes.times, (t, k) => [t, spikes.units[k]]));
    expect(rows.some((row) => row.some((value) => value !== 0))).toBe(true);
    const { spikes: _spikes, membranes: _membranes, start, ...later } = await one.run(NOTHING, 0);
    expect({ ...later, start: 0 }).toEqual(decided);
    expect(start).toBe(STEPS);
  });

  it("lets a stream that learns go on without targets", async () => {
    const config: Config = {
      network: {
        input: INPUTS,
        steps: 20,
        layers: [{ type: "dense", units: 9, recurrent: true }, readout],
        neuron: { threshold: 0.2 },
      },
      rule: { type: "eprop" },
      loss: { type: "membrane", statistic: "each" },
    };
    using network = await excited(config, backend);
    const options: StreamOptions = { learn: { learningRate: 0.01 } };
    const [one, other] = [await network.stream(options), await network.stream(options)];
    const input = drawn().slice(0, 30);
    for (const units of input) {
      expect(one.step(units)).toEqual((await other.run({ times: units.map(() => 0), units })).membranes);
      await one.learn(NOTHING, [1]);
      await other.learn(NOTHING, [1]);
    }
    expect(await one.parameters()).toEqual(await other.parameters());
  });

  it("refuses what it can't do, and runs no step then", async () => {
    const config = NETWORKS["outputs that fire"] as Config;
    using network = await excited(config, backend);
    const stream = await network.stream();
    const refused = (units: unknown) => () => stream.step(units as number[]);
    const shape = (path: string) => expect.objectContaining({ code: "SHAPE_MISMATCH", path });
    expect(refused([0, INPUTS])).toThrow(shape("units[1]"));
    expect(refused([-1])).toThrow(shape("units[0]"));
    expect(refused([0.5])).toThrow(shape("units[0]"));
    expect(refused(["a"])).toThrow(shape("units[0]"));
    expect(refused(3)).toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "units" }));
    const pending = stream.run(NOTHING, 1);
    expect(refused([0])).toThrow(expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }));
    expect((await pending).steps).toBe(1);
    stream.step([0]);
    expect((await stream.run(NOTHING, 0)).steps).toBe(2);
    const windowed = await network.stream({ window: 5 });
    expect(() => windowed.step([0])).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "window" }));
    network.dispose();
    expect(refused([0])).toThrow(expect.objectContaining({ code: "DISPOSED" }));
  });
});
