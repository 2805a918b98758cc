// Membranes of single units, by the equations of the specification (1.1, 10.2, 13): resets and delays.
import { along, between, curve, level, spikes, WIDTH } from "./panels.mjs";
import { BLUE, GREEN, svg, text, titled, VERMILLION } from "./svg.mjs";

const CURRENT_DECAY = 0.8;
const MEMBRANE_DECAY = 0.93;
/** Gain that lifts the membrane to about 1 by one spike over a weight of 1. */
const GAIN = 0.28;

/**
 * @typedef {"all" | "membrane" | "subtract"} Reset
 *
 * @param {number} steps
 * @param {readonly number[]} arrivals steps at which input spikes arrive
 * @param {{ weight: number, reset?: Reset }} options
 * @returns {{ membrane: number[], fired: number[] }} the membrane with its value before the reset at a spike, and the spikes
 */
function simulated(steps, arrivals, { weight, reset = "all" }) {
  const membrane = [];
  const fired = [];
  let current = 0;
  let carried = 0;
  for (let t = 0; t < steps; t++) {
    current = CURRENT_DECAY * current + weight * arrivals.filter((arrival) => arrival === t).length;
    const value = MEMBRANE_DECAY * carried + GAIN * current;
    membrane.push(value);
    carried = value;
    if (value < 1) continue;
    fired.push(t);
    if (reset === "all") current = 0;
    carried = reset === "subtract" ? value - 1 : 0;
  }
  return { membrane, fired };
}

const STEPS = 60;
const PANEL = 136;
const HEIGHT = 76;

/**
 * @param {number} top
 * @param {{ title: string, what: string, arrivals: readonly (readonly number[])[], run: ReturnType<typeof simulated>, colour: string }} options
 */
function panel(top, { title, what, arrivals, run: { membrane, fired }, colour }) {
  const x = along(STEPS);
  const y = between([0, 1.5], top + 22, HEIGHT);
  const inputs = [BLUE, GREEN];
  return [
    titled(12, top + 12, title, what),
    level(y(1), "threshold", { dash: "5 4" }),
    curve(membrane, x, y, { colour }),
    spikes(fired, x, top + 22, 14, { colour, width: 3 }),
    level(y(0), ""),
    ...arrivals.map((steps, k) =>
      spikes(steps, x, y(0) + 3 + 11 * k, 10, arrivals.length === 1 ? {} : { colour: inputs[k] ?? "", width: 3 }),
    ),
  ];
}

const DRIVE = [2, 5, 8, 11, 26, 30, 33, 36, 39, 42];
const RESETS = /** @type {const} */ ([
  ["all", "current and membrane to 0"],
  ["membrane", "membrane to 0, the current goes on"],
  ["subtract", "minus the threshold, the current goes on"],
]);
const byReset = RESETS.map(([reset, what]) => ({ reset, what, run: simulated(STEPS, DRIVE, { weight: 0.85, reset }) }));

export const resets = svg(
  WIDTH,
  PANEL * byReset.length + 8,
  `The same input spikes drive a unit with three resets: ${byReset.map(({ reset, run }) => `with ${reset} it fires ${run.fired.length} times`).join(", ")}`,
  [
    ...byReset.flatMap(({ reset, what, run }, k) =>
      panel(PANEL * k, { title: `"${reset}"`, what, arrivals: [DRIVE], run, colour: VERMILLION }),
    ),
    text(12, PANEL * byReset.length + 2, "input spikes", { opacity: 0.8, size: 12 }),
  ],
);

const DELAY = 18;
/** Steps of the inputs A and B. */
const ORDERS = { "A, then B": [8, 26], "B, then A": [26, 8] };
const WEIGHT = 0.62;
const byOrder = [0, DELAY].flatMap((delay) =>
  Object.entries(ORDERS).map(([order, [a = 0, b = 0]]) => ({
    order,
    delay,
    arrivals: [[a + delay], [b]],
    run: simulated(STEPS, [a + delay, b], { weight: WEIGHT }),
  })),
);

export const delays = svg(
  WIDTH,
  PANEL * byOrder.length + 8,
  `A unit gets a spike of input A and one of input B, ${DELAY} steps apart, in either order. ${byOrder.map(({ order, delay, run }) => `${delay === 0 ? "Without delays" : `With A delayed by ${delay} steps`}, ${order}: ${run.fired.length === 0 ? "it stays silent" : "it fires"}`).join(". ")}`,
  [
    ...byOrder.flatMap(({ order, delay, arrivals, run }, k) =>
      panel(PANEL * k, {
        title: order,
        what: delay === 0 ? "without delays" : `A is delayed by ${delay} steps`,
        arrivals,
        run,
        colour: VERMILLION,
      }),
    ),
    text(12, PANEL * byOrder.length + 2, "arrivals of ", { opacity: 0.8, size: 12 }),
    text(78, PANEL * byOrder.length + 2, "A", { colour: BLUE, isBold: true, size: 12 }),
    text(92, PANEL * byOrder.length + 2, "and", { opacity: 0.8, size: 12 }),
    text(118, PANEL * byOrder.length + 2, "B", { colour: GREEN, isBold: true, size: 12 }),
  ],
);
