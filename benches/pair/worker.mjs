// One build of the library in a process of its own, by its public API alone: `{ "open": samples }` makes a network, `{}` repeats the
// work and answers how long it took, the network's loss and spikes, and its memory. One JSON object a line.
import { readFileSync } from "node:fs";
import readline from "node:readline";
import { pathToFileURL } from "node:url";
import { deserialize } from "node:v8";
import { peakMemory, resetPeakMemory } from "../../dist/cli/bench/memory.js";

/** More epochs than there are repetitions. */
const ENDLESS = 1_000_000;

const { index, config, batch, backend, threads, simd, phase, weightScale, data } = JSON.parse(process.argv[2]);
const { createNetwork, createTrainer, datasets } = await import(pathToFileURL(index).href);
const { spikes, labels, learnt } = deserialize(readFileSync(data));
const training = { ...config.training, batchSize: batch, threads, epochs: ENDLESS };
const create = phase === "train" ? createTrainer : createNetwork;

/** A network, its parameters at the start, and its work as often as wanted. */
async function open(samples) {
  globalThis.gc?.();
  const base = process.memoryUsage.rss();
  resetPeakMemory();
  const network = await create({ ...config, training }, { backend, ...(simd === undefined ? {} : { simd }) });
  const parameters = learnt ?? (await network.parameters());
  for (const { weights } of learnt === undefined ? parameters : [])
    for (let k = 0; k < weights.length; k++) weights[k] *= weightScale;
  const putBack = async () => {
    for (const [layer, values] of parameters.entries()) await network.setParameters(layer, values);
  };
  const set = datasets.fromSpikes({ spikes: spikes.slice(0, samples), labels: labels.slice(0, samples) });
  await putBack();
  const work = phase === "train" ? epochs(network, set) : async () => network.evaluate(set);
  return {
    work,
    putBack: phase === "train" ? putBack : async () => {},
    memory: () => peakMemory() - base,
    dispose: () => network.dispose(),
  };
}

/** One epoch of a training after the other; weights may be set between them. */
function epochs(trainer, set) {
  const run = trainer.run(set)[Symbol.asyncIterator]();
  return async () => {
    for (;;) {
      const { value } = await run.next();
      if (value.type === "epochEnd") return value.train;
    }
  };
}

let current;
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { open: samples } = JSON.parse(line);
  let answer = {};
  if (samples === undefined) {
    const [start, processor] = [performance.now(), process.cpuUsage()];
    const metrics = await current.work();
    const { user, system } = process.cpuUsage(processor);
    const times = { milliseconds: performance.now() - start, processorMilliseconds: (user + system) / 1000 };
    // What was learnt would change how much the network fires from one repetition to the next.
    await current.putBack();
    answer = { ...times, loss: metrics.loss, spikesPerUnit: metrics.spikes.perUnit, memoryBytes: current.memory() };
  } else {
    current?.dispose();
    current = await open(samples);
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
