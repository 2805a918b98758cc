import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Config, DelaysBy, LayerConfig, LayerNeuron, RuleConfig, Surrogate } from "../../generated/config.js";
import type { BackendChoice } from "../../runtime/backend.js";
import { dataSource, loadSplit } from "../data.js";
import { syntheticEvents } from "./events.js";
import { ANTLR, network, OUTPUTS, STEPS } from "./network.js";

/** A network and the samples that it is measured on. */
export interface BenchCase {
  about: string;
  batch: number;
  config: Config;
  /** Factor on the initial weights, for networks whose upper layers would be silent for the first thousands of updates. */
  weightScale: number;
  /** Updates by which the network learns to fire before it is measured. */
  learnt: number;
  samples(options: { data: string | undefined; backend: BackendChoice }): Promise<SpikeDataset>;
}

const SIDE = 28;
const FEW_STEPS = 4;

/** The rule with a surrogate derivative of 0 but near the threshold. */
const compact = (halfWidth: number): RuleConfig => ({ ...ANTLR, surrogate: { type: "triangle", halfWidth } });

const UNPOOLED: LayerConfig[] = [conv(128), conv(128), { type: "flatten" }];
const POOLED: LayerConfig[] = [
  conv(128),
  { type: "maxPool2d", window: 2 },
  conv(128),
  { type: "maxPool2d", window: 2 },
  { type: "flatten" },
  { type: "dense", units: 2048 },
];

/** A case by name. `real` is measured by epochs, the others by batches. */
export const CASES = {
  mnist: {
    about: "784-800-10, latency-coded digits, all 300 steps",
    batch: 128,
    config: network(784, [800]),
    weightScale: 1,
    learnt: 64,
    samples: digits,
  },
  alif: {
    about: "784-800-10, a hidden layer with adaptive thresholds, latency-coded digits, all 300 steps",
    batch: 128,
    config: withNeurons({ type: "alif" }, {}),
    weightScale: 1,
    learnt: 64,
    samples: digits,
  },
  readout: {
    about: "784-800-10, a readout of membranes without spikes, latency-coded digits, all 300 steps",
    batch: 128,
    config: { ...withNeurons({}, { type: "leaky" }), loss: { type: "membrane" } },
    weightScale: 1,
    learnt: 64,
    samples: digits,
  },
  "event-prop": {
    about: "784-800-10, the rule eventProp with the reset of the membrane, latency-coded digits, all 300 steps",
    batch: 128,
    config: { ...withNeurons({ reset: "membrane" }, { reset: "membrane" }), rule: { type: "eventProp" } },
    weightScale: 4,
    learnt: 16,
    samples: digits,
  },
  nmnist: {
    about: "2312-800-10, synthetic events in 1 % of units and steps, all 300 steps",
    batch: 128,
    config: network(2312, [800]),
    weightScale: 1,
    learnt: 8,
    samples: async () => syntheticEvents({ samples: 512, inputs: 2312, steps: STEPS, events: 6_900, classes: OUTPUTS }),
  },
  conv: {
    about: "2x34x34-conv8c5-apool2-10, synthetic events in 1 % of units and steps, all 300 steps",
    batch: 128,
    config: convolution(),
    weightScale: 1,
    learnt: 8,
    samples: async () => syntheticEvents({ samples: 512, inputs: 2312, steps: STEPS, events: 6_900, classes: OUTPUTS }),
  },
  "conv-strided": {
    about: "2x34x34-conv16c3s2-conv32c3s2-10, synthetic events in 1 % of units and steps, all 300 steps",
    batch: 128,
    config: images([2, 34, 34], [conv(16, 2), conv(32, 2), { type: "flatten" }]),
    weightScale: 4,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 256, inputs: 2312, steps: STEPS, events: 6_900, classes: OUTPUTS }),
  },
  residual: {
    about: "1x28x28, three residual blocks of two convolutions of 16 channels, latency-coded digits, all 300 steps",
    batch: 32,
    config: images([1, 28, 28], residualBlocks(3, 16)),
    weightScale: 4,
    learnt: 0,
    samples: digits,
  },
  wide: {
    about: "1x28x28-conv128c3-conv128c3-10 with arctan as surrogate, synthetic events in 10 % of units and steps, 4 steps",
    batch: 16,
    config: wide(UNPOOLED, { type: "arctan" }),
    weightScale: 5,
    learnt: 0,
    samples: fewSteps,
  },
  "wide-compact": {
    about: "the network of wide with a triangle of half-width 0.3 as surrogate",
    batch: 16,
    config: wide(UNPOOLED, { type: "triangle", halfWidth: 0.3 }),
    weightScale: 5,
    learnt: 0,
    samples: fewSteps,
  },
  "wide-dense": {
    about: "the network of wide with max pools and 2,048 dense units before its output",
    batch: 16,
    config: wide(POOLED, { type: "arctan" }),
    weightScale: 3.5,
    learnt: 0,
    samples: fewSteps,
  },
  "wide-dense-compact": {
    about: "the network of wide-dense with a triangle of half-width 0.3 as surrogate",
    batch: 16,
    config: wide(POOLED, { type: "triangle", halfWidth: 0.3 }),
    weightScale: 3.5,
    learnt: 0,
    samples: fewSteps,
  },
  deep: {
    about: "784-2000-2000-10, latency-coded digits, all 300 steps",
    batch: 128,
    config: network(784, [2000, 2000]),
    weightScale: 4,
    learnt: 0,
    samples: digits,
  },
  "deep-timing": {
    about: "784-2000-2000-10 by the rule timing, 150 synthetic events, all 300 steps",
    batch: 128,
    config: deep({ type: "timing" }),
    weightScale: 4,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 784, steps: STEPS, events: 150, classes: OUTPUTS }),
  },
  "deep-compact": {
    about: "784-2000-2000-10 with a triangle of half-width 0.3 as surrogate, 150 synthetic events, all 300 steps",
    batch: 128,
    config: deep(compact(0.3)),
    weightScale: 4,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 784, steps: STEPS, events: 150, classes: OUTPUTS }),
  },
  recurrent: {
    about: "784-800R-10, 150 synthetic events, all 300 steps",
    batch: 128,
    config: recurrent(784, 800, { steps: STEPS, outputs: OUTPUTS }),
    weightScale: 4,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 784, steps: STEPS, events: 150, classes: OUTPUTS }),
  },
  "recurrent-timing": {
    about: "784-800R-10 by the rule timing, 150 synthetic events, all 300 steps",
    batch: 128,
    config: { ...recurrent(784, 800, { steps: STEPS, outputs: OUTPUTS }), rule: { type: "timing" } },
    weightScale: 2.8,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 784, steps: STEPS, events: 150, classes: OUTPUTS }),
  },
  "recurrent-compact": {
    about: "784-800R-10 with a triangle of half-width 0.3 as surrogate, 150 synthetic events, all 300 steps",
    batch: 128,
    config: { ...recurrent(784, 800, { steps: STEPS, outputs: OUTPUTS }), rule: compact(0.3) },
    weightScale: 2.8,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 784, steps: STEPS, events: 150, classes: OUTPUTS }),
  },
  "recurrent-events": {
    about: "700-256R-20, 8,000 synthetic events, all 250 steps",
    batch: 128,
    config: recurrent(700, 256, { steps: 250, outputs: 20 }),
    weightScale: 1,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 700, steps: 250, events: 8_000, classes: 20 }),
  },
  "recurrent-events-timing": {
    about: "700-256R-20 by the rule timing, 8,000 synthetic events, all 250 steps",
    batch: 128,
    config: { ...recurrent(700, 256, { steps: 250, outputs: 20 }), rule: { type: "timing" } },
    weightScale: 0.5,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 700, steps: 250, events: 8_000, classes: 20 }),
  },
  "recurrent-events-compact": {
    about: "700-256R-20 with a triangle of half-width 0.15 as surrogate, 8,000 synthetic events, all 250 steps",
    batch: 128,
    config: { ...recurrent(700, 256, { steps: 250, outputs: 20 }), rule: compact(0.15) },
    weightScale: 0.5,
    learnt: 0,
    samples: async () => syntheticEvents({ samples: 512, inputs: 700, steps: 250, events: 8_000, classes: 20 }),
  },
  "delays-input": {
    about: "784-800-10 with a learnt delay of up to 20 steps for each input, latency-coded digits, all 300 steps",
    batch: 128,
    config: delayed("input"),
    weightScale: 1,
    learnt: 64,
    samples: digits,
  },
  "delays-connection": {
    about: "784-800-10 with a learnt delay of up to 20 steps for each connection, latency-coded digits, all 300 steps",
    batch: 128,
    config: delayed("connection"),
    weightScale: 1,
    learnt: 16,
    samples: digits,
  },
  real: {
    about: "784-800-10, latency-coded digits as one would train them, whole epochs",
    batch: 32,
    config: {
      ...network(784, [800]),
      loss: { type: "latency", inverseTemperature: 0.5, silentTargetPenalty: 0.1, endSimulation: "sample" },
      optimizer: { type: "adam", learningRate: 0.0005 },
      schedule: { type: "step", every: 12, factor: 0.1 },
    },
    weightScale: 1,
    learnt: 0,
    samples: digits,
  },
} as const satisfies Record<string, BenchCase>;

export type CaseName = keyof typeof CASES;

/** Whether a case is measured on digits, which may lie in a folder; the samples of the others are drawn. */
export function readsDigits(name: CaseName): boolean {
  const { samples }: BenchCase = CASES[name];
  return samples === digits;
}

/** A convolution with a kernel of 3 × 3 whose zeros keep the size at stride 1. */
function conv(channels: number, stride = 1): Extract<LayerConfig, { type: "conv2d" }> {
  return { type: "conv2d", channels, kernel: 3, stride, padding: 1 };
}

/** Blocks of two convolutions; each gets the sum of the stem and of all blocks before it. */
function residualBlocks(count: number, channels: number): LayerConfig[] {
  const blocks = Array.from({ length: count }, (_, block): LayerConfig[] => [
    { ...conv(channels), from: sourcesOf(block) },
    { ...conv(channels), name: `block${block}` },
  ]);
  return [{ ...conv(channels), name: "stem" }, ...blocks.flat(), { type: "globalAvgPool", from: sourcesOf(count) }];
}

function sourcesOf(block: number): string[] {
  return ["stem", ...Array.from({ length: block }, (_, before) => `block${before}`)];
}

/** Layers of units in images before a dense output. */
function images(input: [number, number, number], hidden: LayerConfig[]): Config {
  const dense = network(input[0] * input[1] * input[2], []);
  return { ...dense, network: { ...dense.network, input, layers: [...hidden, ...dense.network.layers] } };
}

/** Few steps through layers of many channels, as one would take an ordinary network: neurons without a synaptic current, counts of spikes. */
function wide(hidden: LayerConfig[], surrogate: Surrogate): Config {
  const layers: LayerConfig[] = [...hidden, { type: "dense", units: OUTPUTS }];
  const neuron = { currentDecay: 0, membraneDecay: 0.5 };
  return {
    network: { input: [1, SIDE, SIDE], steps: FEW_STEPS, neuron, layers },
    rule: { type: "activation", surrogate },
    loss: { type: "countCrossEntropy" },
    training: { seed: 1 },
  };
}

async function fewSteps(): Promise<SpikeDataset> {
  const inputs = SIDE * SIDE;
  const events = Math.round((inputs * FEW_STEPS) / 10);
  return syntheticEvents({ samples: 128, inputs, steps: FEW_STEPS, events, classes: OUTPUTS });
}

/** The network of `mnist` with neurons of their own for its two layers. */
function withNeurons(...neurons: LayerNeuron[]): Config {
  const dense = network(784, [800]);
  const layers = dense.network.layers.map((layer, index) => ({ ...layer, neuron: neurons[index] ?? {} }) as LayerConfig);
  return { ...dense, network: { ...dense.network, layers } };
}

/** Two hidden layers, under a loss that has a gradient at every step. */
function deep(rule: RuleConfig): Config {
  const targetCount = { scope: "all", positive: 5 } as const;
  return {
    ...network(784, [2000, 2000]),
    rule,
    loss: { type: "latency", inverseTemperature: 1 / 6, endSimulation: "off", targetCount },
  };
}

/** The case of a convolution instead of dense layers, on images of an event camera. */
function convolution(): Config {
  const dense = network(2312, []);
  return {
    ...dense,
    network: {
      ...dense.network,
      input: [2, 34, 34],
      layers: [
        { type: "conv2d", channels: 8, kernel: 5 },
        { type: "avgPool2d", window: 2 },
        { type: "flatten" },
        ...dense.network.layers,
      ],
    },
  };
}

/** One recurrent hidden layer. */
function recurrent(input: number, units: number, { steps, outputs }: { steps: number; outputs: number }): Config {
  const dense = network(input, [], steps);
  const layers: LayerConfig[] = [
    { type: "dense", units, recurrent: true },
    { type: "dense", units: outputs },
  ];
  return { ...dense, network: { ...dense.network, layers } };
}

/** The network of digits whose spikes arrive late. */
function delayed(by: DelaysBy): Config {
  const dense = network(784, []);
  const layers = [800, OUTPUTS].map((units): LayerConfig => ({ type: "dense", units, delays: { by, max: 20, learn: true } }));
  return { ...dense, network: { ...dense.network, layers } };
}

async function digits({ data, backend }: { data: string | undefined; backend: BackendChoice }): Promise<SpikeDataset> {
  return (await loadSplit(dataSource({ data }), { backend })).train;
}
