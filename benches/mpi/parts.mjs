// node benches/mpi/parts.mjs CASE BATCH SIZES: what a batch costs when it is shared, in one process on one thread: for each number of ranks the
// slowest share, the update from the records of all, and their bytes. One JSON object a line.

import { loadBackend } from "../../dist/backend.js";
import { CASES } from "../../dist/cli/bench/cases.js";
import { median } from "../../dist/spread.js";

const [name, batchSize, sizes] = process.argv.slice(2);
const { config, weightScale, samples } = CASES[name];
/** Batches before and in the measurement. */
const WARM = 10;
const MEASURED = 3;

const backend = await loadBackend("native");
const training = { ...config.training, batchSize: Number(batchSize), epochs: 1000, threads: 1, seed: 1 };
const session = await backend.createSession(JSON.stringify({ ...config, training }));
const layers = JSON.parse(session.info()).layers.length;
for (let layer = 0; layer < layers; layer++) {
  const parameters = await session.parameters(layer);
  const weights = parameters.weights.map((weight) => weight * weightScale);
  await session.setParameters(layer, { ...parameters, weights });
}
const { descriptor, arrays } = (await samples({ data: undefined, backend })).wire();
const train = await session.addDataset(descriptor, arrays);
await session.begin(JSON.stringify({ train, validation: null }));
const parameters = await parameterCount();
for (let done = 0; done < WARM; ) done += events(await session.advance(1)).filter(({ type }) => type === "step").length;

const ranks = sizes.split(",").map(Number);
const measured = [];
while (measured.length < MEASURED) {
  const batch = await measure();
  // Between two epochs no batch comes next.
  if (batch === undefined) await session.advance(1);
  else measured.push(batch);
}
for (const [k, size] of ranks.entries()) {
  const share = median(measured.map(({ shares }) => shares[k].share));
  const bytes = median(measured.map(({ shares }) => shares[k].bytes));
  const update = median(measured.map((batch) => batch.update));
  const spikes = median(measured.map((batch) => batch.spikes));
  console.log(JSON.stringify({ case: name, batch: training.batchSize, parameters, spikes, ranks: size, share, update, bytes }));
}

/** The batch that comes next, run by each number of ranks, one rank after the other, and learnt once. */
async function measure() {
  const shares = [];
  let records = [];
  for (const size of ranks) {
    records = [];
    let slowest = 0;
    for (let rank = 0; rank < size; rank++) {
      const start = performance.now();
      const record = await session.runLocalBatch(rank, size);
      slowest = Math.max(slowest, (performance.now() - start) / 1000);
      if (record == null) return undefined;
      records.push(record);
    }
    shares.push({ share: slowest, bytes: records.reduce((sum, record) => sum + record.byteLength, 0) });
  }
  const start = performance.now();
  const [step] = events(await session.finishBatch(records)).filter(({ type }) => type === "step");
  return { shares, update: (performance.now() - start) / 1000, spikes: step.running.spikesPerSample };
}

function events(text) {
  return JSON.parse(text);
}

async function parameterCount() {
  let count = 0;
  for (let layer = 0; layer < layers; layer++) {
    const { weights, biases } = await session.parameters(layer);
    count += weights.length + biases.length;
  }
  return count;
}
