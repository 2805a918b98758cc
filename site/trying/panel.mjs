// A membrane with its threshold, its spikes above and the spikes of its inputs below.
import { along, between, curve, level, spikes } from "../figures/panels.mjs";
import { BLUE, GREEN, titled, VERMILLION } from "../figures/svg.mjs";

/** Height of a panel with the gap below it. */
export const PANEL = 136;
const HEIGHT = 76;
const INPUTS = [BLUE, GREEN];

/**
 * @param {number} top
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.what
 * @param {readonly (readonly number[])[]} options.arrivals steps at which spikes arrive, for each input
 * @param {import("./runs.mjs").Run} options.run
 * @param {import("./runs.mjs").Run} [options.before] drawn faintly
 */
export function panel(top, { title, what, arrivals, run, before }) {
  const x = along(run.membrane.length);
  const y = between([0, 1.5], top + 22, HEIGHT);
  return [
    titled(12, top + 12, title, what),
    level(y(1), "threshold", { dash: "5 4" }),
    ...(before === undefined
      ? []
      : [curve(before.membrane, x, y, { opacity: 0.4 }), spikes(before.fired, x, top + 22, 14, { opacity: 0.4, width: 3 })]),
    curve(run.membrane, x, y, { colour: VERMILLION }),
    spikes(run.fired, x, top + 22, 14, { colour: VERMILLION, width: 3 }),
    level(y(0), ""),
    ...arrivals.map((steps, k) =>
      spikes(steps, x, y(0) + 3 + 11 * k, 10, arrivals.length === 1 ? {} : { colour: INPUTS[k] ?? "", width: 3 }),
    ),
  ];
}

/** Words for the spikes of a unit. @param {readonly number[]} fired */
export function saidOf(fired) {
  if (fired.length === 0) return "stays silent";
  return `fires at step${fired.length === 1 ? "" : "s"} ${listed(fired)}`;
}

/** @param {readonly (string | number)[]} words */
export function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
