import { type Config, createTrainer, datasets, type SpikeDataset, type Trainer } from "spikelet";
import { SIDE } from "../race/digits.js";
import { ENCODING } from "../race/settings.js";
import { scribbles } from "./scribbles.js";
import { variations } from "./variations.js";

/** One drawing, which symbol it shows, and its number among the drawings of that symbol. */
export interface Example {
  pixels: Uint8Array;
  symbol: number;
  take: number;
}

/** Images of each symbol, the variations of its drawings, and of each drawing at least. */
const [IMAGES, MIN_VARIATIONS] = [48, 12];

/** A hidden layer, an output for each symbol, and one for any other drawing: the one that fires first is the answer. */
export function configOf(symbols: number): Config {
  return {
    network: {
      input: SIDE * SIDE,
      steps: 60,
      layers: [
        { type: "dense", units: 64 },
        { type: "dense", units: symbols + 1 },
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

/** Each drawing with its variations, and scribbles as any other drawing: the brighter a pixel, the earlier its spike. */
async function dataOf(examples: readonly Example[], symbols: number): Promise<SpikeDataset> {
  const images = [...scribbles()];
  const labels = images.map(() => symbols);
  for (const { pixels, symbol, take } of examples) {
    const takes = examples.filter((other) => other.symbol === symbol).length;
    const made = variations(pixels, take, Math.max(MIN_VARIATIONS, Math.ceil(IMAGES / takes)));
    images.push(...made);
    labels.push(...made.map(() => symbol));
    await breath();
  }
  return datasetOf(images, labels);
}

/** Trains a network from scratch: the same drawings give the same network, bit for bit. */
export async function learn(examples: readonly Example[], symbols: number, signal: AbortSignal): Promise<Trainer> {
  const data = await dataOf(examples, symbols);
  const trainer = await createTrainer(configOf(symbols), { signal, quiet: true });
  try {
    await trainer.run(data, { signal });
    return trainer;
  } catch (thrown) {
    trainer.dispose();
    throw thrown;
  }
}

/** Networks that are trained to estimate the accuracy, at most. */
const MAX_ROUNDS = 5;

/**
 * Yields what each drawing is read as by a network that has not seen it, -1 for nothing: networks are trained without the first drawing of every
 * symbol, then without the second, and so on.
 */
export async function* crossValidate(
  examples: readonly Example[],
  symbols: number,
  signal: AbortSignal,
): AsyncGenerator<ReadonlyMap<Example, number>> {
  const takes = Math.max(...examples.map(({ take }) => take)) + 1;
  for (let left = 0; left < Math.min(takes, MAX_ROUNDS); left++) {
    const unseen = examples.filter(({ take }) => take === left);
    const trainer = await learn(
      examples.filter(({ take }) => take !== left),
      symbols,
      signal,
    );
    const drawings = datasetOf(
      unseen.map(({ pixels }) => pixels),
      unseen.map(({ symbol }) => symbol),
    );
    const { classes } = await trainer.predict(drawings, { signal }).finally(() => trainer.dispose());
    yield new Map(unseen.map((example, place) => [example, classes[place] ?? -1]));
  }
}

function datasetOf(images: readonly Uint8Array[], labels: readonly number[]): SpikeDataset {
  const pixels = new Uint8Array(images.length * SIDE * SIDE);
  for (const [k, image] of images.entries()) pixels.set(image, k * SIDE * SIDE);
  return datasets.fromImages({ name: "symbols", pixels, labels, shape: [SIDE, SIDE] }).encode(ENCODING);
}

/** Lets the page do what is due. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
