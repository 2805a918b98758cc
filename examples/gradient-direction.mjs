// node examples/gradient-direction.mjs [SEEDS]: how well the gradient of each rule says what a small change of weights does to the loss.
//
// One unit's incoming weights change by a random vector of 2 % or 10 % of their length. The loss of each sample is then measured again: no
// gradient is involved in that. It is compared with the product of the rule's gradient and the change, apart for samples in which
// the unit's spikes moved, one more appeared, or one vanished.
import { pathToFileURL } from "node:url";
import { createNetwork, createTrainer, datasets, encode } from "spikelet";

/** @type {Record<string, import("spikelet").RuleConfig>} */
export const RULES = {
  activation: { type: "activation" },
  timing: { type: "timing" },
  antlr: { type: "antlr" },
  mixture: { type: "mixture" },
  eventProp: { type: "eventProp" },
};

/** What became of the spikes of the unit. */
export const CHANGES = /** @type {const} */ (["moved", "appeared", "vanished"]);
/** The change of the mean loss over all samples, which is what a training follows. */
export const MEAN = "mean of the batch";

/** Epochs of the training after which it is looked at. */
const STATES = [1, 6];
const INVERSE_TEMPERATURE = 0.05;
const SILENT_TARGET_PENALTY = 0.1;

/**
 * Time runs four times finer than in the paper's settings, so that a moved spike is seen.
 *
 * @param {number} hidden
 * @param {import("spikelet").RuleConfig} rule
 * @param {number} [seed]
 * @returns {import("spikelet").Config}
 */
const configOf = (hidden, rule, seed = 1) => ({
  network: {
    input: 784,
    steps: 400,
    neuron: { currentDecay: 0.9975, membraneDecay: 0.9975 },
    layers: [
      { type: "dense", units: hidden },
      { type: "dense", units: 10 },
    ],
  },
  rule,
  loss: {
    type: "latency",
    inverseTemperature: INVERSE_TEMPERATURE,
    silentTargetPenalty: SILENT_TARGET_PENALTY,
    endSimulation: "off",
  },
  optimizer: { type: "adam", learningRate: 0.001 },
  schedule: { type: "constant" },
  training: {
    batchSize: 32,
    epochs: 6,
    seed,
    threads: 1,
    gradientClip: null,
    silentUnitUpdate: { rules: "off" },
  },
});

/**
 * Cosines between predicted and true changes of the loss, early in a training and at its end.
 *
 * @param {{ hidden?: number, train?: number, samples?: number, units?: number, sizes?: readonly number[], seed?: number }} [options]
 * `samples` are looked at, `units` of each layer are changed, twice for each of `sizes`: there and back.
 */
export async function gradientDirections({
  hidden = 100,
  train = 4000,
  samples = 500,
  units = 100,
  sizes = [0.02, 0.1],
  seed = 1,
} = {}) {
  const digits = (await datasets.digits()).encode(encode.latency({ last: 99 }));
  const learnt = digits.slice(0, train);
  const looked = digits.slice(train, train + samples);
  const trainer = await createTrainer(configOf(hidden, { type: "antlr" }, seed));
  const states = [];
  // As drawn the network is silent, and no small change wakes it.
  for await (const event of trainer.run(learnt)) {
    if (event.type !== "epochEnd" || !STATES.includes(event.epoch)) continue;
    states.push({ state: `epoch ${event.epoch}`, parameters: await trainer.parameters() });
  }
  trainer.dispose();
  const rows = [];
  for (const { state, parameters } of states) {
    for (const layer of [0, 1]) {
      const found = await inLayer({ hidden, looked, parameters, layer, units, sizes, random: randomOf(seed) });
      rows.push(...found.map((row) => ({ state, layer: ["hidden", "output"][layer] ?? "", ...row })));
    }
  }
  return rows;
}

/**
 * @typedef {import("spikelet").LayerParameters} LayerParameters
 * @param {{ hidden: number, looked: import("spikelet").SpikeDataset, parameters: LayerParameters[], layer: number, units: number,
 * sizes: readonly number[], random: () => number }} task
 */
async function inLayer({ hidden, looked, parameters, layer, units, sizes, random }) {
  const { weights, biases } = parameters[layer] ?? { weights: new Float32Array(), biases: new Float32Array() };
  const inputs = weights.length / biases.length;
  /** @type {Map<string, Float32Array[]>} */
  const gradients = new Map();
  for (const [name, rule] of Object.entries(RULES)) gradients.set(name, await bySample(hidden, rule, looked, parameters, layer));
  const network = await createNetwork(configOf(hidden, { type: "antlr" }), { parameters });
  const before = await network.predict(looked);
  const losses = lossesOf(before, looked);
  const means = new Map([...gradients].map(([name, ofSamples]) => [name, meanOf(ofSamples)]));
  /** @type {Sums} */
  const sums = new Map();
  for (let k = 0; k < units * sizes.length; k++) {
    const size = sizes[k % sizes.length] ?? 0;
    const unit = Math.floor((Math.floor(k / sizes.length) * biases.length) / units);
    const row = weights.subarray(unit * inputs, (unit + 1) * inputs);
    const vector = Float32Array.from(row, () => normal(random));
    const scale = (size * length(row)) / length(vector);
    for (const sign of [1, -1]) {
      const change = vector.map((value) => sign * scale * value);
      const changed = weights.slice();
      for (const [i, value] of change.entries()) changed[unit * inputs + i] = (row[i] ?? 0) + value;
      await network.setParameters(layer, { weights: changed, biases });
      const after = await network.predict(looked);
      for (const [b, loss] of lossesOf(after, looked).entries()) {
        const what = changeOf(before, after, layer, b, unit);
        if (what === undefined) continue;
        const difference = loss - (losses[b] ?? 0);
        const predicted = [...gradients].map(([name, ofSamples]) => {
          return /** @type {const} */ ([
            name,
            dot((ofSamples[b] ?? new Float32Array()).subarray(unit * inputs, (unit + 1) * inputs), change),
          ]);
        });
        add(sums, { size, what, difference, predicted });
      }
      const difference = mean(lossesOf(after, looked)) - mean(losses);
      const predicted = [...means].map(([name, gradient]) => {
        return /** @type {const} */ ([name, dot(gradient.subarray(unit * inputs, (unit + 1) * inputs), change)]);
      });
      add(sums, { size, what: MEAN, difference, predicted });
    }
  }
  network.dispose();
  return sizes.flatMap((size) =>
    [...CHANGES, MEAN].flatMap((what) => {
      const sum = sums.get(`${size} ${what}`);
      if (sum === undefined) return [];
      const cosine = (/** @type {{ product: number, own2: number }} */ { product, own2 }) =>
        own2 === 0 || sum.true2 === 0 ? 0 : product / Math.sqrt(own2 * sum.true2);
      const cosines = Object.fromEntries([...sum.rules].map(([name, of]) => [name, cosine(of)]));
      return [{ size, change: what, count: sum.count, cosines }];
    }),
  );
}

/**
 * What cosines are made of, by size and change.
 *
 * @typedef {{ count: number, true2: number, rules: Map<string, { product: number, own2: number }> }} Sum
 * @typedef {Map<string, Sum>} Sums
 * @param {Sums} sums
 * @param {{ size: number, what: string, difference: number, predicted: (readonly [string, number])[] }} one
 */
function add(sums, { size, what, difference, predicted }) {
  const key = `${size} ${what}`;
  const sum = sums.get(key) ?? { count: 0, true2: 0, rules: new Map() };
  sums.set(key, sum);
  sum.count += 1;
  sum.true2 += difference ** 2;
  for (const [name, own] of predicted) {
    const of = sum.rules.get(name) ?? { product: 0, own2: 0 };
    sum.rules.set(name, { product: of.product + own * difference, own2: of.own2 + own ** 2 });
  }
}

/**
 * The gradient of each sample with respect to the weights of a layer.
 *
 * @param {number} hidden
 * @param {import("spikelet").RuleConfig} rule
 * @param {import("spikelet").SpikeDataset} looked
 * @param {LayerParameters[]} parameters
 * @param {number} layer
 */
async function bySample(hidden, rule, looked, parameters, layer) {
  const network = await createNetwork(configOf(hidden, rule), { parameters });
  const found = [];
  for (let b = 0; b < looked.length; b++) {
    const { layers } = await network.gradients(looked.slice(b, b + 1));
    found.push(layers[layer]?.weights ?? new Float32Array());
  }
  network.dispose();
  return found;
}

/**
 * The latency loss of each sample, from its first spikes (spec 4.3).
 *
 * @param {import("spikelet").Prediction} prediction
 * @param {import("spikelet").SpikeDataset} looked
 */
function lossesOf({ scoresByFirstSpike = new Uint32Array() }, { labels = new Uint32Array() }) {
  return Array.from(labels, (label, b) => {
    const scores = scoresByFirstSpike.subarray(b * 10, b * 10 + 10);
    const sum = scores.reduce((all, score) => all + Math.exp(INVERSE_TEMPERATURE * (score - (scores[label] ?? 0))), 0);
    return Math.log(sum) + (scores[label] === 0 ? SILENT_TARGET_PENALTY : 0);
  });
}

/**
 * What became of the spikes of a unit; `undefined` where nothing did.
 *
 * @param {import("spikelet").Prediction} before
 * @param {import("spikelet").Prediction} after
 * @param {number} layer
 * @param {number} sample
 * @param {number} unit
 * @returns {typeof CHANGES[number] | undefined}
 */
function changeOf(before, after, layer, sample, unit) {
  const [old, now] = [before, after].map((one) => timesOf(one, layer, sample, unit));
  if (old === undefined || now === undefined || old.join() === now.join()) return undefined;
  return old.length === now.length ? "moved" : now.length > old.length ? "appeared" : "vanished";
}

/**
 * @param {import("spikelet").Prediction} prediction
 * @param {number} layer
 * @param {number} sample
 * @param {number} unit
 */
function timesOf({ layers }, layer, sample, unit) {
  const events = layers[layer];
  if (events === undefined) return undefined;
  const { offsets, times, units } = events;
  const found = [];
  for (let k = offsets[sample] ?? 0; k < (offsets[sample + 1] ?? 0); k++) if (units[k] === unit) found.push(times[k]);
  return found;
}

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {readonly Float32Array[]} arrays */
function meanOf(arrays) {
  const sum = new Float64Array(arrays[0]?.length ?? 0);
  for (const array of arrays) for (const [k, value] of array.entries()) sum[k] = (sum[k] ?? 0) + value / arrays.length;
  return Float32Array.from(sum);
}

/** @param {Float32Array} values */
const length = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);

/** @param {() => number} random */
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Numbers in 0..1 that follow from a seed (mulberry32). @param {number} seed */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const seeds = Array.from({ length: Number(process.argv[2] ?? 3) }, (_, k) => k + 1);
  const names = Object.keys(RULES);
  /** @type {Map<string, Awaited<ReturnType<typeof gradientDirections>>>} */
  const rows = new Map();
  for (const seed of seeds) {
    for (const row of await gradientDirections({ seed })) {
      const name = `${row.state} | ${row.layer} | ${100 * row.size} % | ${row.change}`;
      rows.set(name, [...(rows.get(name) ?? []), row]);
    }
  }
  console.log(`| learnt | layer | change | its spikes | cases | ${names.join(" | ")} |`);
  console.log(`|---|---|---:|---|---:|${names.map(() => "---:|").join("")}`);
  for (const [name, ofSeeds] of rows) {
    const cells = names.map((rule) => {
      const values = ofSeeds.map(({ cosines }) => cosines[rule] ?? 0);
      return `${mean(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
    });
    console.log(`| ${name} | ${ofSeeds.reduce((sum, { count }) => sum + count, 0)} | ${cells.join(" | ")} |`);
  }
}
