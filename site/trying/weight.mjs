// One unit whose weight is dragged: its spike moves, or is born.
import { between, LEFT, level, RIGHT, WIDTH } from "../figures/panels.mjs";
import { circle, path, text, titled, VERMILLION } from "../figures/svg.mjs";
import { PANEL, panel, saidOf } from "./panel.mjs";

/** @typedef {Awaited<ReturnType<typeof import("./runs.mjs").RUNS.weight>>} Data */

/** Weight of the membrane that stays in the figure for comparison, at which the unit is silent. */
const COMPARED = 0.4;
const START = 0.6;

/** Height of the second panel, which shows the step of the first spike. */
const STAIRS = { top: PANEL + 20, height: 96 };
const LATEST = 20;

/** @param {Data} data @param {number} weight */
function placeOf({ weights }, weight) {
  return weights.reduce((best, other, k) => (Math.abs(other - weight) < Math.abs((weights[best] ?? 0) - weight) ? k : best), 0);
}

/** @param {Data} data @param {{ weight: number }} setting */
function draw(data, { weight: place }) {
  const { arrivals, runs, weights } = data;
  const weight = weights[place] ?? 0;
  const run = runs[place] ?? { membrane: [], fired: [] };
  const sentence = `With the weight ${weight.toFixed(2)} the unit ${saidOf(run.fired)}.`;
  const x = (/** @type {number} */ other) =>
    LEFT + 30 + ((RIGHT - LEFT - 40) * (other - (weights[0] ?? 0))) / ((weights.at(-1) ?? 1) - (weights[0] ?? 0));
  const y = between([7, LATEST], STAIRS.top + 22, STAIRS.height);
  const bottom = STAIRS.top + 22 + STAIRS.height;
  const silent = runs.findIndex(({ fired }) => fired.length > 0);
  const stairs = runs.flatMap(({ fired: [first] }, k) =>
    first === undefined ? [] : [/** @type {const} */ ([x(weights[k] ?? 0), y(first)])],
  );
  const at = run.fired[0];
  return {
    width: WIDTH,
    height: bottom + 40,
    description: `A unit with three input spikes. ${sentence} Below, the step of its first spike for each weight: none up to ${weights[silent - 1]}, then steps down from ${runs[silent]?.fired[0]} to ${runs.at(-1)?.fired[0]}`,
    sentence,
    parts: [
      ...panel(0, {
        title: "Membrane",
        what: `weight ${weight.toFixed(2)}`,
        arrivals: [arrivals],
        run,
        before: runs[placeOf(data, COMPARED)],
      }),
      titled(12, STAIRS.top + 12, "First spike", "by weight"),
      text(LEFT, y(10) + 4, "10", { opacity: 0.8 }),
      text(LEFT, y(LATEST) + 12, `step ${LATEST}`, { opacity: 0.8 }),
      level(bottom, ""),
      path(
        stairs.flatMap(([left, height], k) => [
          ...(k > 0 ? [/** @type {const} */ ([left, stairs[k - 1]?.[1] ?? height])] : []),
          /** @type {const} */ ([left, height]),
        ]),
        { width: 2 },
      ),
      text(x(weights[0] ?? 0), bottom - 8, "silent", { opacity: 0.8 }),
      path(
        [
          [x(weight), STAIRS.top + 22],
          [x(weight), bottom],
        ],
        { colour: VERMILLION, width: 1.2 },
      ),
      ...(at === undefined ? [] : [circle(x(weight), y(at), 4.5, { colour: VERMILLION, fill: VERMILLION })]),
      ...[0.4, 0.8, 1.2, 1.6].map((other) => text(x(other), bottom + 18, String(other), { anchor: "middle", opacity: 0.8 })),
      text(x(0.2), bottom + 34, "weight", { opacity: 0.8 }),
    ],
  };
}

/** @satisfies {import("./scenes.mjs").Scene} */
export const weightScene = {
  controls: [
    {
      kind: "slider",
      key: "weight",
      label: "Weight",
      places: (/** @type {Data} */ { weights }) => weights.length,
      start: (/** @type {Data} */ data) => placeOf(data, START),
      valueText: (/** @type {Data} */ { weights }, /** @type {number} */ place) => (weights[place] ?? 0).toFixed(2),
    },
  ],
  draw,
};
