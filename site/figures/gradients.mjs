// The computational graphs of the three gradients: two units over six steps, and the way a gradient takes back from the loss.
import { arrow, BLUE, box, circle, path, svg, text, VERMILLION } from "./svg.mjs";

const STEPS = 6;
/** Steps at which the sending and the receiving unit fire. */
const SENT = 1;
const FIRED = 4;

const X = 128;
const STEP = 44;
/** Heights of the rows, from the loss down. */
const ROW = { loss: 46, fired: 104, membrane: 168, sent: 262, below: 326 };
const WIDTH = X + STEP * (STEPS - 1) + 52;
/** Height of the graph, with the notes below it. */
const GRAPH = 400;
const HEIGHT = GRAPH + 70;

const FAINT = { width: 1.2, opacity: 0.3 };
const GAP = 15;

/** @param {number} t */
const column = (t) => X + STEP * t + 20;

/** What is computed forward: the same in each figure. */
function network() {
  const parts = [
    text(12, ROW.fired + 4, "output spikes"),
    text(12, ROW.membrane - 4, "membrane of the"),
    text(12, ROW.membrane + 12, "output unit"),
    text(12, ROW.sent + 4, "hidden spikes"),
    text(12, ROW.below - 4, "membrane of the"),
    text(12, ROW.below + 12, "hidden unit"),
    box(column(0) - 26, ROW.loss - 15, STEP * (STEPS - 1) + 52, 30, { opacity: 0.6 }),
    text(column(2.5), ROW.loss + 4, "loss", { anchor: "middle" }),
    text(column(2.5), GRAPH - 14, "step", { anchor: "middle", opacity: 0.75 }),
  ];
  for (let t = 0; t < STEPS; t++) {
    const x = column(t);
    parts.push(
      spike(x, ROW.fired, t === FIRED),
      circle(x, ROW.membrane, 12, { opacity: 0.6 }),
      spike(x, ROW.sent, t === SENT),
      circle(x, ROW.below, 12, { opacity: 0.6 }),
      text(x, GRAPH - 34, String(t), { anchor: "middle", opacity: 0.75 }),
      path(
        [
          [x, ROW.below - GAP],
          [x, ROW.sent + GAP],
        ],
        FAINT,
      ),
      path(
        [
          [x, ROW.sent - GAP],
          [x, ROW.membrane + GAP],
        ],
        FAINT,
      ),
      path(
        [
          [x, ROW.membrane - GAP],
          [x, ROW.fired + GAP],
        ],
        FAINT,
      ),
      path(
        [
          [x, ROW.fired - GAP],
          [x, ROW.loss + 15],
        ],
        FAINT,
      ),
    );
    if (t === 0) continue;
    for (const row of [ROW.membrane, ROW.below])
      parts.push(
        path(
          [
            [column(t - 1) + GAP, row],
            [x - GAP, row],
          ],
          FAINT,
        ),
      );
  }
  return parts;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {boolean} isThere
 */
function spike(x, y, isThere) {
  return box(x - 10, y - 10, 20, 20, { radius: 2, fill: isThere ? "currentColor" : "none", opacity: 0.6 });
}

/**
 * Arrows of the activation part: down at every step, back in time along the membrane but not through a reset.
 *
 * @param {number} [shift] to the side, where another part runs beside
 */
function activation(shift = 0) {
  const parts = [];
  const pen = { colour: BLUE, width: 2.2 };
  for (let t = 0; t < STEPS; t++) {
    const x = column(t) + shift;
    parts.push(
      arrow([x, ROW.loss + 15], [x, ROW.fired - GAP], pen),
      arrow([x, ROW.fired + GAP - 3], [x, ROW.membrane - GAP + 1], pen),
      arrow([x, ROW.membrane + GAP], [x, ROW.sent - GAP], pen),
      arrow([x, ROW.sent + GAP - 3], [x, ROW.below - GAP + 1], pen),
    );
  }
  return [...parts, ...back(ROW.membrane, FIRED, 0, STEPS - 1, shift, pen), ...back(ROW.below, SENT, 0, STEPS - 1, shift, pen)];
}

/**
 * Arrows of the timing part: down at the spikes alone, back in time from the later spike to the earlier one.
 *
 * @param {number} [shift]
 */
function timing(shift = 0) {
  const pen = { colour: VERMILLION, width: 2.2 };
  const later = column(FIRED) + shift;
  const earlier = column(SENT) + shift;
  return [
    arrow([later, ROW.loss + 15], [later, ROW.fired - GAP], pen),
    arrow([later, ROW.fired + GAP - 3], [later, ROW.membrane - GAP + 1], pen),
    ...back(ROW.membrane, FIRED, SENT, FIRED, shift, pen),
    arrow([earlier, ROW.membrane + GAP], [earlier, ROW.sent - GAP], pen),
    arrow([earlier, ROW.sent + GAP - 3], [earlier, ROW.below - GAP + 1], pen),
    ...back(ROW.below, SENT, 0, SENT, shift, pen),
  ];
}

/**
 * From step to step backward in time; nothing passes from the steps after a spike to the spike.
 *
 * @param {number} y
 * @param {number} reset step of the spike
 * @param {number} first
 * @param {number} last
 * @param {number} shift
 * @param {import("./svg.mjs").Pen} pen
 */
function back(y, reset, first, last, shift, pen) {
  const parts = [];
  for (let t = last; t > first; t--) {
    if (t - 1 === reset) continue;
    parts.push(arrow([column(t) - GAP, y + shift], [column(t - 1) + GAP, y + shift], pen));
  }
  return parts;
}

/**
 * Notes below the graph: what an arrow is, and by what it multiplies.
 *
 * @param {readonly (readonly [colour: string, arrows: string, factor: string])[]} lines
 */
const notes = (lines) =>
  lines.flatMap(([colour, arrows, factor], k) => [
    text(12, GRAPH + 14 + 20 * k, arrows, { colour }),
    text(142, GRAPH + 14 + 20 * k, factor, { colour, isBold: true }),
  ]);

export const activationGraph = svg(
  WIDTH,
  HEIGHT,
  "The activation gradient: from the loss down to each membrane at every step by the surrogate derivative, and back in time along the membrane, but not through the reset after a spike",
  [
    ...network(),
    ...activation(),
    ...notes([
      [BLUE, "into a membrane", "× σ′(V − threshold), at every step"],
      [BLUE, "back in time", "× decay, but not through a reset"],
      [BLUE, "to hidden spikes", "× weight"],
    ]),
  ],
);

export const timingGraph = svg(
  WIDTH,
  HEIGHT,
  "The timing gradient: from the loss to the output spike, along its membrane back to the hidden spike that helped to cause it, and from there to the membrane of the hidden unit; steps without a spike get nothing",
  [
    ...network(),
    ...timing(),
    ...notes([
      [VERMILLION, "into a membrane", "× −1 / V′, at a spike only"],
      [VERMILLION, "back in time and", "× weight × slope of the kernel,"],
      [VERMILLION, "to a hidden spike", "from the later spike to the earlier"],
    ]),
  ],
);

export const antlrGraph = svg(
  WIDTH,
  HEIGHT,
  "The ANTLR gradient: both parts meet in each membrane, and their sum goes on to both parts of the layer before",
  [
    ...network(),
    ...activation(-4),
    ...timing(4),
    ...notes([
      [BLUE, "blue", "activation part"],
      [VERMILLION, "orange", "timing part"],
      ["currentColor", "in a membrane", "their sum goes on as both parts"],
    ]),
  ],
);
