import { datasets, fineTune } from "spikelet";
import { ENCODING } from "./digits.mjs";
import { Hearing } from "./hearing.js";
import checkpoint from "./spoken-digits.safetensors?url";
import { randomOf, SAMPLE_RATE, varied } from "./varied.mjs";

/** Variations of each word that a visitor teaches. */
const COPIES = 8;

/** Trains the network for other words: the hidden layer stays as it is, a new last layer learns from the examples of each word. */
export async function learn(
  words: readonly { name: string; examples: readonly Float32Array[] }[],
  learnt: (progress: { epoch: number; epochs: number; accuracy: number }) => void,
): Promise<Hearing> {
  const response = await fetch(checkpoint);
  if (!response.ok) throw new Error(`the network can't be loaded: ${response.status}`);
  const random = randomOf(1);
  const [signals, labels]: [Float32Array[][], number[]] = [[], []];
  for (const [label, { examples }] of words.entries()) {
    for (const example of examples) {
      signals.push([example], ...Array.from({ length: COPIES }, () => [varied(example, random)]));
      labels.push(...new Array<number>(COPIES + 1).fill(label));
      // The page may draw in between.
      await new Promise((go) => setTimeout(go));
    }
  }
  const data = datasets.fromSeries({ signals, labels, sampleRate: SAMPLE_RATE }).encode(ENCODING);
  const trainer = await fineTune(new Uint8Array(await response.arrayBuffer()), {
    outputs: words.length,
    config: { optimizer: { type: "adam", learningRate: 0.004 }, training: { epochs: 20, batchSize: 16, frozen: ["layers.0"] } },
  });
  try {
    for await (const event of trainer.run(data)) {
      if (event.type !== "epochEnd") continue;
      learnt({ epoch: event.epoch, epochs: event.epochs, accuracy: event.train.accuracy.decision ?? 0 });
    }
    const names = words.map(({ name }) => name);
    return new Hearing(await trainer.exportModel(), names);
  } finally {
    trainer.dispose();
  }
}
