// The same input spikes under three resets.
import { WIDTH } from "../figures/panels.mjs";
import { text } from "../figures/svg.mjs";
import { listed, PANEL, panel } from "./panel.mjs";

/** @typedef {Awaited<ReturnType<typeof import("./runs.mjs").RUNS.resets>>} Data */

const WHAT = {
  all: "current and membrane to 0",
  membrane: "membrane to 0, the current goes on",
  subtract: "minus the threshold, the current goes on",
};
const START = 0.85;

/** @param {Data} data @param {{ weight: number }} setting */
function draw({ arrivals, runs, weights }, { weight: place }) {
  const resets = /** @type {readonly import("./runs.mjs").Reset[]} */ (Object.keys(WHAT));
  const shown = resets.map((reset) => ({ reset, run: runs[reset][place] ?? { membrane: [], fired: [] } }));
  const times = (/** @type {number} */ count) => (count === 1 ? "once" : `${count} times`);
  const counts = shown.map(({ reset, run }) => `with “${reset}” ${times(run.fired.length)}`);
  const sentence = `With the weight ${(weights[place] ?? 0).toFixed(2)} the unit fires ${listed(counts)}.`;
  return {
    width: WIDTH,
    height: PANEL * shown.length + 8,
    description: `The same input spikes drive a unit with three resets. ${sentence}`,
    sentence,
    parts: [
      ...shown.flatMap(({ reset, run }, k) =>
        panel(PANEL * k, { title: `"${reset}"`, what: WHAT[reset], arrivals: [arrivals], run }),
      ),
      text(12, PANEL * shown.length + 2, "input spikes", { opacity: 0.8, size: 12 }),
    ],
  };
}

/** @satisfies {import("./scenes.mjs").Scene} */
export const resetsScene = {
  controls: [
    {
      kind: "slider",
      key: "weight",
      label: "Weight",
      places: (/** @type {Data} */ { weights }) => weights.length,
      start: (/** @type {Data} */ { weights }) => weights.indexOf(START),
      valueText: (/** @type {Data} */ { weights }, /** @type {number} */ place) => (weights[place] ?? 0).toFixed(2),
    },
  ],
  draw,
};
