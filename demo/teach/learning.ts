import { type Config, createTrainer, datasets, type SpikeDataset, type Trainer } from "spikelet";
import { SIDE } from "../race/digits.js";
import { ENCODING } from "../race/settings.js";
import { VARIATIONS, variations } from "./variations.js";

/** One drawing, which symbol it shows, and its number among the drawings of that symbol. */
export interface Example {
  pixels: Uint8Array;
  symbol: number;
  take: number;
}

export interface Progress {
  trainer: Trainer;
  epoch: number;
  epochs: number;
  /** Fraction of the drawings and their variations that were read right in this epoch. */
  accuracy: number;
}

/** A hidden layer, and an output for each symbol: the one that fires first is the answer. */
export function configOf(symbols: number): Config {
  return {
    network: {
      input: SIDE * SIDE,
      steps: 60,
      layers: [
        { type: "dense", units: 64 },
        { type: "dense", units: symbols },
      ],
    },
    rule: { type: "antlr" },
    loss: {
      type: "latency",
      inverseTemperature: 0.25,
      endSimulation: "off",
      targetCount: { scope: "all", positive: 2, negative: 0 },
    },
    optimizer: { type: "adam", learningRate: 0.003 },
    schedule: { type: "constant" },
    training: { batchSize: 16, epochs: 8, augmentation: { shift: 1, image: [1, SIDE, SIDE] } },
  };
}

/** Each drawing with its variations, one after the other: the brighter a pixel, the earlier its spike. */
export function dataOf(examples: readonly Example[]): SpikeDataset {
  const images = examples.flatMap(({ pixels }, k) => variations(pixels, k));
  const pixels = new Uint8Array(images.length * SIDE * SIDE);
  for (const [k, image] of images.entries()) pixels.set(image, k * SIDE * SIDE);
  const labels = examples.flatMap(({ symbol }) => new Array<number>(VARIATIONS).fill(symbol));
  return datasets.fromImages({ name: "symbols", pixels, labels, shape: [SIDE, SIDE] }).encode(ENCODING);
}

/** Trains a network from scratch; `trainer` is the caller's after the last epoch. */
export async function* learn(data: SpikeDataset, symbols: number, signal: AbortSignal): AsyncGenerator<Progress> {
  const trainer = await createTrainer(configOf(symbols), { signal });
  for await (const event of trainer.run(data, { signal })) {
    if (event.type !== "epochEnd") continue;
    yield { trainer, epoch: event.epoch, epochs: event.epochs, accuracy: event.train.accuracy.decision ?? 0 };
  }
}

/**
 * Yields what each drawing is read as by a network that has not seen it: networks are trained without the first drawing of every
 * symbol, then without the second, and so on.
 */
export async function* crossValidate(
  data: SpikeDataset,
  examples: readonly Example[],
  symbols: number,
  signal: AbortSignal,
): AsyncGenerator<ReadonlyMap<Example, number>> {
  const takes = Math.max(...examples.map(({ take }) => take)) + 1;
  for (let left = 0; left < takes; left++) {
    const places = Array.from(examples.keys());
    const seen = places.filter((k) => examples[k]?.take !== left);
    const unseen = places.filter((k) => examples[k]?.take === left);
    const rows = seen.flatMap((k) => Array.from({ length: VARIATIONS }, (_, v) => k * VARIATIONS + v));
    let trainer: Trainer | undefined;
    for await (const progress of learn(data.pick(rows), symbols, signal)) trainer = progress.trainer;
    const read = await trainer?.predict(data.pick(unseen.map((k) => k * VARIATIONS)), { signal });
    trainer?.dispose();
    yield new Map(unseen.map((k, place) => [examples[k] as Example, read?.classes[place] ?? 0]));
  }
}
