// node benches/training.mjs: what each setting of the experiment training-settings costs: time of all cores that training takes beside "plain", in
// turns, on the digits of the package; validation is left out. Prints the median ratio of each.
//
// node benches/training.mjs --samples 4000 --rounds 9
import { createTrainer, datasets, encode } from "../dist/index.js";
import { median } from "../dist/spread.js";
import { buildResearch } from "../research/build.mjs";
import { wordsOf } from "./shared/words.mjs";

const words = wordsOf({ samples: "4000", rounds: "9" });

const { EXPERIMENTS } = await import((await buildResearch()).catalogue);
const experiment = EXPERIMENTS.find(({ name }) => name === "training-settings");
const variants = experiment.variants("full").filter(({ at, series }) => at === "MNIST" && series !== "early stopping");
const digits = (await datasets.digits()).encode(encode.latency({ first: 0, last: 24 })).slice(0, Number(words.samples));
const times = new Map(variants.map(({ series }) => [series, []]));
for (let round = -1; round < Number(words.rounds); round++) {
  for (const { series, config } of round % 2 === 0 ? variants : variants.toReversed()) {
    const time = await trained(config);
    // The first round warms up.
    if (round >= 0) times.get(series).push(time);
  }
}
const plain = times.get("plain");
for (const [series, list] of times) {
  const ratios = list.map((time, round) => time / plain[round]);
  const microseconds = Math.round((1e6 * median(list)) / Number(words.samples));
  process.stdout.write(`${JSON.stringify({ series, microseconds, ratio: Number(median(ratios).toFixed(3)) })}\n`);
}

/** Seconds of all cores that an epoch takes. */
async function trained({ training, ...config }) {
  const { earlyStopping: _, averaging, initialActivity: __, ...rest } = training;
  // The last epochs are those that SWA averages.
  const averages =
    averaging === undefined ? {} : { averaging: averaging.type === "swa" ? { ...averaging, epochs: 1 } : averaging };
  const trainer = await createTrainer({ ...config, training: { ...rest, ...averages, epochs: 1, threads: 1 } });
  const before = process.cpuUsage();
  await trainer.run(digits);
  const { user, system } = process.cpuUsage(before);
  trainer.dispose();
  return (user + system) / 1e6;
}
