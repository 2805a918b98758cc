// Streams that learn by rewards (spec 19.6).
import { type Config, createNetwork, type LayerParameters, type SpikeTrain, type StreamLearning } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

const INPUTS = 5;
const ACTIONS = 3;
const RATE = 0.01;
const FELT: SpikeTrain = { times: [0, 0, 0], units: [0, 2, 3] };
const NOTHING: SpikeTrain = { times: [], units: [] };

function configOf(hidden: number, changes: Partial<Config> = {}): Config {
  const layers = hidden === 0 ? [] : [{ type: "dense" as const, units: hidden, recurrent: true }];
  return {
    network: { input: INPUTS, steps: 10, layers: [...layers, { type: "dense", units: ACTIONS, neuron: { type: "leaky" } }] },
    rule: { type: "eprop", surrogate: { type: "triangle" } },
    loss: { type: "membrane", statistic: "each", inverseTemperature: 1 },
    optimizer: { type: "sgd", learningRate: RATE },
    training: { seed: 3 },
    ...changes,
  };
}

const rewarded = (decay: number, others: Partial<StreamLearning> = {}) => ({ learn: { reward: { decay }, ...others } });

function softmax(values: Float32Array): number[] {
  const powers = Array.from(values, Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

const changeOf = (after: LayerParameters[], before: LayerParameters[]) =>
  after.flatMap(({ weights, biases }, layer) => [
    ...weights.map((weight, k) => weight - (before[layer]?.weights[k] ?? 0)),
    ...biases.map((bias, k) => bias - (before[layer]?.biases[k] ?? 0)),
  ]);

describe.each(BACKENDS)("a stream that learns by rewards, on %s", (backend) => {
  it("moves by the gradient of the expected reward, in the mean over its actions", async () => {
    const rewards = [0.3, -1, 2];
    using network = await createNetwork(configOf(0), { backend });
    const [before] = (await network.parameters()) as [LayerParameters];
    const mean = async (given: LayerParameters) => {
      await network.setParameters(0, given);
      const { membranes } = await (await network.stream()).run(FELT);
      const shares = softmax(membranes);
      return { shares, reward: rewards.reduce((sum, reward, action) => sum + reward * (shares[action] ?? 0), 0) };
    };
    const moved = (name: "weights" | "biases", k: number, by: number) => {
      return { ...before, [name]: before[name].map((value, at) => (at === k ? value + by : value)) };
    };
    const { shares } = await mean(before);
    const changes: number[][] = [];
    for (const [action, reward] of rewards.entries()) {
      const stream = await network.stream(rewarded(0));
      await stream.act(FELT, 1, action);
      await stream.reward(reward);
      changes.push(changeOf(await stream.parameters(), [before]).map((change) => (shares[action] ?? 0) * change));
    }
    const places = [...Array(ACTIONS * INPUTS).keys()].map((k) => ["weights", k] as const);
    const all = [...places, ...[...Array(ACTIONS).keys()].map((k) => ["biases", k] as const)];
    for (const [place, [name, k]] of all.entries()) {
      const [up, down] = [await mean(moved(name, k, 0.5)), await mean(moved(name, k, -0.5))];
      const change = changes.reduce((sum, values) => sum + (values[place] ?? 0), 0);
      expect(change / RATE).toBeCloseTo(up.reward - down.reward, 3);
    }
    expect(changes.flat().filter((change) => change !== 0).length).toBe(ACTIONS * (3 * ACTIONS + ACTIONS));
  });

  it("counts an action less with every step until the reward", async () => {
    using network = await createNetwork(configOf(20), { backend });
    const before = await network.parameters();
    const loud = before.map(({ weights, ...others }, layer) => ({ ...others, weights: weights.map((w) => (layer ? w : 4 * w)) }));
    for (const [layer, parameters] of loud.entries()) await network.setParameters(layer, parameters);
    const changed = async (steps: number) => {
      const stream = await network.stream(rewarded(0.5));
      const { spikes } = await stream.run({ times: [0, 1, 1, 2], units: [0, 1, 4, 2] }, 3);
      expect(spikes.times.length).toBe(0);
      await stream.act(FELT, 2, 1);
      await stream.run(NOTHING, steps);
      await stream.reward(1);
      return changeOf(await stream.parameters(), loud);
    };
    const [atOnce, later] = [await changed(0), await changed(3)];
    expect(atOnce.filter((change) => change !== 0).length).toBeGreaterThan(20);
    for (const [k, change] of later.entries()) expect(change).toBeCloseTo(0.125 * (atOnce[k] ?? 0), 6);
  });

  it("draws by its seed, and goes on drawing after a restart", async () => {
    using network = await createNetwork(configOf(0), { backend });
    const drawnBy = async (seed: number | undefined) => {
      const stream = await network.stream({ learn: { reward: seed === undefined ? {} : { seed } } });
      const actions: number[] = [];
      for (let k = 0; k < 40; k++) {
        if (k === 20) await stream.restart();
        actions.push((await stream.act(FELT)).action);
      }
      return actions;
    };
    const [first, same, other] = [await drawnBy(undefined), await drawnBy(3), await drawnBy(4)];
    expect(new Set(first)).toEqual(new Set([0, 1, 2]));
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.slice(20)).not.toEqual(first.slice(0, 20));
  });

  it("keeps its parameters with a reward of 0 and before its first action", async () => {
    using network = await createNetwork(configOf(20), { backend });
    const before = await network.parameters();
    const stream = await network.stream(rewarded(0.9));
    await stream.run(FELT, 5);
    await stream.reward(1);
    await stream.act(FELT);
    await stream.reward(0);
    expect(changeOf(await stream.parameters(), before).every((change) => change === 0)).toBe(true);
  });

  it("refuses what has no meaning, and goes on", async () => {
    using network = await createNetwork(configOf(0), { backend });
    const stream = await network.stream(rewarded(0.9));
    await expect(stream.act(FELT, 1, ACTIONS)).rejects.toMatchObject({ path: "action" });
    await expect(stream.act(FELT, 0)).rejects.toMatchObject({ path: "steps" });
    await expect(stream.reward(Number.NaN)).rejects.toMatchObject({ path: "reward" });
    await expect(stream.learn(FELT, [1])).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "targets" });
    expect((await stream.act(FELT, 1, 2)).action).toBe(2);
    const byTargets = await network.stream({ learn: { every: 2 } });
    await expect(byTargets.act(FELT)).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "learn.reward" });
    await expect(byTargets.reward(1)).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "learn.reward" });
    await expect(network.stream(rewarded(1))).rejects.toMatchObject({ path: "learn.reward.decay" });
    await expect(network.stream(rewarded(0.9, { every: 2 }))).rejects.toMatchObject({ path: "learn.every" });
  });

  it.each([
    ["the loss trace", { loss: { type: "trace" as const } }],
    ["a spike penalty", { regularizers: { spikePenalty: 0.1 } }],
  ])("is refused with %s", async (_, changes) => {
    using network = await createNetwork(configOf(4, changes), { backend });
    await expect(network.stream(rewarded(0.9))).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "learn.reward" });
  });
});
