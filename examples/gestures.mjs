// node examples/gestures.mjs: four gestures before an accelerometer, drawn, classified by a spiking network, and then 60 of them in a
// row, which it recognises as they come; seconds.
import { createTrainer, datasets, encode } from "spikelet";

const GESTURES = ["circle", "shake", "lift", "tap"];
const RATE = 50;
/** Points in time of a gesture. */
const STEPS = 2 * RATE;
/** Gestures in a row. */
const ROW = 60;

/** Numbers in −1..1, the same in every run. */
function numbers(seed = 1) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x4000_0000 - 1;
  };
}

/** Three axes of a gesture of two seconds, with its own pace, strength and noise. @param {number} gesture @param {() => number} draw */
function axes(gesture, draw) {
  const [pace, strength, phase] = [1 + 0.3 * draw(), 1 + 0.3 * draw(), Math.PI * draw()];
  const bump = (/** @type {number} */ t, /** @type {number} */ width) => Math.exp(-(((t - 1 - 0.2 * draw()) / width) ** 2));
  const shapes = [
    (/** @type {number} */ t) => [Math.cos(6 * pace * t + phase), Math.sin(6 * pace * t + phase), 0],
    (/** @type {number} */ t) => [1.5 * Math.sin(25 * pace * t + phase), 0, 0],
    (/** @type {number} */ t) => [0, 0, Math.sin(3 * pace * t) * bump(t, 0.8) * 2],
    (/** @type {number} */ t) => [0, 0, 2 * bump(t, 0.06)],
  ];
  const times = Array.from(
    { length: STEPS },
    (_, k) => shapes[gesture]?.(k / RATE).map((a) => strength * a + 0.1 * draw()) ?? [],
  );
  return [0, 1, 2].map((axis) => Float32Array.from(times, (values) => values[axis] ?? 0));
}

/**
 * Learns 600 drawn samples, then hears 60 gestures without a pause, as a sensor gives them: one point in time after the other. The
 * network goes on from each to the next, and decides over the last two seconds.
 *
 * @returns {Promise<{ accuracy: number, right: number, row: { made: string | undefined, heard: string | undefined }[] }>} accuracy of
 * the test part; gestures of the row that were recognised, and each as it was made and heard
 */
export async function gestures() {
  const draw = numbers();
  const labels = Array.from({ length: 600 }, (_, k) => k % GESTURES.length);
  const series = labels.map((gesture) => axes(gesture, draw));
  const encoding = encode.delta({ threshold: 0.3, maxSpikes: 3, start: 0 });
  const data = datasets.fromSeries({ signals: series, labels, sampleRate: RATE, unit: "g", name: "gestures" }).encode(encoding);
  const { train, validation, test } = data.split({ seed: 1 });
  const trainer = await createTrainer({
    network: {
      input: await data.inputUnits(),
      steps: STEPS,
      layers: [60, GESTURES.length].map((units) => ({ type: "dense", units })),
      neuron: { membraneDecay: 0.95, currentDecay: 0.8 },
    },
    rule: { type: "activation" },
    loss: { type: "count", positive: 8 },
    schedule: { type: "step", every: 10, factor: 0.1 },
    training: { batchSize: 20, epochs: 15, seed: 1 },
  });
  await trainer.run(train, { validation });
  const { accuracy } = await trainer.evaluate(test);
  const stream = await trainer.stream({ encoding, channels: 3, window: STEPS });
  const row = [];
  for (let k = 0; k < ROW; k++) {
    const gesture = Math.floor((draw() + 1) * 2);
    const [x, y, z] = axes(gesture, draw);
    for (let t = 0; t < STEPS; t++) {
      const { decisions } = await stream.runSignal(Float32Array.of(x?.[t] ?? 0, y?.[t] ?? 0, z?.[t] ?? 0));
      for (const { output = -1 } of decisions) row.push({ made: GESTURES[gesture], heard: GESTURES[output] });
    }
  }
  trainer.dispose();
  return { accuracy: accuracy.decision ?? 0, right: row.filter(({ made, heard }) => made === heard).length, row };
}

if (import.meta.filename === process.argv[1]) {
  const { accuracy, right, row } = await gestures();
  console.log(`gestures: ${(100 * accuracy).toFixed(1)} % of the test samples, ${right} of ${row.length} in a row`);
  for (const { made, heard } of row.slice(0, 5)) console.log(`a ${made} is heard as: ${heard ?? "nothing"}`);
}
