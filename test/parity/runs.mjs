// Small trainings that go, together, through every kind of layer, rule, loss and optimiser.
import { datasets, encode } from "spikelet";

/** @typedef {import("spikelet").Config} Config */
/** @typedef {{ config: Config, train: import("spikelet").SpikeDataset, validation?: import("spikelet").SpikeDataset }} Run */

const SIDE = 28;
const CLASSES = 10;
const BATCH = 16;

/**
 * The configuration that other tests train too.
 *
 * @type {Config}
 */
export const CONFIG = {
  network: {
    input: SIDE * SIDE,
    steps: 100,
    layers: [
      { type: "dense", units: 100 },
      { type: "dense", units: CLASSES },
    ],
  },
  rule: { type: "antlr", activationWeight: 1, timingWeight: 1 },
  loss: { type: "latency", inverseTemperature: 0.5, silentTargetPenalty: 0.1 },
  schedule: { type: "constant" },
  training: { batchSize: BATCH, epochs: 1, seed: 7, threads: 1, silentUnitUpdate: { strength: 0.001 } },
};

/** @type {import("spikelet").LearntConstant[]} */
const LEARNT = ["currentDecay", "membraneDecay", "threshold", "adaptationStrength"];
const DENSE = layers({ type: "flatten" }, dense(70), dense(20));
const CONVOLUTION = layers({ type: "conv2d", channels: 20, kernel: 3 }, { type: "maxPool2d", window: 3 }, { type: "flatten" });
const WIDE_CONVOLUTION = layers(
  { type: "avgPool2d", window: 2 },
  { name: "first", type: "conv2d", channels: 64, kernel: 3, padding: "same" },
  { name: "second", type: "conv2d", channels: 128, kernel: 3, padding: "same" },
  { name: "third", type: "conv2d", channels: 64, kernel: 3, padding: "same" },
  { type: "conv2d", channels: 64, kernel: [3, 2], stride: 2, padding: 1, from: ["first", "third"] },
  { type: "flatten" },
);
const DEEP_CONVOLUTION = layers(
  { type: "conv2d", channels: 6, kernel: 5 },
  { type: "avgPool2d", window: 2 },
  { type: "conv2d", channels: 66, kernel: 3 },
  { type: "maxPool2d", window: 2 },
  { type: "flatten" },
  dense(30),
);

/**
 * Every run by name. In each, every spiking layer fires.
 *
 * @type {Record<string, () => Run>}
 */
export const RUNS = {
  "784-100-10": () => ({ config: CONFIG, train: blots(50 * BATCH) }),
  "antlr, latency": () => mixed(CONVOLUTION, { type: "antlr" }, { type: "latency" }),
  "antlr rnn through resets, spike train": () =>
    mixed(
      DENSE,
      {
        type: "antlr",
        variant: "rnn",
        resetPath: { activation: { window: 0.5 }, timing: "full" },
        activationWeight: [1, 0.5, 2],
        weightSchedule: {
          interpolation: "linear",
          timing: [
            { epoch: 0, factor: 1 },
            { epoch: 2, factor: 0 },
          ],
        },
        surrogate: { type: "triangle" },
      },
      { type: "spikeTrain" },
      { regularizers: { spikePenalty: 0.01 }, optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.001 } },
    ),
  "activation srm, count": () =>
    mixed(DEEP_CONVOLUTION, { type: "activation", surrogate: { type: "arctan" } }, { type: "count", positive: 4 }),
  "activation rnn, spike train": () =>
    mixed(
      CONVOLUTION,
      { type: "activation", variant: "rnn", resetPath: { activation: { lag: 3 } }, surrogate: { type: "fastSigmoid" } },
      { type: "spikeTrain", kernelDecay: 0.8 },
    ),
  "activation slayer, latency of a batch": () =>
    mixed(
      DENSE,
      { type: "activation", variant: "slayer", surrogate: { type: "rectangle" } },
      { type: "latency", endSimulation: "batch" },
      { regularizers: { rateBounds: { lower: 0.1, upper: 0.5 } } },
    ),
  "a table of surrogate derivatives by distance, narrow, recurrent, antlr, latency": () =>
    mixed(
      layers(
        { type: "flatten" },
        { type: "dense", units: 70 },
        { type: "dense", units: 40, recurrent: true },
        { type: "dense", units: 20, neuron: { type: "alif" } },
      ),
      { type: "antlr", surrogate: { type: "table", step: 0.2, values: [1, 0.7, 0, 0.4] } },
      { type: "latency" },
    ),
  "a table of surrogate derivatives with two sides, convolutions, mixture through resets": () =>
    mixed(
      layers({ type: "conv2d", channels: 20, kernel: 3 }, { type: "flatten" }, { type: "dense", units: 40, recurrent: true }),
      {
        type: "mixture",
        variant: "rnn",
        resetPath: { activation: "full" },
        surrogate: { type: "table", first: -1.3, step: 0.3, values: [0.1, 0.3, -0.1, 0.8, 1, 0.6, 0.2] },
      },
      { type: "spikeTrain" },
    ),
  "reset of the membrane, antlr through resets": () =>
    mixed(
      DENSE,
      { type: "antlr", variant: "rnn", resetPath: { activation: { window: 0.3 }, timing: { window: 0.3 } } },
      { type: "latency" },
      { neuron: { reset: "membrane" } },
    ),
  "reset by subtraction, activation through resets": () =>
    mixed(
      DENSE,
      { type: "activation", variant: "rnn", resetPath: { activation: "full" } },
      { type: "latency" },
      { neuron: { reset: "subtract" } },
    ),
  "reset by subtraction, recurrent": () =>
    mixed(
      [{ type: "flatten" }, { type: "dense", units: 20, recurrent: true }],
      { type: "timing" },
      { type: "latency" },
      {
        neuron: { reset: "subtract", currentGain: 0.5 },
      },
    ),
  "the threshold subtracted after the decay, learnt constants, antlr through resets": () =>
    mixed(
      DENSE,
      { type: "antlr", variant: "rnn", resetPath: { activation: "full", timing: "full" } },
      { type: "latency" },
      { neuron: { type: "alif", reset: "subtractAfterDecay", learn: ["membraneDecay", "threshold"] } },
    ),
  "no reset, recurrent, activation and count": () =>
    mixed(
      [{ type: "flatten" }, { type: "dense", units: 20, recurrent: true }],
      { type: "activation" },
      { type: "count", positive: 3 },
      { neuron: { reset: "none", currentGain: 0.25 } },
    ),
  "timing, latency": () =>
    mixed(DENSE, { type: "timing" }, { type: "latency", endSimulation: "off" }, { neuron: { singleSpike: true } }),
  "timing through resets, count": () =>
    mixed(DEEP_CONVOLUTION, { type: "timing", resetPath: { timing: { lag: 4 } } }, { type: "count", positive: 3, negative: 1 }),
  "mixture, spike train": () =>
    mixed(
      CONVOLUTION,
      { type: "mixture", activationWeight: 0.7, timingWeight: 1.3 },
      { type: "spikeTrain" },
      { neuron: { refractory: 2 }, schedule: { type: "step", every: 1, factor: 0.5 } },
    ),
  "mixture, latency and count": () =>
    mixed(
      DEEP_CONVOLUTION,
      { type: "mixture" },
      { type: "latency", targetCount: { weight: 1, scope: "all", positive: 3, negative: 1 } },
      { optimizer: { type: "adam", weightDecay: 0.01 } },
    ),
  "antlr, recurrent, changed samples": () =>
    mixed(
      layers({ type: "flatten" }, { type: "dense", units: 70, recurrent: true }),
      { type: "antlr" },
      { type: "latency" },
      { augmentation: { shift: 1, timeJitter: 1.5, eventDropout: 0.1, inputDropout: 0.1 } },
    ),
  "adamW, one cycle after a warm-up, clipping by norm, rates by layer": () =>
    mixed(
      CONVOLUTION,
      { type: "antlr" },
      { type: "latency" },
      {
        optimizer: { type: "adamW", learningRate: 0.01, weightDecay: 0.5 },
        schedule: { type: "oneCycle", warmupEpochs: 0.25 },
        training: { gradientNormClip: 0.05, learningRateFactor: [0.5, 2] },
      },
    ),
  "adaptive thresholds in a convolution, readout by mean, antlr": () =>
    mixed(
      layers(
        { type: "conv2d", channels: 20, kernel: 3, neuron: { type: "alif" } },
        { type: "avgPool2d", window: 2 },
        { type: "flatten" },
      ),
      { type: "antlr", adaptationPath: true },
      { type: "membrane", inverseTemperature: 2 },
      { output: { type: "leaky" } },
    ),
  "adaptive thresholds and constants by unit, recurrent, activation through resets": () =>
    mixed(
      layers(
        { type: "flatten" },
        { type: "dense", units: 20, recurrent: true, neuron: { type: "alif", adaptationDecay: 0.8, adaptationStrength: 0.3 } },
        { type: "dense", units: 18, neuron: { threshold: Array.from({ length: 18 }, (_, unit) => 0.7 + 0.03 * unit) } },
      ),
      { type: "activation", variant: "rnn", resetPath: { activation: "full" } },
      { type: "count", positive: 4 },
      { neuron: { reset: "subtract", currentGain: 0.7 } },
    ),
  "constants by unit and adaptive thresholds, subtract, antlr, latency": () =>
    mixed(
      layers(
        { type: "flatten" },
        { type: "dense", units: 70, neuron: { membraneDecay: Array.from({ length: 70 }, (_, unit) => 0.99 - 0.002 * unit) } },
        { type: "dense", units: 30, neuron: { type: "alif" } },
      ),
      { type: "antlr", adaptationPath: true },
      { type: "latency" },
      { neuron: { reset: "subtract" } },
    ),
  "learnt constants, by layer and by unit, antlr, latency": () =>
    mixed(
      layers(
        { type: "conv2d", channels: 4, kernel: 3, neuron: { type: "alif", learn: LEARNT } },
        { type: "flatten" },
        {
          type: "dense",
          units: 20,
          recurrent: true,
          neuron: { learn: ["membraneDecay", "threshold"], threshold: Array(20).fill(0.8), learningRateFactor: 0.3 },
        },
      ),
      { type: "antlr" },
      { type: "latency" },
      { output: { learn: ["currentDecay", "threshold"] } },
    ),
  "eventProp, readout by softmax, membrane reset": () =>
    mixed(
      DENSE,
      { type: "eventProp", slopeFloor: 0.02 },
      { type: "membrane", statistic: "softmaxSum" },
      { neuron: { reset: "membrane" }, output: { type: "leaky", currentDecay: 0.7 }, regularizers: { spikePenalty: 0.01 } },
    ),
  "cross-entropy of every step, antlr, readout": () =>
    mixed(
      DENSE,
      { type: "antlr" },
      { type: "membrane", statistic: "each", inverseTemperature: 2, labelSmoothing: 0.1, classWeights: [2, 0.5, 1, 1] },
      { output: { type: "leaky" } },
    ),
  "an exponential mean of the membranes, eventProp": () =>
    mixed(
      DENSE,
      { type: "eventProp" },
      { type: "membrane", statistic: "expMean", decayRate: 2, inverseTemperature: 3 },
      { neuron: { reset: "membrane" }, output: { type: "leaky" } },
    ),
  "rate bounds by unit, recurrent, convolution, antlr, count": () =>
    mixed(
      layers(
        { type: "conv2d", channels: 6, kernel: 3 },
        { type: "flatten" },
        { type: "dense", units: 40, recurrent: true },
        { type: "dense", units: 20, neuron: { type: "alif" } },
      ),
      { type: "antlr", surrogate: { type: "triangle", halfWidth: 0.5 } },
      { type: "count", positive: 4 },
      { regularizers: { spikePenalty: 0.001, rateBounds: { by: "unit", lower: 0.5, upper: 2, strength: 0.01 } } },
    ),
  "rate bounds by unit, a shared product, activation through resets": () =>
    mixed(
      layers({ type: "flatten" }, { type: "dense", units: 40, recurrent: true }, { type: "dense", units: 20 }),
      { type: "activation", variant: "rnn", resetPath: { activation: { window: 0.5 } } },
      { type: "spikeTrain" },
      { regularizers: { rateBounds: { by: "unit", lower: 1, upper: 3, strength: 0.02 } } },
    ),
  "first spikes by the activation part, a horizon, antlr": () =>
    mixed(
      DENSE,
      { type: "antlr" },
      { type: "latency", spikeGradient: "relaxed", horizon: 30, endSimulation: "off", targetCount: { scope: "silent" } },
    ),
  "mixture, series": () =>
    mixed(DENSE, { type: "mixture" }, { type: "trace" }, { output: { type: "leaky", membraneDecay: [0.9, 0.95, 0.97, 0.99] } }),
  "delays by input, antlr, latency": () =>
    mixed(
      layers({ type: "flatten" }, { type: "dense", units: 70, delays: { by: "input", max: 9, learn: true } }, dense(20)),
      { type: "antlr" },
      { type: "latency" },
      { delays: { by: "input", max: 4, learn: true } },
    ),
  "delays by connection, timing, spike train": () =>
    mixed(
      layers({ type: "flatten" }, { type: "dense", units: 70, delays: { by: "connection", max: 9, learn: true } }),
      { type: "timing" },
      { type: "spikeTrain" },
      { delays: { by: "connection", max: 4 } },
    ),
  "graph of dense layers: feedback, sums, one-to-one, delays, antlr, latency": () =>
    mixed(
      layers(
        { type: "flatten" },
        {
          name: "a",
          type: "dense",
          units: 70,
          inputs: [
            { type: "dense", from: "b", delays: { by: "input", max: 4, learn: true } },
            { type: "oneToOne", from: "a" },
          ],
        },
        { name: "b", type: "dense", units: 70, delays: { by: "connection", max: 3, learn: true }, neuron: { type: "alif" } },
        { name: "c", type: "oneToOne", from: ["a", "b"] },
      ),
      { type: "antlr" },
      { type: "latency" },
    ),
  "graph of convolutions: a residual block from 1, a side branch, mixture, count": () =>
    mixed(
      layers(
        { name: "stem", type: "conv2d", channels: 6, kernel: 3 },
        { name: "one", type: "conv2d", channels: 66, kernel: 3, inputs: [{ type: "conv2d", kernel: [1, 2], from: "input" }] },
        { name: "two", type: "conv2d", channels: 6, kernel: 3, inputs: [{ type: "oneToOne", from: "stem", by: "channel" }] },
        { name: "pool", type: "maxPool2d", window: 2, from: ["stem", "two"] },
        { name: "mean", type: "globalAvgPool", from: "two" },
        { type: "flatten", from: "pool" },
        { type: "dense", units: 30, recurrent: true, inputs: [{ type: "dense", from: "mean" }] },
      ),
      { type: "mixture" },
      { type: "count", positive: 4 },
    ),
  "e-prop, adaptive recurrent layers, random feedback below, readout": () =>
    mixed(
      layers(
        { type: "flatten" },
        { type: "dense", units: 40, recurrent: true, neuron: { type: "alif", learn: LEARNT } },
        { type: "dense", units: 30, recurrent: true, delays: { by: "input", max: 4, learn: true } },
      ),
      { type: "eprop", surrogate: { type: "triangle", halfWidth: 0.6 } },
      { type: "membrane", statistic: "mean" },
      { output: { type: "leaky" } },
    ),
  "e-prop in a graph of convolutions, own channels, random feedback, count": () =>
    mixed(
      layers(
        { name: "stem", type: "conv2d", channels: 6, kernel: 3, inputs: [{ type: "oneToOne", from: "stem", by: "channel" }] },
        { name: "two", type: "conv2d", channels: 66, kernel: 3, stride: 2, padding: 1 },
        { type: "globalAvgPool", from: "two" },
      ),
      { type: "eprop", feedback: "random" },
      { type: "count", positive: 4 },
    ),
  "e-prop with updates within samples, recurrent, alif and adlif, series": () =>
    mixed(
      layers(
        { type: "flatten" },
        { type: "dense", units: 40, recurrent: true, neuron: { type: "alif", learn: LEARNT } },
        { type: "dense", units: 30, delays: { by: "input", max: 4 }, neuron: { type: "adlif", spikeCoupling: 0.3 } },
      ),
      { type: "eprop" },
      { type: "trace" },
      { output: { type: "leaky" }, training: { updateEvery: 30, silentUnitUpdate: { rules: "off" } } },
    ),
  "without the path through recurrence, antlr, latency": () =>
    mixed(
      layers(
        { type: "flatten" },
        { type: "dense", units: 40, recurrent: true },
        { type: "dense", units: 30, recurrent: true, delays: { by: "connection", max: 4, learn: true } },
      ),
      { type: "antlr", recurrentPath: "ignore" },
      { type: "latency" },
    ),
  "delays in recurrent layers, mixture, readout": () =>
    mixed(
      layers(
        { type: "flatten" },
        { type: "dense", units: 40, recurrent: true, delays: { by: "connection", max: 6, learn: true } },
        { type: "dense", units: 20, recurrent: true, delays: { by: "input", max: 5, learn: true } },
      ),
      { type: "mixture" },
      { type: "membrane", statistic: "max" },
      { output: { type: "leaky" }, delays: { by: "connection", max: 3, learn: true } },
    ),
  "cosine by epoch, clipping by value and by norm": () =>
    mixed(
      DENSE,
      { type: "activation" },
      { type: "count", positive: 4 },
      {
        optimizer: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
        schedule: { type: "cosine", interval: "epoch", finalFactor: 0.1 },
        training: { gradientClip: 0.01, gradientNormClip: 0.1 },
      },
    ),
  "log-mel features of sounds, recurrent": () => {
    const run = mixed(layers({ type: "dense", units: 40, recurrent: true }), { type: "antlr" }, { type: "latency" });
    const config = { ...run.config, network: { ...run.config.network, input: 2 * MELS } };
    return { config, train: sounds(48), validation: sounds(13) };
  },
  "moving average, frozen parameters, early stopping by the loss": () =>
    mixed(
      CONVOLUTION,
      { type: "antlr" },
      { type: "latency" },
      {
        optimizer: { type: "adam", learningRate: 0.02 },
        training: {
          epochs: 12,
          averaging: { type: "ema", decay: 0.5 },
          frozen: ["layers.0.biases", "layers.1"],
          earlyStopping: { patience: 2 },
          bestBy: "loss",
        },
      },
    ),
  "classes by turns, with weights and smoothed labels": () =>
    mixed(
      DENSE,
      { type: "antlr" },
      { type: "latency", labelSmoothing: 0.1, classWeights: [2, 0.5, 1, 1] },
      { training: { sampling: "byClass" } },
    ),
  "mean over the last epochs, early stopping by count": () =>
    mixed(
      DENSE,
      { type: "timing" },
      { type: "latency" },
      {
        training: {
          epochs: 5,
          averaging: { type: "swa", epochs: 3 },
          earlyStopping: { patience: 2, minImprovement: 0.01, restoreBest: false },
          bestBy: "count",
        },
      },
    ),
  "series, moving average, a frozen readout, early stopping by the error": () =>
    mixed(
      DENSE,
      { type: "eventProp" },
      { type: "trace" },
      {
        output: { type: "leaky" },
        training: {
          epochs: 8,
          averaging: { type: "ema", decay: 0.8 },
          frozen: ["layers.2.weights"],
          earlyStopping: { patience: 1, minImprovement: 0.0001 },
        },
      },
    ),
  "weights of 4 bits, recurrent behind a pool, an average, mixture, readout": () =>
    mixed(
      layers({ type: "avgPool2d", window: 3 }, { type: "flatten" }, { type: "dense", units: 70, recurrent: true }),
      { type: "mixture" },
      { type: "membrane" },
      { output: { type: "leaky" }, training: { weightBits: 4, averaging: { type: "ema", decay: 0.8 } } },
    ),
  "weights of 8, 3 and 2 bits, updates within samples, a graph, e-prop": () =>
    mixed(
      layers(
        { name: "all", type: "flatten" },
        { name: "a", type: "dense", units: 40, inputs: [{ type: "dense", from: "b" }] },
        { name: "b", type: "dense", units: 30, recurrent: true, inputs: [{ type: "dense", from: "all", learn: false }] },
      ),
      { type: "eprop" },
      { type: "membrane", statistic: "each" },
      {
        output: { type: "leaky" },
        training: { weightBits: [8, 3, 2], updateEvery: 30, silentUnitUpdate: { rules: "off" } },
      },
    ),
  "convolutions of whole tiles, a residual, small updates, activation, count": () =>
    mixed(
      WIDE_CONVOLUTION,
      { type: "activation", surrogate: { type: "arctan" } },
      { type: "count", positive: 4 },
      { neuron: { threshold: 0.1 }, optimizer: { type: "adam", learningRate: 0.00003 } },
    ),
  "convolutions of whole tiles, antlr with a compact surrogate, latency": () =>
    mixed(
      layers(
        { type: "conv2d", channels: 64, kernel: 3 },
        { type: "maxPool2d", window: 2 },
        { type: "conv2d", channels: 64, kernel: 3 },
        { type: "flatten" },
      ),
      { type: "antlr", surrogate: { type: "triangle" } },
      { type: "latency" },
      { neuron: { threshold: 0.1 } },
    ),
};

/** Bands of the sounds' features. */
const MELS = 8;

const SMALL_SIDE = 10;
const STEPS = 60;
const SMALL_CLASSES = 4;
const SMALL_BATCH = 5;

/**
 * @param {Config["network"]["layers"]} hidden
 * @param {NonNullable<Config["rule"]>} rule
 * @param {NonNullable<Config["loss"]>} loss
 * @param {{ delays?: import("spikelet").Delays, optimizer?: NonNullable<Config["optimizer"]>, schedule?: NonNullable<Config["schedule"]>, regularizers?: NonNullable<Config["regularizers"]>, neuron?: NonNullable<Config["network"]["neuron"]>, augmentation?: import("spikelet").Augmentation, training?: import("spikelet").TrainingConfig, output?: import("spikelet").LayerNeuron }} [more]
 * @returns {Run}
 */
function mixed(hidden, rule, loss, { neuron, augmentation = {}, training = {}, output, delays, ...more } = {}) {
  return {
    config: {
      network: {
        input: [1, SMALL_SIDE, SMALL_SIDE],
        steps: STEPS,
        // An input spike lifts the membrane far, so that all layers fire from the start.
        neuron: { currentDecay: 0.9, membraneDecay: 0.95, currentGain: 1.5, ...neuron },
        layers: [
          ...hidden,
          {
            type: "dense",
            units: SMALL_CLASSES,
            ...(output === undefined ? {} : { neuron: output }),
            ...(delays === undefined ? {} : { delays }),
          },
        ],
      },
      rule,
      loss,
      schedule: { type: "step", every: 10, factor: 0.1 },
      ...more,
      training: {
        batchSize: SMALL_BATCH,
        epochs: 2,
        seed: 3,
        threads: 1,
        silentUnitUpdate: { strength: 0.05, rules: "all", convolutions: true },
        augmentation,
        ...training,
      },
    },
    train: smallBlots(48, loss.type),
    validation: smallBlots(13, loss.type),
  };
}

/** @param {number} units @returns {Config["network"]["layers"][number]} */
function dense(units) {
  return { type: "dense", units };
}

/** @param {Config["network"]["layers"]} all */
function layers(...all) {
  return all;
}

/** Images of a few strokes that lie elsewhere for each class; integer arithmetic only. */
export function blots(samples = 50 * BATCH) {
  const { pixels, labels } = strokes(samples, { side: SIDE, classes: CLASSES, length: 12 });
  return datasets
    .fromImages({ name: "blots", pixels, labels, shape: [SIDE, SIDE] })
    .encode(encode.latency({ first: 0, last: 24 }));
}

/** @param {number} samples @param {NonNullable<Config["loss"]>["type"]} loss which says what the output should do */
function smallBlots(samples, loss) {
  const { pixels, labels } = strokes(samples, { side: SMALL_SIDE, classes: SMALL_CLASSES, length: 5 });
  const trains = Array.from(labels, (label) => ({
    times: Array.from({ length: SMALL_CLASSES }, (_, unit) => (unit === label ? 12 : 30 + 5 * unit)),
    units: Array.from({ length: SMALL_CLASSES }, (_, unit) => unit),
  })).map(inOrder);
  const ramp = (/** @type {number} */ label) =>
    Array.from({ length: STEPS * SMALL_CLASSES }, (_, k) => (k % SMALL_CLASSES === label ? k / (STEPS * SMALL_CLASSES) : 0));
  const targets =
    loss === "spikeTrain" ? { trains } : loss === "trace" ? { series: Array.from(labels, ramp).flat() } : { labels };
  return datasets
    .fromImages({ name: "blots", pixels, shape: [SMALL_SIDE, SMALL_SIDE], ...targets })
    .encode(encode.latency({ first: 0, last: 24 }));
}

/** Square waves in noise, of another period for each class; integer arithmetic but for the last division. @param {number} samples */
function sounds(samples) {
  const below = draws();
  const labels = Uint32Array.from({ length: samples }, (_, sample) => sample % SMALL_CLASSES);
  const series = Array.from(labels, (label) => {
    const [period, start] = [4 + 3 * label, below(16)];
    const wave = (/** @type {number} */ t) => ((t + start) % (2 * period) < period ? 500 : -500) * (t % 200 < 100 ? 1 : 0.5);
    return [Float32Array.from({ length: 800 }, (_, t) => (wave(t) + below(201) - 100) / 1000)];
  });
  const encoding = encode.delta({ threshold: 0.5, maxSpikes: 2, start: -5 });
  return datasets
    .fromSeries({ signals: series, labels, sampleRate: 8000, name: "waves" })
    .encode(encode.logMel({ window: 80, hop: 12, mels: MELS, encoding }));
}

/** @param {{ times: number[], units: number[] }} train */
function inOrder({ times, units }) {
  const order = times.map((_, index) => index).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  return { times: order.map((index) => times[index] ?? 0), units: order.map((index) => units[index] ?? 0) };
}

/** @param {number} samples @param {{ side: number, classes: number, length: number }} shape */
function strokes(samples, { side, classes, length }) {
  const below = draws();
  const pixels = new Uint8Array(samples * side * side);
  const labels = Uint32Array.from({ length: samples }, (_, sample) => sample % classes);
  for (const [sample, label] of labels.entries()) {
    for (let stroke = 0; stroke < 4; stroke++) {
      const row = (7 * label + 5 * stroke + below(3)) % side;
      const start = below(side === SIDE ? 8 : side - length + 1);
      for (let k = 0; k < length; k++) pixels[sample * side * side + row * side + start + k] = 100 + below(156);
    }
  }
  return { pixels, labels };
}

/** Whole numbers below a bound, the same ones in every run. */
function draws() {
  let state = 1;
  return (/** @type {number} */ bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
