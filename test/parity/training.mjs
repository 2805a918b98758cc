// A training run of 50 steps whose outcome is the same bits everywhere: in Node, in WebAssembly, in a browser.
import { createTrainer, datasets, encode } from "spikelet";

const SIDE = 28;
const UNITS = SIDE * SIDE;
const CLASSES = 10;
const STEPS = 50;
const BATCH = 16;

/** @type {import("spikelet").Config} */
export const CONFIG = {
  network: {
    input: UNITS,
    steps: 100,
    layers: [
      { type: "dense", units: 100 },
      { type: "dense", units: CLASSES },
    ],
  },
  rule: { type: "antlr", activationWeight: 1, timingWeight: 1 },
  loss: { type: "latency", inverseTemperature: 0.5, noSpikePenalty: 0.1 },
  training: { batchSize: BATCH, epochs: 1, seed: 7, threads: 1, silentUnitUpdate: { strength: 0.001 } },
};

/**
 * Trains and looks at what came out: every parameter, every loss and every count of spikes.
 *
 * @param {import("spikelet").CreateOptions} [options]
 * @returns {Promise<{ steps: number, length: number, hash: string }>} the bytes that were compared: how many, and their SHA-256
 */
export async function trainingDigest(options = {}) {
  const trainer = await createTrainer(CONFIG, options);
  try {
    const told = [];
    for await (const { seconds, samplesPerSecond, ...event } of trainer.run(blots())) told.push(event);
    const parameters = (await trainer.parameters()).flatMap(({ weights, biases }) =>
      [weights, biases].map((array) => new Float32Array(array)),
    );
    const parts = [new TextEncoder().encode(JSON.stringify(told)), ...parameters];
    const bytes = await new Blob(parts).arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const steps = told.filter(({ type }) => type === "step").length;
    return { steps, length: bytes.byteLength, hash: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  } finally {
    trainer.dispose();
  }
}

/** Pictures of a few strokes that lie elsewhere for each class; integer arithmetic only. */
export function blots(samples = STEPS * BATCH) {
  let state = 1;
  const below = (/** @type {number} */ bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
  const pixels = new Uint8Array(samples * UNITS);
  const labels = Uint32Array.from({ length: samples }, (_, sample) => sample % CLASSES);
  for (const [sample, label] of labels.entries()) {
    for (let stroke = 0; stroke < 4; stroke++) {
      const row = (7 * label + 5 * stroke + below(3)) % SIDE;
      const start = below(8);
      for (let k = 0; k < 12; k++) pixels[sample * UNITS + row * SIDE + start + k] = 100 + below(156);
    }
  }
  return datasets
    .fromImages({ name: "blots", pixels, labels, shape: [SIDE, SIDE] })
    .encode(encode.latency({ first: 0, last: 24 }));
}
