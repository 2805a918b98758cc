// How fast a training would be with more threads than this machine has: each sample of a batch is timed alone on one thread, and the update
// too; then threads take these tasks in the order in which the library hands them out. What memory must deliver then stands beside it.

import { loadBackend } from "../../dist/backend.js";
import { CASES } from "../../dist/cli/bench/cases.js";
import { median } from "../../dist/spread.js";

/** Samples whose results are kept at a time (`GROUP` of crates/training/src/pass/group.rs). */
const GROUP = 32;
/** Units of a tile, which one thread updates at a time. */
const TILE = 64;
/** Batches before and in the measurement. */
const WARM = 64;
const MEASURED = 5;
/** Bytes that the update reads and writes for each parameter: its value and two moments. */
const UPDATE_BYTES = 2 * 3 * 4;

/** Speed-up over one thread, and gigabytes a second for parameters and moments, for each number of threads. */
export async function simulateThreads(threads, { name = "mnist", batch = 128 } = {}) {
  const { samples, update, tiles, parameters } = await times(CASES[name], batch);
  const span = (workers) => {
    let seconds = 0;
    for (let start = 0; start < samples.length; start += GROUP) seconds += makespan(samples.slice(start, start + GROUP), workers);
    return seconds + makespan(new Array(tiles).fill(update / tiles), workers);
  };
  return threads.map((workers) => ({
    threads: workers,
    speedUp: span(1) / span(workers),
    microsecondsPerSample: (1e6 * span(workers)) / samples.length,
    gigabytesPerSecond: (UPDATE_BYTES * parameters) / span(workers) / 1e9,
  }));
}

/** When the last of some workers is through, each taking the next task as soon as it is free. */
function makespan(tasks, workers) {
  const free = new Array(workers).fill(0);
  for (const task of tasks) {
    const first = free.indexOf(Math.min(...free));
    free[first] += task;
  }
  return Math.max(...free);
}

/** Seconds of each sample of a batch alone, and of the update; medians over some batches. */
async function times({ config, weightScale, samples: load }, batch) {
  const backend = await loadBackend("native");
  const training = { ...config.training, batchSize: batch, epochs: 1_000_000, threads: 1 };
  const session = await backend.createSession(JSON.stringify({ ...config, training }));
  const { layers } = JSON.parse(session.info());
  let count = 0;
  for (const layer of layers.keys()) {
    const parameters = await session.parameters(layer);
    const weights = parameters.weights.map((weight) => weight * weightScale);
    await session.setParameters(layer, { ...parameters, weights });
    count += weights.length + parameters.biases.length;
  }
  const { descriptor, arrays } = (await load({ data: undefined, backend })).wire();
  await session.begin(JSON.stringify({ train: await session.addDataset(descriptor, arrays) }));
  for (let done = 0; done < WARM; done++) await session.advance(1);
  const measured = [];
  while (measured.length < MEASURED) {
    const one = await timesOfBatch(session, batch);
    // Between two epochs no batch comes next.
    if (one === undefined) await session.advance(1);
    else measured.push(one);
  }
  session.dispose();
  return {
    samples: Array.from({ length: batch }, (_, k) => median(measured.map(({ samples }) => samples[k]))),
    update: median(measured.map(({ update }) => update)),
    tiles: layers.reduce((sum, { units }) => sum + Math.ceil(units / TILE), 0),
    parameters: count,
  };
}

async function timesOfBatch(session, batch) {
  const samples = [];
  const records = [];
  for (let rank = 0; rank < batch; rank++) {
    const start = performance.now();
    const record = await session.runLocalBatch(rank, batch);
    if (record == null) return undefined;
    samples.push((performance.now() - start) / 1000);
    records.push(record);
  }
  const start = performance.now();
  await session.finishBatch(records);
  return { samples, update: (performance.now() - start) / 1000 };
}
