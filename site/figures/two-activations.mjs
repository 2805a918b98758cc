// The paper's figure 3b from a trained network: a spike that moves is an activation that goes and one that comes.
import { createTrainer, datasets, encode } from "spikelet";
import { arrow, BLUE, circle, path, svg, text, VERMILLION } from "./svg.mjs";

const STEPS = 100;
/** Steps by which the spike moves in the figure. */
const MOVE = 8;

/** A hidden unit of a network that has learnt digits, with its only spike on one of them. */
async function learnt() {
  const trainer = await createTrainer({
    network: {
      input: 784,
      steps: STEPS,
      layers: [
        { type: "dense", units: 100 },
        { type: "dense", units: 10 },
      ],
    },
    rule: { type: "antlr" },
    loss: { type: "latency", inverseTemperature: 0.2, endSimulation: "off" },
    optimizer: { type: "adam", learningRate: 0.001 },
    schedule: { type: "constant" },
    training: { batchSize: 32, epochs: 4, threads: 1 },
  });
  const digits = (await datasets.digits()).encode(encode.latency({ last: 24 }));
  for await (const _ of trainer.run(digits.slice(0, 4000)));
  const { trace: [hidden] = [], prediction } = await trainer.gradients(digits.slice(4000, 4200), { trace: true });
  trainer.dispose();
  if (hidden === undefined) throw new Error("there is no trace");
  const { units, steps, membrane, spikeGradient, timingGradient } = hidden;
  const events = prediction.layers[0];
  /** @type {{ t: number, v: number[], spike: number[], timing: number } | undefined} */
  let best;
  for (let b = 0; b < 200; b++) {
    const { times = [], units: fired = [] } = events?.sample(b) ?? {};
    for (const [k, unit] of fired.entries()) {
      const t = times[k] ?? 0;
      if (fired.filter((one) => one === unit).length > 1 || t < 2 * MOVE || t > STEPS - 2 * MOVE) continue;
      const series = (/** @type {Float32Array} */ array) =>
        Array.from({ length: STEPS }, (_, s) => array[(b * steps + s) * units + unit] ?? 0);
      const timing = timingGradient[(b * steps + t) * units + unit] ?? 0;
      if (best === undefined || Math.abs(timing) > Math.abs(best.timing)) {
        best = { t, v: series(membrane), spike: series(spikeGradient), timing };
      }
    }
  }
  if (best === undefined) throw new Error("no unit fires once");
  return best;
}

const { t: late, v, spike, timing } = await learnt();
const early = late - MOVE;
/** Loss by the two activations, and by the time of the spike. */
export const CHANGES = {
  activations: (spike[early] ?? 0) - (spike[late] ?? 0),
  timing: -MOVE * timing,
  slope: ((spike[late + 1] ?? 0) - (spike[late - 1] ?? 0)) / 2,
  timingGradient: timing,
};

const WIDTH = 440;
const LEFT = 26;
const RIGHT = WIDTH - 16;
/** Steps that are shown. */
const LAST = Math.min(STEPS - 1, late + 30);

/** @param {number} step */
const x = (step) => LEFT + ((RIGHT - LEFT) * step) / LAST;

/**
 * Places of a panel's values between its upper and lower edge.
 *
 * @param {readonly number[]} values
 * @param {number} top
 * @param {number} bottom
 */
function scaled(values, top, bottom) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (/** @type {number} */ value) => bottom - ((bottom - top) * (value - low)) / (high - low);
}

const shown = Array.from({ length: LAST + 1 }, (_, step) => step);
const membraneAt = scaled([0, 1.1], 60, 160);
const gradientAt = scaled([...spike.slice(0, LAST + 1), 0], 230, 350);
/** @param {number} value */
const short = (value) => value.toPrecision(3).replace("-", "−");
const tangent = (/** @type {number} */ step) => (spike[late] ?? 0) + timing * (step - late);

export const twoActivations = svg(
  WIDTH,
  422,
  `A hidden unit of a trained network fires once, at step ${late}. Moving the spike to step ${early} takes an activation away and adds one; by the loss's derivative at the two steps that changes the loss by ${short(CHANGES.activations)}, by the timing gradient, which is the slope of that derivative, by ${short(CHANGES.timing)}`,
  [
    text(12, 24, "Membrane of a hidden unit", { isBold: true, size: 14 }),
    path(
      [
        [x(0), membraneAt(1)],
        [x(LAST), membraneAt(1)],
      ],
      { dash: "5 4", opacity: 0.6 },
    ),
    text(x(0), membraneAt(1) - 6, "threshold", { opacity: 0.8 }),
    path(
      shown.map((step) => /** @type {const} */ ([x(step), membraneAt(v[step] ?? 0)])),
      { width: 2, opacity: 0.6 },
    ),
    ...mark(late, `activation at ${late}: goes`, VERMILLION, 12, "start"),
    ...mark(early, `activation at ${early}: comes`, BLUE, -12, "end"),
    arrow([x(late) - 4, 50], [x(early) + 4, 50], {}),
    text(12, 206, "Derivative of the loss by an activation of the unit", { isBold: true, size: 14 }),
    path(
      [
        [x(0), gradientAt(0)],
        [x(LAST), gradientAt(0)],
      ],
      { opacity: 0.4 },
    ),
    text(LEFT - 8, gradientAt(0) + 4, "0", { anchor: "end", opacity: 0.8 }),
    path(
      shown.map((step) => /** @type {const} */ ([x(step), gradientAt(spike[step] ?? 0)])),
      { width: 2, opacity: 0.6 },
    ),
    path(
      [early - 4, late + 12].map((step) => /** @type {const} */ ([x(step), gradientAt(tangent(step))])),
      { dash: "6 4", width: 2 },
    ),
    circle(x(late), gradientAt(spike[late] ?? 0), 5, { fill: VERMILLION, colour: VERMILLION }),
    circle(x(early), gradientAt(spike[early] ?? 0), 5, { fill: BLUE, colour: BLUE }),
    text(x(LAST), gradientAt(spike[late] ?? 0) + 36, "slope at the spike = timing gradient", { anchor: "end", isBold: true }),
    text(x(0), 384, `two activations: ${short(CHANGES.activations)}`, { isBold: true, colour: BLUE }),
    text(x(0), 406, `timing gradient × ${MOVE} steps: ${short(CHANGES.timing)}`, { isBold: true }),
  ],
);

/**
 * A spike above the membrane.
 *
 * @param {number} step
 * @param {string} words
 * @param {string} colour
 * @param {number} offset
 * @param {"start" | "end"} anchor
 */
function mark(step, words, colour, offset, anchor) {
  return [
    path(
      [
        [x(step), 38],
        [x(step), 62],
      ],
      { colour, width: 2.5 },
    ),
    text(x(step) + offset, 42, words, { colour, anchor }),
  ];
}
