// What weights of few bits cost: a network with floats, rounded after its training, and trained with its rounding.
//
// npm run experiment -- --whole-numbers --data DIR [--only mnist,spokenDigits] [--seeds 1,2,3] [--bits 8,4]
import { parseArgs } from "node:util";
import { type Config, createTrainer, type Split, type Trainer } from "spikelet";
import { SETS } from "./sets.js";

/** Training samples on which the largest states are measured. */
const CALIBRATION = 500;

const { values: words } = parseArgs({
  options: {
    data: { type: "string", default: "data" },
    only: { type: "string", default: Object.keys(SETS).join() },
    seeds: { type: "string", default: "1,2,3" },
    bits: { type: "string", default: "8,4" },
  },
});
const [seeds, bits] = [words.seeds, words.bits].map((list) => list.split(",").map(Number)) as [number[], number[]];

for (const name of words.only.split(",")) {
  const set = SETS[name];
  if (set === undefined) throw new Error(`--only: there are ${Object.keys(SETS).join(", ")}`);
  const split = await set.load(words.data);
  say({ set: name, samples: split.train.length, judged: split.test.length, config: set.config });
  for (const seed of seeds) {
    {
      using trainer = await trained(set.config, { seed }, split);
      const afterwards: Record<string, number> = {};
      for (const weightBits of bits) afterwards[weightBits] = await wholeAccuracy(trainer, split, weightBits);
      say({ set: name, seed, floats: await floatAccuracy(trainer, split), afterwards });
    }
    for (const weightBits of bits) {
      using trainer = await trained(set.config, { seed, weightBits }, split);
      const whole = await wholeAccuracy(trainer, split);
      say({ set: name, seed, weightBits, floats: await floatAccuracy(trainer, split), whole });
    }
  }
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** A network after its last epoch. */
async function trained(config: Config, own: Config["training"], { train }: Split): Promise<Trainer> {
  const training = { ...config.training, ...own, threads: 1 };
  const trainer = await createTrainer({ ...config, training }, { quiet: true });
  await trainer.run(train);
  return trainer;
}

/** Test accuracy of the network, whose states are floats. */
async function floatAccuracy(trainer: Trainer, { test }: Split): Promise<number | undefined> {
  return (await trainer.evaluate(test)).accuracy.membrane;
}

/** Test accuracy of the network as whole numbers, with the bits that it was trained for unless told otherwise. */
async function wholeAccuracy(trainer: Trainer, { train, test }: Split, weightBits?: number): Promise<number> {
  const calibration = train.slice(0, CALIBRATION);
  using integers = await trainer.quantize({ calibration, ...(weightBits !== undefined && { weightBits }) });
  const { classes } = await integers.predict(test);
  return classes.filter((output, sample) => output === test.labels?.[sample]).length / test.length;
}
