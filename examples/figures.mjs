// node examples/figures.mjs [DIR]: trains a small network on a few digits and draws every figure there is.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTrainer, datasets, encode, outline, save } from "spikelet";
import {
  confusionMatrix,
  gradientParts,
  learningCurves,
  learntHistogram,
  membraneTraces,
  networkGraph,
  parallelCoordinates,
  seedLines,
  seedScatter,
  seedSpread,
  spikeHistogram,
  spikeRaster,
  weightMaps,
} from "spikelet/plot";

const STEPS = 100;
/** Pixels at which the words of a figure can be read on a telephone, too. */
const WIDTH = 440;

/** @type {(rule: import("spikelet").RuleConfig, seed: number) => import("spikelet").Config} */
const configOf = (rule, seed) => ({
  network: {
    input: 784,
    steps: STEPS,
    layers: [
      { type: "dense", units: 40 },
      { type: "dense", units: 10 },
    ],
  },
  rule,
  loss: { type: "latency", inverseTemperature: 0.3 },
  optimizer: { type: "adam", learningRate: 0.002 },
  schedule: { type: "constant" },
  training: { batchSize: 16, epochs: 4, seed },
});

const digits = (await datasets.digits()).encode(encode.latency({ first: 0, last: 24 }));
const { train, validation, test } = digits.split({ seed: 1, train: 800, validation: 200, test: 200 });

/** @type {import("spikelet").EpochEndEvent[]} */
const epochs = [];
const trainer = await createTrainer(configOf({ type: "antlr" }, 1));
for await (const event of trainer.run(train, { validation })) {
  if (event.type === "epochEnd") epochs.push(event);
}
const prediction = await trainer.predict(test);
const sample = test.slice(0, 1);
const gradients = await trainer.gradients(sample, { trace: true });
const [hidden] = await trainer.parameters();

/** What a hidden layer learns beside weights, before and after a training. */
async function learnt() {
  const config = configOf({ type: "antlr" }, 1);
  config.network.layers[0] = {
    type: "dense",
    units: 40,
    delays: { max: 20, learn: true },
    neuron: { learn: ["membraneDecay", "threshold"], threshold: new Array(40).fill(1), learningRateFactor: 5 },
  };
  const learner = await createTrainer(config);
  const before = await learner.parameters();
  for await (const _ of learner.run(train)) void _;
  const after = await learner.parameters();
  learner.dispose();
  return { before, after };
}
const constants = await learnt();

/** A network beyond a chain, and what it does once it is trained. */
async function graph() {
  const config = configOf({ type: "antlr" }, 1);
  config.network.layers = [
    { name: "first", type: "dense", units: 40, inputs: [{ type: "dense", from: "second" }] },
    { name: "second", type: "dense", units: 40, inputs: [{ type: "oneToOne", from: "first" }] },
    { name: "output", type: "dense", units: 10, from: ["first", "second"] },
  ];
  config.training = { ...config.training, epochs: 1 };
  const one = await createTrainer(config);
  for await (const _ of one.run(train)) void _;
  const found = { outline: outline(one), metrics: await one.evaluate(test) };
  one.dispose();
  return found;
}
const beyond = await graph();

/** Two rules, three seeds each. */
async function runs() {
  /** @type {{ series: string, spikes: number, accuracy: number, losses: number[] }[]} */
  const found = [];
  for (const type of /** @type {const} */ (["activation", "antlr"])) {
    for (const seed of [1, 2, 3]) {
      const one = await createTrainer(configOf({ type }, seed));
      /** @type {number[]} */
      const losses = [];
      for await (const event of one.run(train)) if (event.type === "epochEnd") losses.push(event.train.loss);
      const { spikes, accuracy } = await one.evaluate(test);
      one.dispose();
      found.push({ series: type, spikes: spikes.perSample, accuracy: 100 * (accuracy.decision ?? 0), losses });
    }
  }
  return found;
}
const experiment = await runs();

/** @type {Record<string, string>} The name of each figure and the text of its SVG file. */
export const figures = {
  raster: spikeRaster(prediction, {
    title: "Spikes of one digit",
    width: WIDTH,
    input: await test.events({ steps: STEPS }),
    inputUnits: 784,
    units: [40, 10],
    label: test.labels?.[0] ?? 0,
  }),
  network: networkGraph(beyond.outline, { title: "Layers, and where their spikes go", width: WIDTH, metrics: beyond.metrics }),
  membrane: membraneTraces(gradients, { title: "Membranes of the output", width: WIDTH, units: [0, 1, 2, 3] }),
  curves: learningCurves(epochs, { title: "Training", width: WIDTH }),
  weights: weightMaps(hidden ?? { weights: new Float32Array(), biases: new Float32Array() }, {
    title: "Input weights of the hidden units",
    width: WIDTH,
    shape: [28, 28],
    units: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  }),
  learnt: learntHistogram(constants.after, { title: "Learnt constants and delays", width: WIDTH, before: constants.before }),
  steps: spikeHistogram(prediction, { title: "When the layers spike", width: WIDTH, steps: STEPS }),
  counts: spikeHistogram(prediction, { title: "How often units spike", width: WIDTH, by: "unit", units: [40, 10] }),
  gradients: gradientParts(gradients, {
    title: "Gradient at the hidden spikes",
    width: WIDTH,
    layer: 0,
  }),
  confusion: confusionMatrix(test.labels ?? [], prediction.classes, { title: "Decisions by first spike", width: WIDTH }),
  spread: seedSpread(
    experiment.map(({ series, accuracy }) => ({ series, value: accuracy })),
    { title: "Two rules, three seeds", width: WIDTH, label: "Test accuracy by first spike (%)" },
  ),
  scatter: seedScatter(
    experiment.map(({ series, spikes, accuracy }) => ({ series, x: spikes, y: accuracy })),
    { title: "Accuracy and its price", width: WIDTH, x: "Spikes per sample", y: "Test accuracy by first spike (%)" },
  ),
  lines: seedLines(
    experiment.flatMap(({ series, losses }) => losses.map((loss, k) => ({ series, x: k + 1, y: loss }))),
    { title: "Two rules, mean and spread of three seeds", width: WIDTH, x: "Epoch", y: "Loss", dots: false },
  ),
  parallel: parallelCoordinates(
    experiment.map(({ series, spikes, accuracy, losses }) => ({
      values: [series, spikes, losses.at(-1) ?? 0, accuracy],
      isBest: accuracy === Math.max(...experiment.map((run) => run.accuracy)),
    })),
    {
      title: "What the best run has",
      width: WIDTH,
      axes: [{ label: "rule" }, { label: "spikes per sample" }, { label: "last loss" }, { label: "accuracy (%)" }],
    },
  ),
};
trainer.dispose();

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? "figures";
  await mkdir(folder, { recursive: true });
  for (const [name, svg] of Object.entries(figures)) await save(join(folder, `${name}.svg`), svg);
}
