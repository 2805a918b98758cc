// node examples/drifting-sensor.mjs: a network that recognises three states of a sensor while the sensor drifts. A stream that learns goes on
// from the trained weights by e-prop; another stream of the same network keeps them. A state lasts 40 steps. Both decide by the first 30,
// then its label is told for 10. Accuracy by parts of the stream, for each seed.
import { pathToFileURL } from "node:url";
import { createTrainer, datasets } from "spikelet";

const INPUTS = 24;
const STEPS = 40;
/** Steps before the label is told. */
const UNTOLD = 30;
const STATES = 3;
/** States before the drift, while the sensor drifts, and after it. */
const PARTS = { before: 100, during: 300, after: 200 };
/** Inputs by which the sensor has moved at the end. */
const DRIFT = 8;
/** The rate and the interval were tried on seeds 1 to 3. */
const SEEDS = [4, 5, 6];

/**
 * @typedef {{ before: number, during: number, after: number }} ByPart
 */

/**
 * @param {number} seed
 * @returns {Promise<{ fixed: ByPart, learning: ByPart }>} accuracies of a stream whose weights stay and of one whose weights move
 */
export async function adapt(seed) {
  const draw = generator(seed);
  const samples = Array.from({ length: 300 }, (_, k) => k % STATES);
  const trainer = await createTrainer({
    network: {
      input: INPUTS,
      steps: STEPS,
      // What came before is forgotten within a state.
      neuron: { currentDecay: 0.7, membraneDecay: 0.8 },
      layers: [
        { type: "dense", units: 40, recurrent: true },
        { type: "dense", units: STATES, neuron: { type: "leaky" } },
      ],
    },
    rule: { type: "eprop", surrogate: { type: "triangle" } },
    loss: { type: "membrane", statistic: "each", inverseTemperature: 3 },
    optimizer: { type: "adam", learningRate: 0.005 },
    training: { epochs: 5, batchSize: 10, seed, threads: 1, initialActivity: { spikesPerUnit: 2 } },
  });
  await trainer.run(datasets.fromSpikes({ spikes: samples.map((state) => sensed(state, 0, draw)), labels: samples }));
  const streams = {
    fixed: await trainer.stream(),
    learning: await trainer.stream({ learn: { every: 5, learningRate: 0.01 } }),
  };
  const none = () => ({ before: 0, during: 0, after: 0 });
  const right = { fixed: none(), learning: none() };
  for (const part of /** @type {const} */ (["before", "during", "after"])) {
    const count = PARTS[part];
    for (let k = 0; k < count; k++) {
      const drift = { before: 0, during: (DRIFT * k) / PARTS.during, after: DRIFT }[part];
      const state = Math.floor(draw() * STATES);
      const spikes = sensed(state, drift, draw);
      for (const name of /** @type {const} */ (["fixed", "learning"])) {
        const stream = streams[name];
        await stream.restartDecision();
        const [untold, told] = cut(spikes);
        if ((await stream.run(untold, UNTOLD)).output === state) right[name][part] += 1 / count;
        if (name === "learning") await stream.learn(told, new Array(STEPS - UNTOLD).fill(state));
        else await stream.run(told, STEPS - UNTOLD);
      }
    }
  }
  trainer.dispose();
  return right;
}

/**
 * Spikes before and after the label is told.
 *
 * @param {{ times: number[], units: number[] }} spikes
 * @returns {[import("spikelet").SpikeTrain, import("spikelet").SpikeTrain]}
 */
function cut({ times, units }) {
  const count = times.filter((time) => time < UNTOLD).length;
  return [
    { times: times.slice(0, count), units: units.slice(0, count) },
    { times: times.slice(count).map((time) => time - UNTOLD), units: units.slice(count) },
  ];
}

/**
 * Spikes of a state: two bumps of activity that lie elsewhere for each state, moved by `drift` inputs around the ring.
 *
 * @param {number} state
 * @param {number} drift
 * @param {() => number} draw
 */
function sensed(state, drift, draw) {
  const times = /** @type {number[]} */ ([]);
  const units = /** @type {number[]} */ ([]);
  for (let t = 0; t < STEPS; t++) {
    for (let unit = 0; unit < INPUTS; unit++) {
      const centres = [state * 8, state * 8 + 3].map((centre) => (centre + drift) % INPUTS);
      const rate = 0.02 + centres.reduce((sum, centre) => sum + 0.25 * bump(unit - centre), 0);
      if (draw() < rate) {
        times.push(t);
        units.push(unit);
      }
    }
  }
  return { times, units };
}

/** @param {number} distance */
function bump(distance) {
  const around = Math.min(Math.abs(distance), INPUTS - Math.abs(distance));
  return Math.exp(-0.5 * around ** 2);
}

/**
 * Numbers from 0 to 1 that are the same everywhere.
 *
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const rows = await Promise.all(SEEDS.map(adapt));
  for (const part of /** @type {const} */ (["before", "during", "after"])) {
    const of = (/** @type {"fixed" | "learning"} */ name) => rows.map((row) => Math.round(100 * row[name][part])).join(", ");
    console.log(`${part.padEnd(6)}  fixed ${of("fixed")} %   learning ${of("learning")} %`);
  }
}
