// The resets `subtractAfterDecay` and `none`: the neurons of snnTorch, what they are defined for, and that a graph of layers has them.
import {
  type Config,
  createNetwork,
  datasets,
  type LayerConfig,
  type LayerParameters,
  type NeuronConfig,
  SpikeEvents,
} from "spikelet";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../ts/random.js";
import {
  configOf,
  data,
  drawn,
  expectClose,
  give,
  INPUTS,
  type Layers,
  output,
  RULES,
  SAMPLES,
  STEPS,
} from "../support/relations.js";

const failure = (code: string, path: string) => expect.objectContaining({ name: "SpikeletError", code, path });
const UNITS = 8;
/** How far every membrane stays off the threshold, where another order of sums may not change a spike. */
const MARGIN = 1e-4;

/** snnTorch's neurons with `reset_mechanism="subtract"`: decays, and whether spikes of the layer come back to it. */
const NEURONS = {
  Leaky: { alpha: 0, beta: 0.9, isRecurrent: false },
  Synaptic: { alpha: 0.7, beta: 0.85, isRecurrent: false },
  RLeaky: { alpha: 0, beta: 0.8, isRecurrent: true },
};

type Snn = (typeof NEURONS)[keyof typeof NEURONS];

/**
 * Membranes and spikes of one layer, `[step][unit]`, as snnTorch 1.0 computes them: the reset of a step follows from the membrane of the
 * step before, and the threshold, 1, is taken off after the decay.
 */
function snn({ alpha, beta, isRecurrent }: Snn, rows: readonly (readonly number[])[], arriving: (step: number) => number[]) {
  const states = rows.map(() => ({ syn: 0, mem: 0 }));
  const steps: { membranes: number[]; fired: number[] }[] = [];
  let fired: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const from = [...arriving(step), ...(isRecurrent ? fired.map((unit) => INPUTS + unit) : [])];
    for (const [unit, state] of states.entries()) {
      const input = from.reduce((sum, k) => sum + (rows[unit]?.[k] ?? 0), 0);
      const reset = state.mem > 1 ? 1 : 0;
      state.syn = alpha * state.syn + input;
      state.mem = beta * state.mem + state.syn - reset;
    }
    const membranes = states.map(({ mem }) => mem);
    fired = membranes.flatMap((mem, unit) => (mem > 1 ? [unit] : []));
    steps.push({ membranes, fired });
  }
  return steps;
}

function oneLayer({ alpha, beta, isRecurrent }: Snn): Config {
  const neuron: NeuronConfig = { gain: "manual", currentDecay: alpha, membraneDecay: beta, reset: "subtractAfterDecay" };
  return configOf(
    [{ type: "dense", units: UNITS, recurrent: isRecurrent, neuron: { currentGain: 1, ...neuron } }],
    RULES[0] as never,
  );
}

describe("the reset subtractAfterDecay", () => {
  it.each(Object.entries(NEURONS))("has the membranes and spikes of snnTorch's %s", async (_, neuron) => {
    const draw = mulberry32(11);
    using network = await createNetwork(oneLayer(neuron));
    const [given] = (await network.parameters()) as [LayerParameters];
    let checked = 0;
    for (let number = 0; checked < 20; number++) {
      expect(number).toBeLessThan(60);
      const weights = given.weights.map(() => 1.2 * draw() - 0.3);
      await give(network, [{ ...given, weights, biases: given.biases.map(() => 0) }]);
      const arriving = Array.from({ length: SAMPLES * STEPS }, () =>
        Array.from({ length: INPUTS }, (_, k) => k).filter(() => draw() < 0.1),
      );
      const triples = arriving.flatMap((units, row) =>
        units.map((unit) => [Math.floor(row / STEPS), row % STEPS, unit] as const),
      );
      const batch = datasets.fromSpikes({
        spikes: SpikeEvents.fromTriples(triples, SAMPLES),
        labels: Array.from({ length: SAMPLES }, (_, sample) => sample % UNITS),
      });
      const { prediction, trace } = await network.gradients(batch, { trace: true });
      const width = weights.length / UNITS;
      const rows = Array.from({ length: UNITS }, (_, unit) => [...weights.subarray(unit * width, (unit + 1) * width)]);
      const membranes = trace?.[0]?.membrane as Float32Array;
      const expected = Array.from({ length: SAMPLES }, (_, sample) =>
        snn(neuron, rows, (step) => arriving[sample * STEPS + step] ?? []),
      );
      const isClear = expected.flat().every((step) => step.membranes.every((membrane) => Math.abs(membrane - 1) > MARGIN));
      if (!isClear) continue;
      checked++;
      expect([...(prediction.layers[0]?.triples() ?? [])]).toEqual(
        expected.flatMap((steps, b) => steps.flatMap(({ fired }, t) => fired.map((unit) => [b, t, unit]))),
      );
      const differences = expected
        .flat()
        .flatMap(({ membranes: of }, row) => of.map((v, unit) => Math.abs(v - (membranes[row * UNITS + unit] ?? 0))));
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    }
  });

  const layers: LayerConfig[] = [
    { type: "dense", units: 3 },
    { type: "dense", units: 2 },
  ];
  const network = (neuron: NeuronConfig, own: NeuronConfig = {}) =>
    ({ network: { input: 4, steps: 10, neuron, layers: [{ ...layers[0], neuron: own }, layers[1]] } }) as Config;
  it.each([
    ["network.layers[0].neuron.reset", network({ reset: "subtractAfterDecay" }, { type: "adlif" })],
    ["network.neuron.reset", network({ reset: "subtractAfterDecay", membraneDecay: 0 }, { membraneDecay: 0.5 })],
    ["network.layers[0].neuron.reset", network({}, { reset: "subtractAfterDecay", membraneDecay: [0.5, 0, 0.5] })],
    [
      "network.layers[0].neuron.reset",
      { ...network({ reset: "subtractAfterDecay" }), rule: { type: "eprop" }, loss: { type: "count", positive: 2 } },
    ],
    ["rule.slopeFloor", { ...network({ reset: "subtractAfterDecay" }), rule: { type: "timing", slopeFloor: 0 } }],
    ["rule.slopeFloor", { ...network({ reset: "none" }), rule: { type: "eventProp", slopeFloor: 0 } }],
    ["rule.resetPath.timing", { ...network({ reset: "none" }), rule: { type: "timing", resetPath: { timing: { lag: 2 } } } }],
  ])("is refused at %s", async (path, config) => {
    await expect(createNetwork(config as Config)).rejects.toEqual(failure("CONFIG_INVALID", path));
  });
});

describe("the reset none", () => {
  it("leaves the membranes of a readout", async () => {
    const rule = RULES[1] as never;
    using fires = await createNetwork(configOf([output({ reset: "none" })], rule));
    using reads = await createNetwork({ ...configOf([output({ type: "leaky" })], rule), loss: { type: "membrane" } });
    const parameters = await drawn(fires);
    await give(reads, parameters);
    const [found, read] = [await fires.gradients(data(), { trace: true }), await reads.gradients(data(), { trace: true })];
    expect(found.prediction.layers[0]?.times.length).toBeGreaterThan(0);
    expect(found.trace?.[0]?.membrane).toEqual(read.trace?.[0]?.membrane);
  });

  it("of adaptation currents is no reset either", async () => {
    const config = (neuron: NeuronConfig) =>
      configOf(
        [
          { type: "dense", units: 6, neuron: { type: "adlif", subthresholdCoupling: 0.4, spikeCoupling: 0.7, ...neuron } },
          output(),
        ],
        RULES[0] as never,
      );
    // Beyond every membrane, a threshold changes nothing but the spikes that feed the current.
    using none = await createNetwork(config({ reset: "none", spikeCoupling: 0 }));
    using high = await createNetwork(config({ reset: "all", spikeCoupling: 0, threshold: 1000 }));
    await give(high, await drawn(none));
    const [found, quiet] = [await none.gradients(data(), { trace: true }), await high.gradients(data(), { trace: true })];
    expect(found.prediction.layers[0]?.times.length).toBeGreaterThan(0);
    expect(quiet.prediction.layers[0]?.times.length).toBe(0);
    expect(found.trace?.[0]?.membrane).toEqual(quiet.trace?.[0]?.membrane);
  });
});

describe.each(["subtractAfterDecay", "none"] as const)("the reset %s", (reset) => {
  it.each(RULES.map((rule) => [rule.type, rule] as const))(
    "has the gradients of a chain in a graph of its layers: %s",
    async (_, rule) => {
      const hidden = { type: "dense", units: 9, neuron: { reset, learn: ["membraneDecay", "threshold"] } } satisfies LayerConfig;
      const chain: Layers = [hidden, output({ reset })];
      const graph: Layers = [
        { name: "hidden", ...hidden, from: "input" },
        { name: "out", ...output({ reset }), from: "hidden", inputs: [{ type: "dense", from: "input" }] },
      ] as Layers;
      using one = await createNetwork(configOf(chain, rule));
      using other = await createNetwork(configOf(graph, rule));
      const [first, last] = (await drawn(one)) as [LayerParameters, LayerParameters];
      const [, theirs] = (await other.parameters()) as [LayerParameters, LayerParameters];
      const unused = (theirs.inputs ?? []).map((input) => ({ ...input, weights: input.weights.map(() => 0) }));
      await give(other, [first, { ...last, inputs: unused }]);
      const [found, same] = [await one.gradients(data()), await other.gradients(data())];
      expect(same.prediction.layers).toEqual(found.prediction.layers);
      expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
      for (const [layer, { weights, learnt }] of found.layers.entries()) {
        expectClose(same.layers[layer]?.weights, weights);
        for (const name of ["membraneDecay", "threshold"] as const) {
          if (learnt?.[name]) expectClose(same.layers[layer]?.learnt?.[name], learnt[name]);
        }
      }
    },
  );
});
