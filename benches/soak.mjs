// node benches/soak.mjs: everything that a process does with trainers, over and over on one thread, and what its memory comes to.
// Each round trains, asks, saves, goes on from what was saved, aborts, is refused and disposes while it runs; the weights after each
// round must be those after the first. Prints one JSON object a minute and a summary at the end; exit code 1 when bits or memory differ.
//
// node benches/soak.mjs --minutes 60 --backend native
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadBackend } from "../dist/backend.js";
import { createTrainer, datasets, encode, restoreTrainer } from "../dist/index.js";
import { wordsOf } from "./shared/words.mjs";

/** Memory that a soak may gain between its second tenth and its end. */
const MAX_GROWTH_BYTES = 16 * 2 ** 20;
const REPORT_MILLISECONDS = 60_000;

const words = wordsOf({ minutes: "60", backend: "native" });
const backend = await loadBackend(words.backend);
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const CONFIGS = [
  config(
    [
      { type: "dense", units: 100 },
      { type: "dense", units: 10 },
    ],
    { type: "antlr" },
    { type: "latency" },
  ),
  config(
    [
      { type: "conv2d", channels: 4, kernel: 3 },
      { type: "avgPool2d", window: 4 },
      { type: "flatten" },
      { type: "dense", units: 10 },
    ],
    { type: "mixture" },
    { type: "count", positive: 3 },
  ),
];

function config(layers, rule, loss) {
  const network = {
    input: [1, 28, 28],
    steps: 60,
    layers: layers.some(({ type }) => type === "conv2d") ? layers : [{ type: "flatten" }, ...layers],
  };
  return { network, rule, loss, training: { batchSize: 16, epochs: 2, seed: 5, threads: 1 } };
}

const digits = await datasets.digits();
const { train, validation } = digits
  .encode(encode.latency({ first: 0, last: 24 }))
  .split({ seed: 1, train: 160, validation: 64, test: 64 });

const counts = { rounds: 0, trainers: 0, updates: 0, restores: 0, aborts: 0, refusals: 0, disposals: 0 };

async function using(opening, work) {
  const trainer = await opening;
  counts.trainers++;
  try {
    return await work(trainer);
  } finally {
    trainer.dispose();
  }
}

/** Learns to the end of the epoch `last`. */
async function learn(trainer, last) {
  for await (const { type, epoch } of trainer.run(train, { validation })) {
    if (type === "step") counts.updates++;
    if (type === "epochEnd" && epoch === last) break;
  }
}

/** Trains half, goes on from a checkpoint, asks, and returns a digest of what was learnt. */
async function trained(configuration) {
  const checkpoint = await using(createTrainer(configuration, { backend }), async (trainer) => {
    await learn(trainer, 1);
    return trainer.checkpoint();
  });
  return using(restoreTrainer(checkpoint, { backend }), async (trainer) => {
    counts.restores++;
    await learn(trainer, 2);
    await trainer.evaluate(validation);
    await trainer.predict(validation);
    await trainer.gradients(validation);
    return Buffer.from(await crypto.subtle.digest("SHA-256", await trainer.checkpoint())).toString("hex");
  });
}

async function aborted(configuration) {
  await using(createTrainer(configuration, { backend }), async (trainer) => {
    const enough = new Error("enough");
    const stop = new AbortController();
    setTimeout(() => stop.abort(enough), 5);
    try {
      for await (const _ of trainer.run(train, { validation, epochs: 1000, signal: stop.signal }));
    } catch (thrown) {
      if (thrown !== enough) throw thrown;
    }
    counts.aborts++;
  });
}

async function disposedWhileItRuns(configuration) {
  const running = await using(createTrainer(configuration, { backend }), (trainer) => ({
    evaluation: outcome(trainer.evaluate(train)),
  }));
  expectCode(await running.evaluation, ["DISPOSED"]);
  counts.disposals++;
}

async function refused(configuration) {
  for (const attempt of [
    () => createTrainer({ ...configuration, loss: { type: "nothing" } }, { backend }),
    () => restoreTrainer(new Uint8Array(1000), { backend }),
  ]) {
    expectCode(await outcome(attempt()), ["CONFIG_INVALID", "CHECKPOINT_INVALID"]);
    counts.refusals++;
  }
}

/** The code of the error that a promise ends with. */
const outcome = (promise) =>
  promise.then(
    () => "nothing",
    ({ code }) => code,
  );

function expectCode(code, expected) {
  if (!expected.includes(code)) throw new Error(`expected ${expected.join(" or ")}, got ${code}`);
}

function resident() {
  collectGarbage();
  return process.memoryUsage.rss();
}

const megabytes = (bytes) => Math.round((10 * bytes) / 2 ** 20) / 10;
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const begun = performance.now();
const length = Number(words.minutes) * 60_000;
const elapsed = () => performance.now() - begun;
const digests = new Map();
/** Resident memory by time. */
const samples = [];
let differences = 0;
let nextReport = 0;
while (elapsed() < length) {
  for (const [index, configuration] of CONFIGS.entries()) {
    const digest = await trained(configuration);
    if (!digests.has(index)) digests.set(index, digest);
    else if (digests.get(index) !== digest) differences++;
    await aborted(configuration);
    await disposedWhileItRuns(configuration);
    await refused(configuration);
  }
  counts.rounds++;
  if (elapsed() >= nextReport) {
    const bytes = resident();
    samples.push({ milliseconds: elapsed(), bytes });
    print({ minutes: Math.round(elapsed() / 6000) / 10, residentMegabytes: megabytes(bytes), ...counts });
    nextReport += Math.min(REPORT_MILLISECONDS, length / 20);
  }
}

const last = resident();
const warm = samples.find(({ milliseconds }) => milliseconds >= length / 10) ?? samples[0];
const growth = last - warm.bytes;
print({
  minutes: Math.round(elapsed() / 6000) / 10,
  backend: backend.kind,
  simd: backend.simd,
  ...counts,
  roundsWithOtherBits: differences,
  warmMegabytes: megabytes(warm.bytes),
  maxMegabytes: megabytes(Math.max(last, ...samples.map(({ bytes }) => bytes))),
  lastMegabytes: megabytes(last),
  growthMegabytes: megabytes(growth),
});
process.exitCode = differences > 0 || growth > MAX_GROWTH_BYTES ? 1 : 0;
