// The rule e-prop and the paths through recurrence that rules can leave out (spec 19, 6.vii).
import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  encode,
  type LayerNeuron,
  type LayerParameters,
  restoreTrainer,
} from "spikelet";
import { describe, expect, it } from "vitest";
import {
  configOf,
  data,
  drawn,
  expectClose,
  give,
  INPUTS,
  type Layers,
  OUTPUTS,
  output,
  type Rule,
} from "../support/relations.js";

const SURROGATE = { type: "arctan", scale: 0.8, sharpness: 2 } as const;
const EPROP: Rule = { type: "eprop", surrogate: SURROGATE };
const LEAKY = { ...output(), neuron: { type: "leaky" as const } };
const RECURRENT = { type: "dense" as const, units: 20, recurrent: true };
const FEEDBACK: Layers = [
  { name: "a", type: "dense", units: 17, inputs: [{ type: "dense", from: "b" }] },
  { name: "b", type: "dense", units: 20, inputs: [{ type: "oneToOne", from: "b" }] },
  output(),
];

/** A network with a loss of spike counts, or of a readout's membranes. */
function countConfig(layers: Layers, rule: Rule, statistic: "last" | "each" = "last"): Config {
  const isReadout = layers.at(-1) === LEAKY;
  return {
    ...configOf(layers, rule),
    loss: isReadout ? { type: "membrane", statistic } : { type: "count", positive: 4 },
  };
}

async function gradientsOf(config: Config, parameters?: readonly LayerParameters[]) {
  using network = await createNetwork(config);
  const given = parameters ?? (await drawn(network));
  if (parameters) await give(network, parameters);
  const { layers, prediction } = await network.gradients(data());
  const firing = prediction.layers.slice(0, config.loss?.type === "membrane" ? -1 : undefined);
  expect(firing.map(({ times }) => times.length > 0)).not.toContain(false);
  return { layers, given };
}

function expectSame(found: readonly LayerParameters[], expected: readonly LayerParameters[]): void {
  for (const [layer, { weights, biases, learnt, inputs }] of expected.entries()) {
    expectClose(found[layer]?.weights, weights);
    expectClose(found[layer]?.biases, biases);
    for (const [name, values] of Object.entries(learnt ?? {})) {
      expectClose(found[layer]?.learnt?.[name as "delays"], values);
    }
    for (const [number, input] of (inputs ?? []).entries()) expectClose(found[layer]?.inputs?.[number]?.weights, input.weights);
  }
}

describe("e-prop", () => {
  const neurons: Record<string, LayerNeuron> = {
    lif: {},
    alif: { type: "alif", adaptationStrength: 0.25, learn: ["membraneDecay", "threshold"] },
    adlif: { type: "adlif", subthresholdCoupling: 0.5, spikeCoupling: 0.2 },
  };

  it.each(Object.entries(neurons))("drops nothing but the recurrence below a readout: %s", async (_, neuron) => {
    const layers: Layers = [{ ...RECURRENT, neuron }, LEAKY];
    const rule: Rule = { type: "activation", surrogate: SURROGATE, recurrentPath: "ignore" };
    for (const statistic of ["each", "last"] as const) {
      const { layers: found } = await gradientsOf(countConfig(layers, EPROP, statistic));
      expectSame(found, (await gradientsOf(countConfig(layers, rule, statistic))).layers);
    }
    const found = await gradientsOf(countConfig(layers, EPROP));
    const full = await gradientsOf(countConfig(layers, { type: "activation", surrogate: SURROGATE }));
    expect(full.layers[0]?.weights).not.toEqual(found.layers[0]?.weights);
  });

  it("is a chain's in a graph of the same layers, pools and delays among them", async () => {
    const chain: Layers = [
      { type: "conv2d", channels: 5, kernel: 3 },
      { type: "avgPool2d", window: [1, 2], stride: 1 },
      { type: "flatten" },
      { ...LEAKY, delays: { by: "input", max: 3 } },
    ];
    const graph: Layers = [{ name: "a", ...chain[0] } as Layers[number], ...chain.slice(1, 3), LEAKY];
    const alone = { type: "oneToOne", from: "a", by: "channel", learn: false } as const;
    (graph[0] as { inputs?: unknown }).inputs = [alone];
    const of = (layers: Layers): Config => {
      const config = countConfig(layers, EPROP);
      return { ...config, loss: { type: "membrane" }, network: { ...config.network, input: [2, 3, 3] } };
    };
    const { layers, given } = await gradientsOf(of([chain[0] as Layers[number], ...chain.slice(1, 3), LEAKY]));
    const zero = { weights: new Float32Array(5) };
    const found = await gradientsOf(
      of(graph),
      given.map((layer, k) => (k === 0 ? { ...layer, inputs: [zero] } : layer)),
    );
    expectSame(
      found.layers.map(({ weights, biases }) => ({ weights, biases })),
      layers,
    );
  });

  it("sends errors to lower layers by fixed random weights of the seed", async () => {
    const config = countConfig([RECURRENT, { type: "dense", units: 17 }, output()], EPROP);
    const of = async (seed: number) => {
      using network = await createNetwork({ ...config, training: { ...config.training, seed } });
      return (await network.parameters()).map(({ learnt }) => learnt?.feedback);
    };
    const [first, other] = [await of(3), await of(4)];
    expect(first.map((feedback) => feedback?.length)).toEqual([20 * OUTPUTS, undefined, undefined]);
    const largest = Math.max(...(first[0] as Float32Array).map(Math.abs));
    expect(largest).toBeGreaterThan(0.9 / Math.sqrt(17));
    expect(largest).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(17)));
    expect(await of(3)).toEqual(first);
    expect(other[0]).not.toEqual(first[0]);
  });

  it("keeps these weights in training and in a checkpoint, and takes others", async () => {
    const config = {
      ...countConfig([RECURRENT, output()], { ...EPROP, feedback: "random" }),
      optimizer: { type: "adam" as const },
    };
    using trainer = await createTrainer(config);
    await give(trainer, await drawn(trainer));
    const [{ learnt: before, weights }] = (await trainer.parameters()) as [LayerParameters];
    await trainer.applyGradients((await trainer.gradients(data())).layers);
    using restored = await restoreTrainer(await trainer.checkpoint());
    const [found] = (await restored.parameters()) as [LayerParameters];
    expect(found.learnt).toEqual(before);
    expect(found.weights).not.toEqual(weights);
    const { layers } = await trainer.gradients(data());
    expect(layers[0]?.learnt).toBeUndefined();
    const feedback = before?.feedback?.map((weight) => -weight);
    await restored.setParameters(0, { ...found, learnt: { feedback: feedback as Float32Array } });
    const turned = await restored.gradients(data());
    expect(turned.layers[0]?.weights).toEqual(layers[0]?.weights.map((value) => -value));
    expect(turned.layers[1]).toEqual(layers[1]);
  });

  it.each([
    ["loss.type", { loss: { type: "latency" as const } }],
    ["loss.type", { loss: { type: "countCrossEntropy" as const } }],
    ["loss.statistic", { loss: { type: "membrane" as const, statistic: "max" as const } }],
    ["network.layers[1].neuron.membraneDecay", { loss: { type: "membrane" as const } }],
  ])("is refused by %s", async (path, changes) => {
    const neuron = { type: "leaky" as const, membraneDecay: [0.8, 0.9, 0.95] };
    const layers: Layers = [RECURRENT, changes.loss.type === "membrane" ? { ...LEAKY, neuron } : output()];
    const config = { ...configOf(layers, EPROP), ...changes };
    await expect(createNetwork(config)).rejects.toMatchObject({ code: "CONFIG_INVALID", path });
  });

  it("learns with a recurrent layer", async () => {
    const { train, validation } = (await datasets.digits()).encode(encode.latency()).split({ seed: 3 });
    using trainer = await createTrainer({
      network: {
        input: 784,
        steps: 20,
        layers: [
          { type: "dense", units: 40, recurrent: true },
          { ...LEAKY, units: 10 },
        ],
      },
      rule: { type: "eprop", surrogate: { type: "triangle" } },
      loss: { type: "membrane" },
      optimizer: { type: "adam", learningRate: 0.01 },
      training: { epochs: 8, batchSize: 10, seed: 1 },
    });
    await trainer.run(train.slice(0, 400));
    const { accuracy, spikes } = await trainer.evaluate(validation.slice(0, 200));
    expect(accuracy.decision).toBeGreaterThan(0.75);
    expect(spikes.perUnit[0]).toBeGreaterThan(0.1);
  });
});

describe("recurrentPath", () => {
  const networks: Record<string, Layers> = {
    "recurrent layers": [RECURRENT, { ...RECURRENT, units: 17, neuron: { type: "alif" } }, output()],
    delays: [
      { ...RECURRENT, delays: { by: "connection", max: 4, learn: true } },
      { ...RECURRENT, units: 17, delays: { by: "input", max: 4, learn: true } },
      output(),
    ],
    feedback: FEEDBACK,
  };
  const rules: Rule[] = [
    { type: "activation", surrogate: SURROGATE },
    { type: "timing" },
    { type: "antlr", surrogate: SURROGATE },
    { type: "mixture", surrogate: SURROGATE },
  ];
  const cases = Object.keys(networks).flatMap((name) => rules.map((rule) => [name, rule] as const));

  it.each(cases)("changes nothing where recurrent weights are 0: %s, $type", async (name, rule) => {
    const layers = networks[name] as Layers;
    const { given } = await gradientsOf(configOf(layers, rule));
    const parameters = given.map((layer) => withoutRecurrence(layer));
    const full = await gradientsOf(configOf(layers, rule), parameters);
    const found = await gradientsOf(configOf(layers, { ...rule, recurrentPath: "ignore" } as Rule), parameters);
    for (const [layer, { weights, biases }] of full.layers.entries()) {
      expectClose(found.layers[layer]?.weights, weights);
      expectClose(found.layers[layer]?.biases, biases);
    }
    const other = await gradientsOf(configOf(layers, { ...rule, recurrentPath: "ignore" } as Rule), given);
    expect((await gradientsOf(configOf(layers, rule), given)).layers[0]?.weights).not.toEqual(other.layers[0]?.weights);
  });
});

/** Zeros in the place of weights from spikes of the step before. */
function withoutRecurrence(layer: LayerParameters): LayerParameters {
  const { weights, biases, learnt, inputs } = layer;
  const before = biases.length === 20 && weights.length === 20 * (INPUTS + 20) ? INPUTS : 20;
  const row = weights.length / biases.length;
  const zeros = inputs?.map((input) => ({ ...input, weights: new Float32Array(input.weights.length) }));
  const cut = row === before ? weights : weights.map((weight, k) => (k % row < before ? weight : 0));
  return { weights: cut, biases, ...(learnt && { learnt }), ...(zeros && { inputs: zeros }) };
}
