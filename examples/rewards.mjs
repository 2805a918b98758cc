// node examples/rewards.mjs: a stream learns by rewards alone which action each of three states of a sensor asks for, and goes on while
// the sensor drifts; another stream keeps the weights from before the drift. An action is chosen after 10 steps of a state, and right
// in one of three cases by chance. Share of right actions before, during and after the drift, for each seed.
import { pathToFileURL } from "node:url";
import { createNetwork } from "spikelet";

const INPUTS = 12;
const STEPS = 10;
const STATES = 3;
/** Actions to learn, and actions that are counted: before the drift, during it and after it. */
const LEARNT = 500;
const COUNTED = { before: 200, during: 2000, after: 400 };
/** Inputs by which the sensor has moved at the end: each state is where another was. */
const DRIFT = 4;
/** The rate and the decay were tried on seeds 1 to 3. */
const SEEDS = [4, 5, 6];

/** @typedef {{ before: number, during: number, after: number }} ByPart */

/**
 * @param {number} seed
 * @returns {Promise<{ fixed: ByPart, learning: ByPart }>} shares of right actions
 */
export async function choose(seed) {
  const draw = generator(seed);
  const network = await createNetwork({
    network: {
      input: INPUTS,
      steps: STEPS,
      neuron: { currentDecay: 0.5, membraneDecay: 0.8 },
      layers: [
        { type: "dense", units: 40 },
        { type: "dense", units: STATES, neuron: { type: "leaky" } },
      ],
    },
    rule: { type: "eprop", surrogate: { type: "triangle" } },
    loss: { type: "membrane", statistic: "each" },
    optimizer: { type: "adam" },
    training: { seed },
  });
  const stream = await network.stream({ learn: { reward: { decay: 0.5 }, learningRate: 0.01 } });
  let expected = 1 / STATES;
  /** Whether the stream chose the right action; it learns from that. @param {number} state @param {import("spikelet").SpikeTrain} spikes */
  const isRewarded = async (state, spikes) => {
    const reward = Number((await stream.act(spikes, STEPS)).action === state);
    await stream.reward(reward - expected);
    expected += 0.05 * (reward - expected);
    return reward;
  };
  const anyState = () => Math.floor(draw() * STATES);
  for (let k = 0; k < LEARNT; k++) {
    const state = anyState();
    await isRewarded(state, sensed(state, 0, draw));
  }
  for (const [layer, learnt] of (await stream.parameters()).entries()) await network.setParameters(layer, learnt);
  const kept = await network.stream();
  const none = () => ({ before: 0, during: 0, after: 0 });
  const right = { fixed: none(), learning: none() };
  for (const part of /** @type {const} */ (["before", "during", "after"])) {
    const count = COUNTED[part];
    for (let k = 0; k < count; k++) {
      const state = anyState();
      const spikes = sensed(state, { before: 0, during: (DRIFT * k) / count, after: DRIFT }[part], draw);
      right.learning[part] += (await isRewarded(state, spikes)) / count;
      const membranes = (await kept.run(spikes, STEPS)).membranes.slice(-STATES);
      right.fixed[part] += Number(membranes.indexOf(Math.max(...membranes)) === state) / count;
    }
  }
  network.dispose();
  return right;
}

/**
 * Spikes of a state: the inputs around its place on a ring fire often, the others rarely.
 *
 * @param {number} state
 * @param {number} drift inputs by which the place has moved
 * @param {() => number} draw
 */
function sensed(state, drift, draw) {
  const times = /** @type {number[]} */ ([]);
  const units = /** @type {number[]} */ ([]);
  const place = (state * INPUTS) / STATES + drift;
  for (let t = 0; t < STEPS; t++) {
    for (let unit = 0; unit < INPUTS; unit++) {
      const away = Math.abs(unit - place) % INPUTS;
      if (draw() < 0.03 + 0.6 * Math.exp(-0.5 * Math.min(away, INPUTS - away) ** 2)) {
        times.push(t);
        units.push(unit);
      }
    }
  }
  return { times, units };
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
  const rows = await Promise.all(SEEDS.map(choose));
  for (const part of /** @type {const} */ (["before", "during", "after"])) {
    const of = (/** @type {"fixed" | "learning"} */ name) => rows.map((row) => Math.round(100 * row[name][part])).join(", ");
    console.log(`${part.padEnd(6)}  fixed ${of("fixed")} %   learning ${of("learning")} %`);
  }
}
