// Two inputs in either order, of which the first is delayed.
import { WIDTH } from "../figures/panels.mjs";
import { BLUE, GREEN, text } from "../figures/svg.mjs";
import { PANEL, panel, saidOf } from "./panel.mjs";

/** @typedef {Awaited<ReturnType<typeof import("./runs.mjs").RUNS.delays>>} Data */

const START = 18;

/**
 * Panels for each order and each delay.
 *
 * @param {Data} data
 * @param {readonly number[]} places of the delays
 */
export function drawDelays({ delays, orders, steps }, places) {
  const shown = places.flatMap((place) =>
    orders.map(({ order, a, b, runs }) => {
      const delay = delays[place] ?? 0;
      const arrivals = [a + delay, b].map((step) => (step < steps ? [step] : []));
      return { order, delay, arrivals, run: runs[place] ?? { membrane: [], fired: [] } };
    }),
  );
  const said = shown.map(({ order, delay, run }) => {
    const when = delay === 0 ? "Without delays" : `With A delayed by ${delay} step${delay === 1 ? "" : "s"}`;
    return { order, when, what: `the unit ${saidOf(run.fired)}` };
  });
  const sentence = said.map(({ order, when, what }, k) =>
    k % 2 === 0 ? `${when}, “${order}”: ${what}; ` : `“${order}”: ${what}.`,
  );
  const bottom = PANEL * shown.length;
  return {
    width: WIDTH,
    height: bottom + 8,
    description: `A unit gets a spike of input A and one of input B, 18 steps apart, in either order. ${sentence.join("").replaceAll(".W", ". W")}`,
    sentence: sentence.join(""),
    parts: [
      ...shown.flatMap(({ order, delay, arrivals, run }, k) =>
        panel(PANEL * k, {
          title: order,
          what: delay === 0 ? "without delays" : `A is delayed by ${delay} step${delay === 1 ? "" : "s"}`,
          arrivals,
          run,
        }),
      ),
      text(12, bottom + 2, "arrivals of ", { opacity: 0.8, size: 12 }),
      text(78, bottom + 2, "A", { colour: BLUE, isBold: true, size: 12 }),
      text(92, bottom + 2, "and", { opacity: 0.8, size: 12 }),
      text(118, bottom + 2, "B", { colour: GREEN, isBold: true, size: 12 }),
    ],
  };
}

/** @satisfies {import("./scenes.mjs").Scene} */
export const delaysScene = {
  controls: [
    {
      kind: "slider",
      key: "delay",
      label: "Delay of A",
      places: (/** @type {Data} */ { delays }) => delays.length,
      start: (/** @type {Data} */ { delays }) => delays.indexOf(START),
      valueText: (/** @type {Data} */ { delays }, /** @type {number} */ place) => `${delays[place]} steps`,
    },
  ],
  draw: (/** @type {Data} */ data, /** @type {{ delay: number }} */ { delay }) => drawDelays(data, [delay]),
};
