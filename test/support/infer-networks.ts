import type { Config, LayerConfig, NeuronConfig, Reset } from "spikelet";

/** A network that a runtime has to reproduce. */
export interface Case {
  input: Config["network"]["input"];
  layers: LayerConfig[];
  neuron?: NeuronConfig;
  steps?: number;
  /** Factor on the weights that a new network has; 6 by default. */
  strength?: number;
  /** Whether events have values. */
  isWeighted?: boolean;
  /** Whether the outputs fire; otherwise there is a readout. */
  fires?: boolean;
  /** Step before which all events are, and no biases: what is left of them gets so small that it becomes 0. */
  silentFrom?: number;
  /** Step before which all events are, with biases. */
  inputUntil?: number;
}

const dense = (units: number, more: object = {}): LayerConfig => ({ type: "dense", units, ...more });
const conv2d = (channels: number, more: object = {}): LayerConfig => ({ type: "conv2d", channels, kernel: 3, ...more });
const conv1d = (channels: number, more: object = {}): LayerConfig => ({ type: "conv1d", channels, kernel: 3, ...more });

/** Different values for so many units. */
const spread = (from: number, to: number, units: number) =>
  Array.from({ length: units }, (_, k) => from + ((to - from) * ((k * 7) % units)) / units);

const FAST: NeuronConfig = { currentDecay: 0.7, membraneDecay: 0.85 };
const wide = (type: LayerConfig): LayerConfig[] => [type, { type: "flatten" }];

function adlifWith(reset: Reset): [string, Case] {
  const neuron: NeuronConfig = { ...FAST, reset, type: "adlif", subthresholdCoupling: 0.5, spikeCoupling: 1 };
  return [`reset ${reset} of adlif`, { input: 20, layers: [dense(30)], neuron }];
}

/** Networks that come to rest long before the end of a sample. */
function resting(): Record<string, Case> {
  const rests = { inputUntil: 25, steps: 300, fires: true };
  const chain = { input: 20, layers: [dense(70), dense(30), dense(5)] };
  const hidden = (layer: LayerConfig): Case => ({ ...rests, input: 20, layers: [layer, dense(5)], strength: 8 });
  return {
    "at rest": { ...chain, ...rests },
    "at rest, with a readout": { ...chain, ...rests, fires: false },
    "at rest, slowly": { ...chain, ...rests, neuron: { currentDecay: 0.95, membraneDecay: 0.98 }, strength: 4 },
    "without input": { ...chain, steps: 40, inputUntil: 1 },
    "at rest, units that adapt": { ...chain, ...rests, neuron: { ...FAST, type: "alif", adaptationDecay: 0.9 } },
    "at rest, adlif behind lif": hidden(
      dense(30, { neuron: { ...FAST, type: "adlif", subthresholdCoupling: 1, spikeCoupling: 1 } }),
    ),
    "at rest, refractory": { ...chain, ...rests, neuron: { ...FAST, refractory: 5 } },
    "at rest, a single spike": { ...chain, ...rests, neuron: { ...FAST, singleSpike: true } },
    "at rest, a soft reset": { ...chain, ...rests, neuron: { ...FAST, reset: "subtract" } },
    "at rest, constants by unit": hidden(
      dense(40, {
        neuron: { threshold: spread(0.5, 2, 40), currentDecay: spread(0.5, 0.9, 40), membraneDecay: spread(0.5, 0.95, 40) },
      }),
    ),
    "at rest, delays by input": hidden(dense(30, { delays: { max: 40 } })),
    "at rest, delays by connection": hidden(dense(30, { delays: { by: "connection", max: 40 } })),
    "at rest, recurrent": { ...hidden(dense(30, { recurrent: true })), strength: 4 },
    "at rest, convolutions and pools": {
      ...rests,
      input: [2, 12, 12],
      layers: [{ type: "maxPool2d", window: 2 }, conv2d(6), { type: "avgPool2d", window: 2 }, { type: "flatten" }, dense(5)],
      strength: 8,
    },
    "at rest, feedback of spikes": {
      ...rests,
      input: 20,
      layers: [
        dense(30, { name: "a", inputs: [{ type: "dense", from: "c" }] }),
        dense(30, { name: "b", from: "input" }),
        dense(5, { name: "c", from: ["a", "b"] }),
      ],
      strength: 4,
    },
  };
}

/** Chains: each kind of connection, pool, delay and neuron. */
export const CHAINS: Record<string, Case> = {
  ...resting(),
  dense: { input: 30, layers: [dense(70), dense(20)] },
  "a long sample of units that fire": { input: 20, layers: [dense(30), dense(5)], steps: 700, fires: true },
  "silence after a few events": {
    input: 20,
    layers: [dense(30)],
    neuron: { currentDecay: 0.3, membraneDecay: 0.4, threshold: 0.5 },
    silentFrom: 20,
  },
  "silence of units that adapt": {
    input: 20,
    layers: [
      dense(30, { neuron: { type: "alif", adaptationDecay: 0.3 } }),
      dense(30, { neuron: { type: "adlif", adaptationDecay: 0.3, subthresholdCoupling: 0.5, spikeCoupling: 1 } }),
    ],
    neuron: { currentDecay: 0.3, membraneDecay: 0.4, threshold: 0.5 },
    silentFrom: 20,
  },
  "default decays": { input: 30, layers: [dense(40)], neuron: {}, strength: 3 },
  recurrent: { input: 20, layers: [dense(70, { recurrent: true }), dense(10)], strength: 4 },
  "dense with events of values": { input: 30, layers: [dense(70), dense(20)], isWeighted: true },
  "recurrent with events of values": { input: 20, layers: [dense(40, { recurrent: true })], isWeighted: true, strength: 4 },
  "delays by input": { input: 20, layers: [dense(30), dense(40, { delays: { max: 20 } })] },
  "delays by connection": { input: 20, layers: [dense(70, { delays: { by: "connection", max: 25 } }), dense(30)] },
  "delays of events of values": {
    input: 20,
    layers: [dense(30, { delays: { max: 9 } }), dense(30, { delays: { by: "connection", max: 9 } })],
    isWeighted: true,
  },
  "connections with delays and events of values": {
    input: 20,
    layers: [dense(30, { delays: { by: "connection", max: 9 } })],
    isWeighted: true,
  },
  "recurrent delays by input": { input: 20, layers: [dense(30, { recurrent: true, delays: { max: 12 } })], strength: 4 },
  "recurrent delays by connection": {
    input: 20,
    layers: [dense(30, { recurrent: true, delays: { by: "connection", max: 12 } })],
    strength: 4,
  },
  conv2d: { input: [2, 9, 11], layers: [...wide(conv2d(5))] },
  "conv2d with strides, padding and dilation": {
    input: [3, 12, 10],
    layers: [
      conv2d(6, { kernel: [3, 2], stride: [2, 1], padding: [1, 2] }),
      ...wide(conv2d(4, { dilation: [1, 2], padding: "valid" })),
    ],
  },
  "conv2d in groups": { input: [4, 8, 8], layers: [conv2d(8, { groups: 4 }), ...wide(conv2d(8, { groups: 8 }))] },
  "conv2d of more than 64 channels": { input: [2, 6, 6], layers: [conv2d(150), ...wide(conv2d(70, { groups: 10 }))] },
  "conv2d with events of values": { input: [2, 7, 7], layers: wide(conv2d(5)), isWeighted: true },
  conv1d: { input: [4, 30], layers: [conv1d(7, { dilation: 2 }), ...wide(conv1d(5, { kernel: 5, stride: 2, padding: 2 }))] },
  "average pools": {
    input: [2, 12, 12],
    layers: [{ type: "avgPool2d", window: 2 }, conv2d(6), { type: "avgPool2d", window: 3, stride: 2 }, ...wide(conv2d(4))],
    strength: 12,
  },
  "average pools of events of values": {
    input: [2, 12, 12],
    layers: [{ type: "avgPool2d", window: 3, stride: 2 }, ...wide(conv2d(6))],
    isWeighted: true,
    strength: 12,
  },
  "max pools": {
    input: [2, 12, 12],
    layers: [{ type: "maxPool2d", window: 2 }, conv2d(6), { type: "maxPool2d", window: 3, stride: 1 }, ...wide(conv2d(4))],
  },
  "pools behind one another": {
    input: [2, 16, 16],
    layers: [{ type: "avgPool2d", window: 2 }, { type: "maxPool2d", window: 3, stride: 2 }, ...wide(conv2d(4))],
    strength: 12,
  },
  "pools of sequences": {
    input: [3, 40],
    layers: [conv1d(6), { type: "maxPool1d", window: 3, stride: 2 }, { type: "avgPool1d", window: 2 }, ...wide(conv1d(5))],
    strength: 10,
  },
  "global average pool": { input: [2, 9, 9], layers: [conv2d(12), { type: "globalAvgPool" }, dense(20)], strength: 8 },
  "a recurrent layer behind a pool": {
    input: [2, 8, 8],
    layers: [{ type: "avgPool2d", window: 2 }, { type: "flatten" }, dense(40, { recurrent: true })],
    strength: 8,
  },
  "outputs of a convolution": { input: [2, 5, 5], layers: wide(conv2d(3)), fires: true },
  alif: { input: 20, layers: [dense(40), dense(30)], neuron: { ...FAST, type: "alif", adaptationStrength: 0.5 } },
  adlif: {
    input: 20,
    layers: [dense(40), dense(30)],
    neuron: { ...FAST, type: "adlif", subthresholdCoupling: 1.5, spikeCoupling: 2 },
  },
  "adlif, forward": {
    input: 20,
    layers: [dense(40, { recurrent: true })],
    neuron: { ...FAST, type: "adlif", scheme: "forward", subthresholdCoupling: 1, spikeCoupling: 2, adaptationDecay: 0.9 },
    strength: 4,
  },
  "alif in a convolution": {
    input: [2, 8, 8],
    layers: wide(conv2d(70, { neuron: { type: "alif", adaptationStrength: spread(0.1, 1, 70), adaptationDecay: 0.9 } })),
  },
  "constants by unit": {
    input: 20,
    layers: [
      dense(40, {
        neuron: { threshold: spread(0.5, 2, 40), currentDecay: spread(0.5, 0.95, 40), membraneDecay: spread(0.5, 0.95, 40) },
      }),
    ],
  },
  "constants by channel": {
    input: [2, 8, 8],
    layers: wide(conv2d(6, { neuron: { threshold: spread(0.5, 2, 6), membraneDecay: spread(0.5, 0.95, 6) } })),
  },
  "learnt constants": {
    input: 20,
    layers: [dense(40, { neuron: { threshold: spread(0.5, 2, 40), learn: ["threshold", "membraneDecay", "currentDecay"] } })],
  },
  "learnt constants of alif and adlif": {
    input: 20,
    layers: [
      dense(30, { neuron: { type: "alif", learn: ["adaptationStrength"] } }),
      dense(20, { neuron: { type: "adlif", learn: ["adaptationDecay", "subthresholdCoupling", "spikeCoupling"] } }),
    ],
  },
  refractory: { input: 20, layers: [dense(40), dense(30)], neuron: { ...FAST, refractory: 5 } },
  "a single spike": { input: 20, layers: [dense(40), dense(30)], neuron: { ...FAST, singleSpike: true }, steps: 60 },
  "refractory alif": { input: 20, layers: [dense(30)], neuron: { ...FAST, type: "alif", refractory: 3 } },
  ...Object.fromEntries(
    (["all", "membrane", "subtract", "subtractAfterDecay", "none"] as const).flatMap((reset): [string, Case][] => [
      [`reset ${reset}`, { input: 20, layers: [dense(40), dense(30)], neuron: { ...FAST, reset } }],
      [`reset ${reset} of alif`, { input: 20, layers: [dense(30)], neuron: { ...FAST, reset, type: "alif" } }],
      ...(reset === "subtractAfterDecay" ? [] : [adlifWith(reset)]),
    ]),
  ),
};

/** Networks that are no chain. */
export const GRAPHS: Record<string, Case> = {
  "residual sums": {
    input: 20,
    layers: [dense(30, { name: "a" }), dense(30, { name: "b" }), dense(30, { name: "c", from: ["a", "b"] })],
  },
  "further inputs, feedback and its own spikes": {
    input: 20,
    layers: [
      dense(30, { name: "a", recurrent: true, inputs: [{ type: "dense", from: "b" }] }),
      dense(40, { name: "b", inputs: [{ type: "dense", from: "input", delays: { max: 8 } }] }),
    ],
    strength: 4,
  },
  "delays by connection among several inputs": {
    input: 20,
    layers: [
      dense(30, { name: "a" }),
      dense(40, { name: "b", inputs: [{ type: "dense", from: "input", delays: { by: "connection", max: 8 } }] }),
    ],
  },
  "one-to-one": {
    input: 20,
    layers: [
      dense(30, { name: "a" }),
      { type: "oneToOne", name: "b", from: "a" },
      dense(30, { name: "c", from: "b", inputs: [{ type: "oneToOne", from: ["a", "b"] }] }),
    ],
    strength: 5,
  },
  "one-to-one in images": {
    input: [2, 8, 8],
    layers: [
      conv2d(6, { name: "a" }),
      { type: "oneToOne", by: "channel", name: "b", from: "a", inputs: [{ type: "oneToOne", from: "a" }] },
      conv2d(6, { name: "c", from: "b", inputs: [{ type: "oneToOne", by: "channel", from: "a" }] }),
      { type: "flatten", from: "c" },
    ],
    strength: 5,
  },
  "events of values in a graph": {
    input: 30,
    layers: [dense(30, { name: "a" }), dense(30, { name: "b", from: "a", inputs: [{ type: "oneToOne", from: ["input", "a"] }] })],
    isWeighted: true,
  },
  "convolutions and pools with several readers": {
    input: [2, 12, 12],
    layers: [
      conv2d(5, { name: "a" }),
      { type: "avgPool2d", window: 2, name: "mean", from: "a" },
      { type: "maxPool2d", window: 2, name: "most", from: ["a"] },
      conv2d(70, {
        name: "b",
        from: "mean",
        inputs: [
          { type: "conv2d", from: "most", kernel: 3 },
          { type: "conv2d", from: "b", kernel: 1 },
        ],
      }),
      { type: "globalAvgPool", name: "all", from: "b" },
    ],
    strength: 8,
  },
};
