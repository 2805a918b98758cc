// node benches/denormals.mjs: a silent network is not slower than an active one, although its states fall towards denormal numbers. The same
// network with weights at which it fires, at which it stays silent, and at which its states would be denormal, taking turns on one
// thread; prints the median milliseconds of an update and of a prediction, and their ratio to those of the active network. Exit code 1
// when a silent one is slower by more than a tenth. Weights that are denormal themselves are shown for comparison.
import { parseArgs } from "node:util";
import { createTrainer, datasets, encode } from "../dist/index.js";
import { median } from "../dist/spread.js";

const MAX_RATIO = 1.1;
const SAMPLES = 64;
/** Largest magnitudes of the weights of every layer. */
const VARIANTS = { active: 0.3, silent: 1e-3, "silent, states near the floor": 1e-18, zero: 0, "denormal weights": 1e-38 };

const { values: words } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, backend: { type: "string", default: "native" } },
});

const data = (await datasets.digits())
  .encode(encode.latency({ first: 0, last: 24 }))
  .split({ seed: 1, train: SAMPLES, validation: 1, test: 1 }).train;

const config = {
  network: {
    input: 784,
    steps: 300,
    // States fall by 300 powers of 0.8 after the last input: from 1 to 1e-29, from 1e-10 to below the least normal number.
    neuron: { currentDecay: 0.8, membraneDecay: 0.8 },
    layers: [
      { type: "dense", units: 400 },
      { type: "dense", units: 10 },
    ],
  },
  rule: { type: "antlr" },
  // A loss with a gradient at every step, whether or not the network fires, and a rate at which the weights stay as they are.
  loss: { type: "count", positive: 5 },
  optimizer: { type: "sgd", learningRate: 1e-30 },
  training: { batchSize: SAMPLES, epochs: 1e6, threads: 1, silentUnitUpdate: { rules: "off" } },
};

async function variant(scale) {
  const trainer = await createTrainer(config, { backend: words.backend });
  for (const [layer, { weights, biases }] of (await trainer.parameters()).entries()) {
    const largest = weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
    await trainer.setParameters(layer, { weights: weights.map((weight) => (weight / largest) * scale), biases });
  }
  const { spikes } = await trainer.evaluate(data);
  return { trainer, run: trainer.run(data)[Symbol.asyncIterator](), spikes: spikes.perSample, update: [], prediction: [] };
}

async function milliseconds(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function oneUpdate({ run }) {
  while ((await run.next()).value.type !== "epochEnd");
}

const variants = new Map();
for (const [name, scale] of Object.entries(VARIANTS)) variants.set(name, await variant(scale));
for (let round = -2; round < Number(words.rounds); round++) {
  for (const found of variants.values()) {
    const update = await milliseconds(() => oneUpdate(found));
    const prediction = await milliseconds(() => found.trainer.predict(data));
    // The first rounds warm up.
    if (round >= 0) {
      found.update.push(update);
      found.prediction.push(prediction);
    }
  }
}

const rounded = (number) => Number(number.toPrecision(3));
const { update, prediction, spikes } = variants.get("active");
if (spikes < 100) throw new Error(`the active network must fire, it has ${spikes} spikes per sample`);
for (const [weights, found] of variants) {
  const ratios = { update: median(found.update) / median(update), prediction: median(found.prediction) / median(prediction) };
  process.stdout.write(
    `${JSON.stringify({
      weights,
      spikesPerSample: rounded(found.spikes),
      updateMilliseconds: rounded(median(found.update)),
      updateRatio: rounded(ratios.update),
      predictionMilliseconds: rounded(median(found.prediction)),
      predictionRatio: rounded(ratios.prediction),
    })}\n`,
  );
  const isJudged = weights !== "denormal weights";
  if (isJudged && (ratios.update > MAX_RATIO || ratios.prediction > MAX_RATIO)) process.exitCode = 1;
}
for (const { trainer } of variants.values()) trainer.dispose();
