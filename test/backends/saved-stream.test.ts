// Streams that learn, saved and gone on with.
import { type Config, createNetwork, type Network, restoreNetwork, type SpikeStream, type StreamOptions } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

type NetworkConfig = Config["network"];

const INPUTS = 6;
const OUTPUTS = 3;
const readout = (more: object = {}) => ({ type: "dense" as const, units: OUTPUTS, neuron: { type: "leaky" as const }, ...more });

/** Networks that keep different things from step to step. */
const NETWORKS: Record<string, Partial<NetworkConfig>> = {
  "recurrent, with delays and a refractory period": {
    layers: [{ type: "dense", units: 9, recurrent: true, delays: { by: "input", max: 12 } }, readout()],
    neuron: { refractory: 3, threshold: 0.3 },
  },
  "delays between feed-forward layers": {
    layers: [{ type: "dense", units: 70 }, readout({ delays: { by: "input", max: 5 } })],
    neuron: { threshold: 0.3, reset: "subtract" },
  },
  "units that fire once": {
    layers: [{ type: "dense", units: 8 }, readout()],
    neuron: { singleSpike: true, threshold: 0.3 },
  },
  "alif that learns its constants": {
    layers: [
      { type: "dense", units: 8, recurrent: true, neuron: { type: "alif", learn: ["membraneDecay", "adaptationStrength"] } },
      readout(),
    ],
    neuron: { threshold: 0.3 },
  },
  adlif: {
    layers: [{ type: "dense", units: 8, neuron: { type: "adlif" } }, readout()],
    neuron: { threshold: 0.3 },
  },
  convolutions: {
    input: [1, 2, 3],
    layers: [
      { type: "conv2d", channels: 3, kernel: 2, neuron: { type: "alif", learn: ["threshold"] } },
      { type: "avgPool2d", window: [1, 2] },
      { type: "flatten" },
      readout(),
    ],
    neuron: { threshold: 0.3 },
  },
  "one-to-one connections by channel and by unit": {
    input: [1, 2, 3],
    layers: [
      { name: "a", type: "oneToOne", by: "channel" },
      { name: "b", type: "oneToOne", by: "channel", inputs: [{ type: "oneToOne", from: "b", by: "unit" }] },
      { type: "flatten" },
      readout(),
    ],
    neuron: { threshold: 0.3 },
  },
  "a graph with feedback": {
    layers: [
      { name: "a", type: "dense", units: 8, inputs: [{ type: "dense", from: "b" }] },
      { name: "b", type: "dense", units: 8, from: "a" },
      readout({ from: "b", inputs: [{ type: "dense", from: "a" }] }),
    ],
    neuron: { threshold: 0.3 },
  },
};

const configOf = (network: Partial<NetworkConfig>, more: Partial<Config> = {}): Config => ({
  network: { input: INPUTS, steps: 50, layers: [readout()], ...network },
  rule: { type: "eprop" },
  loss: { type: "membrane", statistic: "each" },
  optimizer: { type: "adam" },
  training: { seed: 5, batchSize: 1 },
  ...more,
});

/** Spikes and labels of some steps, the same for the same `seed`. */
function drawn(seed: number, steps: number) {
  let state = seed;
  const draw = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const times: number[] = [];
  const units: number[] = [];
  for (let t = 0; t < steps; t++) {
    for (let unit = 0; unit < INPUTS; unit++) {
      if (draw() < 0.3) {
        times.push(t);
        units.push(unit);
      }
    }
  }
  const targets = Array.from({ length: steps }, () => (draw() < 0.5 ? Math.floor(draw() * OUTPUTS) : undefined));
  return { spikes: { times, units }, targets };
}

/** What a stream does next, and what it has learnt then. */
async function continued(stream: SpikeStream) {
  const { spikes, targets } = drawn(8, 700);
  const { membranes, decisions, ...rest } = await stream.learn(spikes, targets);
  return { membranes, decisions, rest, parameters: await stream.parameters() };
}

/** Makes the units of the first layer fire. */
async function drive(network: Network): Promise<void> {
  const [first] = await network.parameters();
  if (first === undefined) throw new Error("the network has layers");
  await network.setParameters(0, { ...first, weights: first.weights.map((weight) => 2 * Math.abs(weight)) });
}

describe.each(BACKENDS)("a stream that learns, on %s", (backend) => {
  const saved: [what: string, config: Config][] = [
    ...Object.entries(NETWORKS).map(([what, network]): [string, Config] => [what, configOf(network)]),
    ["weights of 4 bits", configOf(NETWORKS.adlif ?? {}, { training: { seed: 5, batchSize: 1, weightBits: 4 } })],
  ];
  it.each(saved)("goes on where it was saved: %s", async (_, config) => {
    const options: StreamOptions = { learn: { every: 3, learningRate: 0.01 }, window: 40, hop: 15 };
    using one = await createNetwork(config, { backend });
    await drive(one);
    const stream = await one.stream(options);
    // Beyond the first window of the arrays, and not after an update.
    const { spikes, targets } = drawn(4, 601);
    const { membranes } = await stream.learn(spikes, targets);
    expect(membranes.some((membrane) => membrane !== 0)).toBe(true);
    const saved = await stream.save();
    using other = await createNetwork(config, { backend });
    const restored = await other.stream({ ...options, saved });
    expect(await restored.parameters()).toEqual(await stream.parameters());
    expect(await restored.save()).toEqual(saved);
    using learnt = await restoreNetwork(saved, { backend });
    expect(await learnt.parameters()).toEqual(await stream.parameters());
    expect(await continued(restored)).toEqual(await continued(stream));
  });

  it("goes on with actions and rewards", async () => {
    const config = configOf(
      { layers: [{ type: "dense", units: 8 }, readout()], neuron: { threshold: 0.3 } },
      {
        loss: { type: "membrane", inverseTemperature: 0.3 },
      },
    );
    const options: StreamOptions = { learn: { reward: { decay: 0.9 }, learningRate: 0.003 } };
    using network = await createNetwork(config, { backend });
    const act = async (stream: SpikeStream) => {
      const actions: number[] = [];
      for (let k = 0; k < 20; k++) {
        const { action } = await stream.act(drawn(k + 1, 3).spikes, 3);
        actions.push(action);
        await stream.reward(action - 1);
      }
      return { actions, parameters: await stream.parameters() };
    };
    const stream = await network.stream(options);
    await act(stream);
    const saved = await stream.save();
    const found = await act(await network.stream({ ...options, saved }));
    expect(new Set(found.actions).size).toBeGreaterThan(1);
    expect(found).toEqual(await act(stream));
  });

  it("refuses what was saved of another stream", async () => {
    using network = await createNetwork(configOf({}), { backend });
    using wider = await createNetwork(configOf({ layers: [{ type: "dense", units: 4 }, readout()] }), { backend });
    const learn = { every: 2 };
    const saved = await (await network.stream({ learn })).save();
    const refuses = (options: StreamOptions, of = network) =>
      expect(of.stream(options)).rejects.toMatchObject({ code: "CHECKPOINT_INVALID", path: "saved" });
    await refuses({ learn, saved }, wider);
    await refuses({ learn: { every: 3 }, saved });
    await refuses({ learn: { reward: {} }, saved });
    await refuses({ learn, window: 10, saved });
    await refuses({ learn, saved: saved.slice(0, -4) });
    await refuses({ learn, saved: await network.checkpoint() });
    await expect(network.stream({ saved })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "learn" });
    const noBytes = "bytes" as unknown as Uint8Array;
    await expect(network.stream({ learn, saved: noBytes })).rejects.toMatchObject({ code: "DATA_FORMAT", path: "saved" });
    const fixed = await network.stream();
    await expect(fixed.save()).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "learn" });
  });
});
