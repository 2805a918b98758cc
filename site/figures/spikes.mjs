// Two things that a small change of a weight can do to a unit: move a spike, or make one.
import { arrow, BLUE, path, svg, text, VERMILLION } from "./svg.mjs";

const STEPS = 40;
const CURRENT_DECAY = 0.86;
const MEMBRANE_DECAY = 0.9;
const INPUTS = [3, 7];
const GAIN = 0.16;

const WIDTH = 700;
const PANEL = 330;
const LEFT = 34;
const BOTTOM = 264;
const SCALE = 126;

/** Membrane of a unit whose inputs have this weight, up to its first spike; no reset after it. @param {number} weight */
function membrane(weight) {
  const values = [];
  let current = 0;
  let value = 0;
  for (let t = 0; t < STEPS; t++) {
    current = CURRENT_DECAY * current + (INPUTS.includes(t) ? weight : 0);
    value = MEMBRANE_DECAY * value + GAIN * current;
    values.push(value);
  }
  return values;
}

/** When the membrane reaches the threshold, between two steps. @param {number[]} values */
function crossing(values) {
  const t = values.findIndex((value) => value >= 1);
  const before = values[t - 1] ?? 0;
  return t - 1 + (1 - before) / ((values[t] ?? 1) - before);
}

/**
 * @param {number} offset
 * @param {number[]} values
 */
function points(offset, values) {
  return values.map((value, t) => /** @type {const} */ ([x(offset, t), y(value)]));
}

/**
 * @param {number} offset
 * @param {number} t
 */
const x = (offset, t) => offset + LEFT + ((PANEL - LEFT - 24) * t) / (STEPS - 1);
/** @param {number} value */
const y = (value) => BOTTOM - SCALE * value;

/**
 * @param {number} offset
 * @param {string} title
 */
function frame(offset, title) {
  return [
    text(offset + LEFT, 24, title, { isBold: true, size: 14 }),
    path(
      [
        [x(offset, 0), y(1)],
        [x(offset, STEPS - 1), y(1)],
      ],
      { dash: "5 4", opacity: 0.6 },
    ),
    text(x(offset, STEPS - 1), y(1) - 6, "threshold", { anchor: "end", opacity: 0.8 }),
    path(
      [
        [x(offset, 0), BOTTOM],
        [x(offset, STEPS - 1), BOTTOM],
      ],
      { opacity: 0.5 },
    ),
    text(x(offset, STEPS - 1), BOTTOM + 18, "time", { anchor: "end", opacity: 0.8 }),
    ...INPUTS.map((t) =>
      path(
        [
          [x(offset, t), BOTTOM],
          [x(offset, t), BOTTOM + 10],
        ],
        { width: 2.5 },
      ),
    ),
    text(x(offset, 0), BOTTOM + 26, "input spikes", { opacity: 0.8 }),
  ];
}

const [slow, fast] = [membrane(1), membrane(1.25)];
const [late, early] = [crossing(slow), crossing(fast)];
const [silent, born] = [membrane(0.82), membrane(1)];
const peak = silent.indexOf(Math.max(...silent));
const second = PANEL + 30;
/** Where a spike is drawn, above the panel. */
const SPIKE = 44;

export const shiftedAndBorn = svg(
  WIDTH,
  312,
  "Left: a larger weight lets a membrane cross the threshold earlier, so that the spike moves. Right: a membrane that stays below the threshold would fire with a larger weight, but has no spike whose time could change",
  [
    ...frame(0, "A spike is shifted"),
    path(points(0, slow), { opacity: 0.55, width: 2 }),
    path(points(0, fast), { colour: VERMILLION, width: 2.4 }),
    path(
      [
        [x(0, late), SPIKE],
        [x(0, late), SPIKE + 26],
      ],
      { width: 2.5, opacity: 0.55 },
    ),
    path(
      [
        [x(0, early), SPIKE],
        [x(0, early), SPIKE + 26],
      ],
      { width: 2.5, colour: VERMILLION },
    ),
    arrow([x(0, late) - 3, SPIKE + 13], [x(0, early) + 3, SPIKE + 13], { colour: VERMILLION }),
    text(x(0, late) + 12, SPIKE + 10, "ΔT = −ΔV / V′", { colour: VERMILLION, isBold: true }),
    text(x(0, late) + 12, SPIKE + 26, "timing gradient", { colour: VERMILLION }),
    ...frame(second, "A spike is born"),
    path(points(second, silent), { opacity: 0.55, width: 2 }),
    path(points(second, born), { colour: BLUE, width: 2.4, dash: "6 4" }),
    arrow([x(second, peak), y(silent[peak] ?? 0)], [x(second, peak), y(1) + 2], { colour: BLUE }),
    text(x(second, peak) + 26, SPIKE + 10, "σ′(V − threshold)", { colour: BLUE, isBold: true }),
    text(x(second, peak) + 26, SPIKE + 26, "activation gradient", { colour: BLUE }),
  ],
);
