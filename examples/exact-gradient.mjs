// node examples/exact-gradient.mjs: how far the gradient of `eventProp` is from the exact one, by the length of a step.
//
// One unit with the reset `membrane` is driven by three input spikes: weakly, so that it fires a few times, or so strongly that it
// chatters; two readouts see its spikes, and the larger of their last membranes decides. Between two spikes the equations have a
// solution in closed form, which gives the spike times of a unit without steps; central differences of its loss are the exact
// gradient.
import { pathToFileURL } from "node:url";
import { createNetwork, datasets } from "spikelet";

/** Milliseconds. */
const [END, CURRENT, MEMBRANE] = [60, 5, 20];
const INPUTS = [3, 12, 21];
/** Weight of the first readout; that of the second is the opposite. */
const READOUT = 0.1;
const THRESHOLD = 1;
/** Gain of the current on the membrane, in 1/ms: one spike over a weight of 1 lifts the membrane to the threshold. */
const GAIN = 1 / Math.max(...Array.from({ length: 3000 }, (_, k) => response(k / 100)));

/** Weights of the inputs, weak ones and strong ones. */
export const DRIVES = [
  [1.5, 1.2, 1.4],
  [3, 2, 2],
  [8, 8, 8],
];
/** Milliseconds. */
export const STEPS = [1, 0.3, 0.1, 0.03, 0.01, 0.003];

/** Membrane at `time` after a spike that raises the current by 1, without gain. @param {number} time */
function response(time) {
  return (Math.exp(-time / MEMBRANE) - Math.exp(-time / CURRENT)) / (1 / CURRENT - 1 / MEMBRANE);
}

/**
 * Spike times of the unit without steps.
 *
 * @param {readonly number[]} weights
 */
export function spikesOf(weights) {
  const spikes = [];
  let [now, current, membrane] = [0, 0, 0];
  for (const [k, until] of [...INPUTS, END].entries()) {
    for (;;) {
      const [I, V] = [current, membrane];
      const at = (/** @type {number} */ time) => V * Math.exp(-time / MEMBRANE) + GAIN * I * response(time);
      const crossing = firstCrossing(at, until - now);
      const passed = crossing ?? until - now;
      [now, current, membrane] = [now + passed, I * Math.exp(-passed / CURRENT), crossing === undefined ? at(passed) : 0];
      if (crossing === undefined) break;
      spikes.push(now);
    }
    current += weights[k] ?? 0;
  }
  return spikes;
}

/**
 * When a membrane first reaches the threshold within `span`.
 *
 * @param {(time: number) => number} membrane
 * @param {number} span
 */
function firstCrossing(membrane, span) {
  for (let from = 0; from < span; from += 0.02) {
    let [low, high] = [from, Math.min(span, from + 0.02)];
    if (membrane(high) < THRESHOLD) continue;
    for (let halving = 0; halving < 60; halving++) {
      const middle = (low + high) / 2;
      if (membrane(middle) < THRESHOLD) low = middle;
      else high = middle;
    }
    return high;
  }
  return undefined;
}

/**
 * Cross-entropy of the last membranes for the first readout (specification 11).
 *
 * @param {readonly number[]} spikes
 */
function lossOf(spikes) {
  const membrane = READOUT * GAIN * spikes.reduce((sum, time) => sum + response(END - time), 0);
  return Math.log(1 + Math.exp(-2 * membrane));
}

/** @param {readonly number[]} weights */
export function exactGradient(weights) {
  const change = 1e-6;
  return weights.map((_, k) => {
    const moved = (/** @type {number} */ by) => lossOf(spikesOf(weights.map((weight, i) => (i === k ? weight + by : weight))));
    return (moved(change) - moved(-change)) / (2 * change);
  });
}

/**
 * Gradient of the rule and number of spikes with steps of `step` milliseconds.
 *
 * @param {readonly number[]} weights
 * @param {number} step
 */
export async function steppedGradient(weights, step) {
  const decay = (/** @type {number} */ constant) => Math.exp(-step / constant);
  const network = await createNetwork(
    {
      network: {
        input: INPUTS.length,
        steps: Math.round(END / step),
        neuron: {
          currentDecay: decay(CURRENT),
          membraneDecay: decay(MEMBRANE),
          gain: "manual",
          currentGain: 1,
          membraneGain: GAIN * step,
          threshold: THRESHOLD,
          reset: "membrane",
        },
        layers: [
          { type: "dense", units: 1 },
          { type: "dense", units: 2, neuron: { type: "leaky" } },
        ],
      },
      rule: { type: "eventProp", slopeFloor: 0 },
      loss: { type: "membrane", statistic: "last" },
      training: { gradientClip: null, threads: 1 },
    },
    {
      parameters: [
        { weights: Float32Array.from(weights), biases: new Float32Array(1) },
        { weights: Float32Array.of(READOUT, -READOUT), biases: new Float32Array(2) },
      ],
    },
  );
  try {
    const times = INPUTS.map((time) => Math.round(time / step));
    const spikes = [{ times, units: times.map((_, unit) => unit) }];
    const data = datasets.fromSpikes({ spikes, labels: [0], shape: [times.length] });
    const { layers, prediction } = await network.gradients(data);
    return { gradient: Array.from(layers[0]?.weights ?? []), spikes: prediction.layers[0]?.times.length ?? 0 };
  } finally {
    network.dispose();
  }
}

/**
 * Length of the difference to the exact gradient for each step, as a fraction of the length of that, and the spikes of the unit
 * without steps.
 *
 * @param {readonly number[]} weights
 * @param {readonly number[]} [steps]
 */
export async function errorsOf(weights, steps = STEPS) {
  const exact = exactGradient(weights);
  const found = [];
  for (const step of steps) {
    const { gradient, spikes } = await steppedGradient(weights, step);
    const error = Math.hypot(...exact.map((value, k) => (gradient[k] ?? 0) - value)) / Math.hypot(...exact);
    found.push({ step, spikes, error });
  }
  return { spikes: spikesOf(weights), found };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(`| spikes | shortest interval | ${STEPS.map((step) => `${step} ms`).join(" | ")} |`);
  console.log(`|---:|---:|${STEPS.map(() => "---:|").join("")}`);
  for (const weights of DRIVES) {
    const { spikes, found } = await errorsOf(weights);
    const interval = Math.min(...spikes.slice(1).map((time, k) => time - (spikes[k] ?? 0)));
    const cells = found.map((one) => `${(100 * one.error).toPrecision(2)} % (${one.spikes})`);
    console.log(`| ${spikes.length} | ${interval.toFixed(1)} ms | ${cells.join(" | ")} |`);
  }
}
