// Each sweep varies one size of 784-800-10 with 150 input spikes in the first 25 of 300 steps, or of a convolution, and says how the time
// of a sample grows with it in the limit: `slopes` are powers, of training and of inference.
import { CASES } from "../../dist/cli/bench/cases.js";
import { syntheticEvents } from "../../dist/cli/bench/events.js";
import { network } from "../../dist/cli/bench/network.js";

const BASE = { steps: 300, hidden: [800], spikes: 150 };
const INPUTS = 784;
const SAMPLES = 1024;
/** Steps within which the input fires. */
const WINDOW = 25;

/** What each sweep varies, and the point at a value of it. */
export const SWEEPS = {
  steps: {
    axis: "simulated steps",
    values: [75, 150, 300, 450, 600],
    slopes: { train: 1, infer: 1 },
    why: "units × steps; less where gradients end early, and units rest",
    at: (steps) => dense({ ...BASE, steps }),
  },
  units: {
    axis: "hidden units",
    values: [200, 400, 800, 1200, 1600],
    slopes: { train: 1, infer: 1 },
    why: "an input spike adds a row of weights, and each unit has its steps",
    at: (units) => dense({ ...BASE, hidden: [units] }),
  },
  spikes: {
    axis: "input spikes a sample",
    values: [75, 150, 300, 600, 1200, 2400],
    slopes: { train: 1, infer: 1 },
    why: "a row of weights each, beside what the steps cost",
    at: (spikes) => dense({ ...BASE, spikes }),
  },
  depth: {
    axis: "hidden layers of 400 units",
    values: [1, 2, 3, 4],
    slopes: { train: 1, infer: 1 },
    why: "every layer but the first costs the same, in training units² × steps",
    at: (layers) => dense({ ...BASE, hidden: new Array(layers).fill(400) }),
  },
  batch: {
    axis: "samples of a batch",
    values: [1, 4, 16, 64, 256],
    slopes: { train: 0, infer: 0 },
    why: "a sample costs the same, and the update once for all: slope −1 while it is all that counts",
    at: (batch) => ({ ...dense(BASE), batch }),
  },
  channels: {
    axis: "channels of the convolution",
    values: [2, 4, 8, 16, 32],
    slopes: { train: 1, infer: 1 },
    why: "an input spike adds a row of kernels at each place that sees it, and each channel has its places and steps",
    at: convolution,
  },
};

/** A network of dense layers. */
function dense({ steps, hidden, spikes }) {
  return {
    config: network(INPUTS, hidden, steps),
    data: syntheticEvents({ samples: SAMPLES, inputs: INPUTS, steps: WINDOW, events: spikes, classes: 10 }),
    // More spikes of smaller weights: units fire about as often.
    weightScale: 4 * Math.sqrt(150 / spikes),
    sizes: { steps, hiddenUnits: hidden.reduce((sum, units) => sum + units, 0), layers: hidden.length, inputSpikes: spikes },
  };
}

/** 2x34x34-convCc5-apool2-10 on 1 % events. */
function convolution(channels) {
  const { config } = CASES.conv;
  const layers = config.network.layers.map((layer) => (layer.type === "conv2d" ? { ...layer, channels } : layer));
  const { steps } = config.network;
  const spikes = 6_900;
  return {
    config: { ...config, network: { ...config.network, layers } },
    data: syntheticEvents({ samples: 128, inputs: 2312, steps, events: spikes, classes: 10 }),
    weightScale: 2,
    sizes: { steps, hiddenUnits: channels * 34 * 34, layers: 1, inputSpikes: spikes },
  };
}
