// What crossing the boundary between JavaScript and the core costs. Prints one JSON object a line.
import { bench, run } from "mitata";
import { loadBackend } from "../../dist/backend.js";
import { syntheticEvents } from "../../dist/cli/bench/events.js";
import { network } from "../../dist/cli/bench/network.js";
import { bytesOf } from "../../dist/cli/bench/session.js";
import { createTrainer } from "../../dist/index.js";

const backend = await loadBackend();
const batch = syntheticEvents({ samples: 128, inputs: 784, steps: 25, events: 150, classes: 10 });

bench("createTrainer, 784-800-10", async () => {
  const trainer = await createTrainer(network(784, [800]));
  trainer.dispose();
});

// The smallest network there is: what is left is the way there and back, with the event as JSON.
const tiny = JSON.stringify({
  ...network(1, [1], 1),
  training: { batchSize: 1, epochs: 1_000_000, threads: 1 },
});
const smallest = await backend.createSession(tiny);
const one = syntheticEvents({ samples: 1, inputs: 1, steps: 1, events: 1, classes: 1 }).wire();
await smallest.begin(JSON.stringify({ train: await smallest.addDataset(one.descriptor, one.arrays) }));
bench("advance(1), there and back", async () => JSON.parse(await smallest.advance(1)));

const session = await backend.createSession(JSON.stringify(network(784, [800])));
const { descriptor, arrays } = batch.wire();
bench(`copying a batch of 128 in, ${bytesOf(arrays)} bytes`, async () => {
  // The addon copies what it takes over, so that the same arrays do for every call.
  session.removeDataset(await session.addDataset(descriptor, arrays));
});

const { benchmarks } = await run({ format: "quiet" });
for (const { alias, runs } of benchmarks) {
  for (const { stats, error } of runs) {
    if (error !== undefined) throw error;
    const seconds = stats.p50 / 1e9;
    process.stdout.write(`${JSON.stringify({ name: alias, seconds, spread: (stats.p75 - stats.p25) / stats.p50 })}\n`);
  }
}
session.dispose();
smallest.dispose();
