// node demo/listen/train.mjs DIR [--held-out SPEAKER]: trains the network of the room "Listen" on the Free Spoken Digit Dataset in
// DIR, on one thread, and writes demo/listen/spoken-digits.safetensors. With a speaker held out it only says how well that voice is
// understood. What was chosen, by what, and what came out: spoken-digits.md.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createNetwork, createTrainer, datasets } from "spikelet";
import { CLASSES, ENCODING, HIDDEN, MELS } from "./digits.mjs";
import { randomOf, SAMPLE_RATE, varied } from "./varied.mjs";

/** Copies of each recording beside itself. */
const COPIES = 5;
/** @type {import("spikelet").Config} */
const CONFIG = {
  network: {
    input: 2 * MELS,
    steps: 100,
    layers: [
      { type: "dense", units: HIDDEN },
      { type: "dense", units: 10 },
    ],
    neuron: { membraneDecay: 0.95, currentDecay: 0.8 },
  },
  rule: { type: "activation" },
  loss: { type: "count", positive: 10 },
  optimizer: { type: "adam", learningRate: 0.004 },
  schedule: { type: "cosine" },
  training: { batchSize: 32, epochs: 20, seed: 1, threads: 1 },
};
const ORIGIN = {
  room: "listen",
  classes: CLASSES,
  encoding: ENCODING,
  attribution:
    "Trained on the Free Spoken Digit Dataset (Z. Jackson and others, https://github.com/Jakobovski/free-spoken-digit-dataset), CC BY-SA 4.0.",
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { "held-out": { type: "string" } } });
const [dir = ""] = positionals;
const heldOut = /** @type {import("spikelet").Speaker | undefined} */ (values["held-out"]);
const data = await datasets.spokenDigits({ dir, ...(heldOut ? { heldOut } : {}) });
const { train, validation, test } = data.split({ seed: 1 });
const trainer = await createTrainer(CONFIG);
for await (const event of trainer.run(withCopies(train).encode(ENCODING), { validation: validation.encode(ENCODING) })) {
  if (event.type !== "epochEnd") continue;
  console.log(`epoch ${event.epoch}: training ${percent(event.train)}, validation ${percent(event.validation)}`);
}
console.log(`test: ${percent(await trainer.evaluate(test.encode(ENCODING)))} of ${test.length}`);
if (heldOut === undefined) {
  // Adam's moments would make the file three times as large; plain descent has none.
  const config = { ...trainer.config, optimizer: /** @type {const} */ ({ type: "sgd" }) };
  const network = await createNetwork(config, { parameters: await trainer.parameters() });
  const bytes = await network.checkpoint({ origin: JSON.stringify(ORIGIN) });
  await writeFile(new URL("spoken-digits.safetensors", import.meta.url), bytes);
  console.log(`${bytes.length} bytes`);
}

/** @param {import("spikelet").Metrics | null | undefined} metrics */
function percent(metrics) {
  return `${(100 * (metrics?.accuracy.decision ?? 0)).toFixed(2)} %`;
}

/** @param {import("spikelet").SpikeDataset} recordings */
function withCopies(recordings) {
  const random = randomOf(1);
  const sounds = Array.from({ length: recordings.length }, (_, k) => recordings.signal(k)?.[0] ?? new Float32Array());
  const copies = Array.from({ length: COPIES }, () => sounds.map((sound) => varied(sound, random))).flat();
  const labels = Array.from({ length: COPIES + 1 }, () => [...(recordings.labels ?? [])]).flat();
  return datasets.fromSeries({ signals: [...sounds, ...copies].map((sound) => [sound]), labels, sampleRate: SAMPLE_RATE });
}
