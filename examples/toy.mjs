// node examples/toy.mjs: problems of a few samples, learnt with the preset `toy`; a few seconds.
import { createTrainer, datasets, encode, presets } from "spikelet";

/** @typedef {{ values: number[], label: number }} Point */

/** Numbers in 0..1, the same in every run. */
function numbers(seed = 1) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x8000_0000;
  };
}

/** @type {Point[]} */
const xor = [
  { values: [0, 0], label: 0 },
  { values: [0, 1], label: 1 },
  { values: [1, 0], label: 1 },
  { values: [1, 1], label: 0 },
];

/** Two half circles that reach into each other. @returns {Point[]} */
function moons(samples = 100) {
  const draw = numbers();
  return Array.from({ length: samples }, (_, k) => {
    const angle = Math.PI * draw();
    const [x, y] = k % 2 === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    const noise = () => 0.1 * (draw() - 0.5);
    return { values: [(x + 1.1) / 3.2 + noise() / 3, (y + 0.6) / 1.7 + noise() / 2], label: k % 2 };
  });
}

/** Sixteen readings of a sensor that swings slowly or fast, from any phase, with noise. @returns {Point[]} */
function sines(samples = 40) {
  const draw = numbers();
  return Array.from({ length: samples }, (_, k) => {
    const [phase, turns] = [2 * Math.PI * draw(), k % 2 === 0 ? 1 : 3];
    const reading = (/** @type {number} */ t) =>
      0.5 + 0.4 * Math.sin(phase + (2 * Math.PI * turns * t) / 16) + 0.1 * (draw() - 0.5);
    return { values: Array.from({ length: 16 }, (_, t) => reading(t)), label: k % 2 };
  });
}

/** Fraction of the points that a network knows after learning them. @param {readonly Point[]} points */
async function learn(points, seed = 1) {
  const input = points[0]?.values.length ?? 0;
  const data = datasets
    .fromImages({
      values: Float32Array.from(points.flatMap(({ values }) => values.map((value) => Math.min(1, Math.max(0, value))))),
      labels: points.map(({ label }) => label),
      shape: [input],
    })
    .encode(encode.shiftBack({ max: 10, min: 1 }));
  const { network, training, ...rest } = presets.toy;
  const trainer = await createTrainer({ ...rest, network: { ...network, input }, training: { ...training, seed } });
  await trainer.run(data);
  return (await trainer.evaluate(data)).accuracy.decision;
}

/** The problems by name, and how often a network of that seed is right in each. */
export async function toys(seed = 1) {
  const problems = { xor, moons: moons(), sines: sines() };
  const found = [];
  for (const [name, points] of Object.entries(problems))
    found.push({ name, samples: points.length, accuracy: await learn(points, seed) });
  return found;
}

if (import.meta.filename === process.argv[1]) console.table(await toys());
