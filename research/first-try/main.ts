// How far the first try gets: what `recommend` chooses for six data sets, beside a logistic regression.
//
// npm run experiment -- --first-try --data DIR [--only yinYang,digits] [--seeds 1,2,3] [--validate]
import { parseArgs } from "node:util";
import { createTrainer, recommend, type SpikeDataset } from "spikelet";
import { logisticAccuracy, type Rows } from "./logistic.js";
import { SETS } from "./sets.js";

/** Units of time that the spikes of a sound are counted in, for the regression. */
const BINS = 10;

const { values: words } = parseArgs({
  options: {
    data: { type: "string", default: "data" },
    only: { type: "string", default: Object.keys(SETS).join() },
    seeds: { type: "string", default: "1,2,3" },
    validate: { type: "boolean", default: false },
  },
});

for (const name of words.only.split(",")) {
  const load = SETS[name];
  if (load === undefined) throw new Error(`--only: there are ${Object.keys(SETS).join(", ")}`);
  const { train, validation, test } = await load(words.data);
  const { config, encoding } = await recommend(train);
  // Rules are made by the validation part; the test part is for the record.
  const judged = words.validate ? validation : test;
  const steps = config.network.steps ?? 1;
  const rows = (data: SpikeDataset) => rowsOf(data, encoding.type === "logMel" ? data.encode(encoding) : undefined, steps);
  const logistic = words.validate
    ? undefined
    : logisticAccuracy(await rows(train), await rows(validation), await rows(test), classesOf(train));
  say({ set: name, logistic, samples: train.length, judged: judged.length, encoding, config });
  for (const seed of words.seeds.split(",").map(Number)) {
    const start = performance.now();
    using trainer = await createTrainer({ ...config, training: { ...config.training, seed, threads: 1 } });
    await trainer.run(train.encode(encoding));
    const { accuracy, spikes } = await trainer.evaluate(judged.encode(encoding));
    const seconds = Math.round((performance.now() - start) / 1000);
    say({ set: name, seed, accuracy: accuracy.membrane, spikesPerSample: spikes.perSample, seconds });
  }
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function classesOf({ labels }: SpikeDataset): number {
  return 1 + (labels ?? new Uint32Array()).reduce((max, label) => Math.max(max, label), 0);
}

/** Values of images and signals as they are, the end of short signals 0; of `sound`, the spikes by unit and part of the time. */
async function rowsOf(data: SpikeDataset, sound: SpikeDataset | undefined, steps: number): Promise<Rows> {
  const labels = data.labels ?? new Uint32Array();
  if (sound !== undefined) {
    const units = await sound.inputUnits();
    const events = await sound.events({ steps });
    const values = Array.from({ length: events.length }, (_, k) => {
      const row = new Float64Array(units * BINS);
      const spikes = events.sample(k);
      for (const [at, time] of spikes.times.entries()) {
        const place = Math.floor((BINS * time) / steps) * units + (spikes.units[at] ?? 0);
        row[place] = (row[place] ?? 0) + 1;
      }
      return row;
    });
    return { values, labels };
  }
  const flat = Array.from({ length: data.length }, (_, k) => {
    const image = data.image(k);
    return image === undefined ? (data.signal(k) ?? []).flatMap((channel) => [...channel]) : [...image];
  });
  const length = flat.reduce((max, row) => Math.max(max, row.length), 0);
  return { values: flat.map((row) => Float64Array.from({ length }, (_, j) => row[j] ?? 0)), labels };
}
