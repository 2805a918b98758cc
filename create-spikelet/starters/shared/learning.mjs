// A network that learns three gestures of a hand that holds a sensor with two axes. The recordings are drawn: replace `recording` by
// a function that reads yours.
import { createTrainer, datasets, encode } from "spikelet";

export const GESTURES = ["clockwise", "shake", "anticlockwise"];

/** A spike each time that an axis has moved by so much. */
const CODE = encode.delta({ threshold: 0.3, maxSpikes: 3 });

const CONFIG = {
  network: {
    input: 4,
    steps: 100,
    neuron: { threshold: 0.3 },
    // Learnt delays let a unit wait for spikes that belong together, as the two axes of a circle do.
    layers: [
      { type: "dense", units: 64, delays: { max: 20 } },
      { type: "dense", units: 3 },
    ],
  },
  loss: { type: "countCrossEntropy" },
  rule: { type: "antlr" },
  optimizer: { type: "adam", learningRate: 0.005 },
  training: { epochs: 10, batchSize: 20, seed: 1 },
};

/** Recording number `k`: one array for each axis, 100 points in time. Its gesture is number `k % 3`. */
export function recording(k) {
  const angles = Float32Array.from({ length: 100 }, (_, t) => 0.7 * k + (2 * Math.PI * t) / 50);
  const x = angles.map((angle, t) => Math.sin(k % 3 === 1 ? 3 * angle : angle) + 0.2 * Math.sin(7919 * t + k));
  const y = angles.map((angle, t) => (1 - (k % 3)) * Math.cos(angle) + 0.2 * Math.sin(6271 * t + k));
  return [x, y];
}

/**
 * Trains on 600 recordings.
 *
 * @param onEpoch gets the number of each epoch and the accuracy on recordings that are not learnt
 * @returns the trained network, and its accuracy on others that neither training nor choice has seen
 */
export async function learn(onEpoch) {
  const signals = Array.from({ length: 600 }, (_, k) => recording(k));
  const labels = signals.map((_, k) => k % GESTURES.length);
  const { train, validation, test } = datasets.fromSeries({ signals, labels }).encode(CODE).split({ seed: 1 });
  const trainer = await createTrainer(CONFIG);
  for await (const event of trainer.run(train, { validation })) {
    if (event.type === "warning") console.warn(event.message);
    if (event.type === "epochEnd") onEpoch(event.epoch, event.validation.accuracy.count);
  }
  const { accuracy } = await trainer.evaluate(test);
  return { network: trainer, accuracy: accuracy.count };
}

/** The gesture that a network recognises in a recording; `undefined` where no output fires. */
export async function recognise(network, signal) {
  const { byCount } = await network.predict(datasets.fromSeries({ signals: [signal] }).encode(CODE));
  return GESTURES[byCount[0]];
}
