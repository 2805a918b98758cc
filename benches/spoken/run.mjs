// npm run bench:spoken: the same network on the same spikes of spoken digits, from the same weights, trained by snnTorch and by us,
// in turns, on one thread; after npx spikelet data fetch spokenDigits. Writes benches/results/<date>-<machine>-spoken.json and a
// table beside it.
//
// npm run bench:spoken -- --data DIR --epochs 2 --seeds 1
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonEnvironment } from "../../scripts/python.mjs";
import { StepFailed } from "../../scripts/run.mjs";
import { main, setUp } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { writeNpz } from "../compare/npz.mjs";
import { finished, recordOf, writeResult } from "../shared/record.mjs";
import { table } from "../shared/table.mjs";
import { list, typed, wordsOf } from "../shared/words.mjs";

const words = wordsOf({ data: "", epochs: "6", seeds: "1,2,3" });

await main(async () => {
  await setUp();
  const { defaultFolder } = await import("../../dist/cli/download/folder.js");
  const dir = words.data || defaultFolder("spokenDigits");
  if (!existsSync(dir)) throw new StepFailed("the recordings are missing: npx spikelet data fetch spokenDigits, or --data DIR");
  const python = await pythonEnvironment(
    "spoken-python",
    "benches/spoken/requirements.txt",
    "snnTorch; on Linux PyTorch brings CUDA",
  );
  const record = recordOf(typed("bench:spoken"));
  const { createTrainer, datasets } = await import("../../dist/index.js");
  const { CHOSEN, configOf, SOUND, STEPS } = await import("./config.mjs");
  const epochs = Number(words.epochs);
  const seeds = list(words.seeds).map(Number);
  const data = (await datasets.spokenDigits({ dir, validation: "everyone" })).encode(SOUND).split({ seed: 1 });
  const parts = { train: await eventsOf(data.train, STEPS), test: await eventsOf(data.test, STEPS) };

  /** @type {Record<string, any>} */
  const arrays = { chosen: Float32Array.from(Object.values(CHOSEN)) };
  for (const [name, { arrays: spikes, labels }] of Object.entries(parts)) {
    for (const [field, array] of Object.entries({ ...spikes, labels })) arrays[`${name}_${field}`] = array;
  }
  const trainers = new Map();
  for (const seed of seeds) {
    const trainer = await createTrainer(configOf({ seed, epochs }), { backend: "native" });
    for (const [layer, { weights }] of (await trainer.parameters()).entries()) arrays[`weights${layer}_${seed}`] = weights;
    trainers.set(seed, trainer);
  }
  const file = join(ROOT, ".cache", "spoken.npz");
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  writeNpz(file, arrays);

  const runs = [];
  for (const seed of seeds) {
    runs.push({ side: "Spikelet", seed, ...(await ours(trainers.get(seed), parts)) });
    const script = join(ROOT, "benches/spoken/snntorch_side.py");
    const { stdout } = await promisify(execFile)(python, [script, file, String(epochs), String(seed)]);
    runs.push({ side: "snnTorch", seed, ...JSON.parse(stdout) });
    for (const run of runs.slice(-2)) process.stderr.write(`${JSON.stringify(run)}\n`);
  }
  const { length } = data.train;
  const result = {
    ...finished(record),
    case: `40-256-10, ${STEPS} steps, ${length} recordings, ${epochs} epochs, one thread`,
    runs,
  };
  writeResult(result, "-spoken", markdown(result));

  /** Spikes as arrays for the file, and as a data set that holds nothing else. */
  async function eventsOf(part, steps) {
    const { offsets, times, units } = await part.events({ steps });
    const labels = part.labels ?? new Uint32Array();
    const spikes = Array.from({ length: part.length }, (_, k) => {
      const [from, to] = [offsets[k], offsets[k + 1]];
      return { times: times.subarray(from, to), units: units.subarray(from, to) };
    });
    return { arrays: { offsets, times, units }, labels, events: datasets.fromSpikes({ spikes, labels }) };
  }
});

/** @returns {Promise<object>} accuracy on the test, and the time of the training alone */
async function ours(trainer, { train, test }) {
  const before = process.cpuUsage();
  const start = performance.now();
  await trainer.run(train.events);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const { accuracy, spikes } = await trainer.evaluate(test.events);
  const samples = trainer.config.training.epochs * train.events.length;
  trainer.dispose();
  return { accuracy: accuracy.membrane, seconds, cpuSeconds: (user + system) / 1e6, samples, spikesPerUnit: spikes.perUnit[0] };
}

function markdown(result) {
  const rows = result.runs.map(({ side, version, seed, accuracy, spikesPerUnit, samples, seconds, cpuSeconds }) => [
    version ?? side,
    String(seed),
    (100 * accuracy).toFixed(2),
    spikesPerUnit.toFixed(2),
    samples / seconds,
    samples / cpuSeconds,
  ]);
  const head = [
    result.case,
    "seed",
    "official test, %",
    "spikes per hidden unit",
    "samples/s",
    "samples per second of processor time",
  ];
  return table(head, rows);
}
