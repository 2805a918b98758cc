// Two things that a small change of a weight can do to a unit: move a spike, or make one.
import { arrow, BLUE, path, svg, text, VERMILLION } from "./svg.mjs";

const STEPS = 40;
const CURRENT_DECAY = 0.86;
const MEMBRANE_DECAY = 0.9;
const INPUTS = [3, 7];
const GAIN = 0.16;

const WIDTH = 360;
/** Height of a panel with the gap below it. */
const PANEL = 318;
const LEFT = 14;
const BOTTOM = 264;
const SCALE = 126;

/** Membrane of a unit whose inputs have this weight: current and membrane start from zero after a spike. @param {number} weight */
function membrane(weight) {
  const values = [];
  let current = 0;
  let value = 0;
  for (let t = 0; t < STEPS; t++) {
    const hasFired = value >= 1;
    current = (hasFired ? 0 : CURRENT_DECAY * current) + (INPUTS.includes(t) ? weight : 0);
    value = (hasFired ? 0 : MEMBRANE_DECAY * value) + GAIN * current;
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
  return values.map((value, t) => /** @type {const} */ ([x(t), offset + y(value)]));
}

/** @param {number} t */
const x = (t) => LEFT + ((WIDTH - LEFT - 14) * t) / (STEPS - 1);
/** @param {number} value */
const y = (value) => BOTTOM - SCALE * value;

/**
 * @param {number} offset
 * @param {string} title
 */
function frame(offset, title) {
  const [threshold, ground] = [offset + y(1), offset + BOTTOM];
  return [
    text(LEFT, offset + 24, title, { isBold: true, size: 14 }),
    path(
      [
        [x(0), threshold],
        [x(STEPS - 1), threshold],
      ],
      { dash: "5 4", opacity: 0.6 },
    ),
    text(x(STEPS - 1), threshold - 6, "threshold", { anchor: "end", opacity: 0.8 }),
    path(
      [
        [x(0), ground],
        [x(STEPS - 1), ground],
      ],
      { opacity: 0.5 },
    ),
    text(x(STEPS - 1), ground + 18, "time", { anchor: "end", opacity: 0.8 }),
    ...INPUTS.map((t) =>
      path(
        [
          [x(t), ground],
          [x(t), ground + 10],
        ],
        { width: 2.5 },
      ),
    ),
    text(x(0), ground + 26, "input spikes", { opacity: 0.8 }),
  ];
}

const [slow, fast] = [membrane(1), membrane(1.25)];
const [late, early] = [crossing(slow), crossing(fast)];
const [silent, born] = [membrane(0.82), membrane(1)];
const peak = silent.indexOf(Math.max(...silent));
const bornAt = crossing(born);
/** Where a spike is drawn, above the panel. */
const SPIKE = 44;

export const shiftedAndBorn = svg(
  WIDTH,
  PANEL + 300,
  "Above: a larger weight lets a membrane cross the threshold earlier, so that the spike moves; after the spike the membrane starts again from zero. Below: a membrane that stays below the threshold would fire with a larger weight, but has no spike whose time could change",
  [
    ...frame(0, "A spike is shifted"),
    path(points(0, slow), { opacity: 0.55, width: 2 }),
    path(points(0, fast), { colour: VERMILLION, width: 2.4 }),
    spike(0, late, { opacity: 0.55 }),
    spike(0, early, { colour: VERMILLION }),
    arrow([x(late) - 3, SPIKE + 13], [x(early) + 3, SPIKE + 13], { colour: VERMILLION }),
    text(x(late) + 12, SPIKE + 10, "ΔT = −ΔV / V′", { colour: VERMILLION, isBold: true }),
    text(x(late) + 12, SPIKE + 26, "timing gradient", { colour: VERMILLION }),
    text(x(late) + 16, BOTTOM - 52, "reset: it starts", { opacity: 0.8 }),
    text(x(late) + 16, BOTTOM - 36, "again from zero", { opacity: 0.8 }),
    ...frame(PANEL, "A spike is born"),
    path(points(PANEL, silent), { opacity: 0.55, width: 2 }),
    path(points(PANEL, born), { colour: BLUE, width: 2.4, dash: "6 4" }),
    spike(PANEL, bornAt, { colour: BLUE, dash: "4 3" }),
    arrow([x(peak), PANEL + y(silent[peak] ?? 0)], [x(peak), PANEL + y(1) + 2], { colour: BLUE }),
    text(x(bornAt) + 12, PANEL + SPIKE + 10, "σ′(V − threshold)", { colour: BLUE, isBold: true }),
    text(x(bornAt) + 12, PANEL + SPIKE + 26, "activation gradient", { colour: BLUE }),
  ],
);

/**
 * A spike above its panel.
 *
 * @param {number} offset
 * @param {number} t
 * @param {import("./svg.mjs").Pen} pen
 */
function spike(offset, t, pen) {
  return path(
    [
      [x(t), offset + SPIKE],
      [x(t), offset + SPIKE + 26],
    ],
    { width: 2.5, ...pen },
  );
}
