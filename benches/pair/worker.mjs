// One build of the addon in a process of its own: trains on without end and, for each line of stdin, says how long a sample took.
import readline from "node:readline";
import { CASES } from "../../dist/cli/bench/cases.js";
import { createTrainer } from "../../dist/index.js";

/** An await that takes longer is a call into the core; the events that come at once after it are that call's. */
const CALL = 3;

const { name, batch, threads, simd, data, samples } = JSON.parse(process.argv[2]);
const { config, samples: digits } = CASES[name];
const training = { ...config.training, batchSize: batch, threads, epochs: 1_000_000 };
const train = await digits({ data, backend: "native" });
const trainer = await createTrainer({ ...config, training }, simd === undefined ? {} : { simd });
const run = trainer.run(train)[Symbol.asyncIterator]();

/** Milliseconds of a sample, over whole calls. */
async function timed() {
  let from;
  let learnt = 0;
  for (;;) {
    const before = performance.now();
    const { value } = await run.next();
    if (performance.now() - before > CALL) {
      if (from !== undefined && learnt >= samples) return (before - from) / learnt;
      from ??= before;
    }
    if (from !== undefined && value.type === "step") learnt += batch;
  }
}

await timed();
process.stdout.write("ready\n");
for await (const _ of readline.createInterface({ input: process.stdin })) process.stdout.write(`${await timed()}\n`);
