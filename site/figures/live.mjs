// A digit as a trained network reads it, step by step: the network of the program on the home page.
import { createTrainer, datasets, encode } from "spikelet";
import { BLUE, box, GREEN, path, svg, text, VERMILLION } from "./svg.mjs";

const STEPS = 100;
const HIDDEN = 100;
const LAST_INPUT = 24;

/** What the network makes of the first digit of the test part that it reads correctly and not too late. */
async function read() {
  const digits = await datasets.digits();
  const { train, validation, test } = digits.encode(encode.latency({ first: 0, last: LAST_INPUT })).split({ seed: 1 });
  const trainer = await createTrainer({
    network: {
      input: 784,
      steps: STEPS,
      layers: [
        { type: "dense", units: HIDDEN },
        { type: "dense", units: 10 },
      ],
    },
    training: { epochs: 5, seed: 1, threads: 1 },
  });
  await trainer.run(train, { validation });
  const few = test.slice(0, 20);
  const { classes, decisionStep, layers } = await trainer.predict(few);
  trainer.dispose();
  const k = Array.from(classes).findIndex((digit, k) => digit === few.labels?.[k] && (decisionStep?.[k] ?? STEPS) < 50);
  if (k < 0) throw new Error("no digit was read");
  const input = (await few.events({ steps: STEPS })).sample(k);
  const [hidden, output] = layers.map((layer) => layer.sample(k));
  if (hidden === undefined || output === undefined) throw new Error("there are no spikes");
  return { digit: classes[k] ?? 0, decided: decisionStep?.[k] ?? 0, input, hidden, output };
}

const { digit, decided, input, hidden, output } = await read();

const WIDTH = 360;
/** Steps that are shown: some more than it takes to decide. */
const SHOWN = Math.min(STEPS, decided + 12);
const SECONDS = 8;
/** The part of the round in which the steps pass; in the rest all stands still. */
const RUNNING = 0.75;

const PIXEL = 4;
const IMAGE = { left: 14, top: 34 };
const [LEFT, RIGHT] = [64, WIDTH - 10];
const HIDDEN_ROWS = { top: 176, height: 150 };
const OUTPUT_ROWS = { top: 364, row: 15 };
const BOTTOM = OUTPUT_ROWS.top + 10 * OUTPUT_ROWS.row;

/** @param {number} step */
const x = (step) => LEFT + ((RIGHT - LEFT) * step) / SHOWN;

/** Seconds after which a step is there. @param {number} step */
const when = (step) => (SECONDS * RUNNING * step) / SHOWN;

/** A spike that appears when its step comes. @param {number} step @param {string} mark */
const lit = (step, mark) => `<g class="spike s${step}">${mark}</g>`;

const pixels = Array.from(input.units, (unit, k) => {
  const [row, column] = [Math.floor(unit / 28), unit % 28];
  const step = input.times[k] ?? 0;
  const bright = 1 - (0.75 * step) / LAST_INPUT;
  const [left, top] = [IMAGE.left + PIXEL * column, IMAGE.top + PIXEL * row];
  return lit(step, `<rect x="${left}" y="${top}" width="${PIXEL}" height="${PIXEL}" fill-opacity="${bright.toFixed(2)}"/>`);
});

/**
 * @param {{ times: ArrayLike<number>, units: ArrayLike<number> }} spikes
 * @param {(unit: number) => number} top
 * @param {number} height of a mark
 * @param {(unit: number) => string} colour
 */
function marks({ times, units }, top, height, colour) {
  return Array.from(times)
    .map((step, k) => ({ step, unit: units[k] ?? 0 }))
    .filter(({ step }) => step < SHOWN)
    .map(({ step, unit }) => {
      const [at, from] = [x(step), top(unit)];
      const line = path(
        [
          [at, from],
          [at, from + height],
        ],
        { colour: colour(unit), width: 3 },
      );
      return lit(step, line);
    });
}

const hiddenAt = (/** @type {number} */ unit) => HIDDEN_ROWS.top + ((HIDDEN_ROWS.height - 8) * unit) / HIDDEN;
const outputAt = (/** @type {number} */ unit) => OUTPUT_ROWS.top + OUTPUT_ROWS.row * unit;

/** Percent of the round that have passed when a step comes. @param {number} step */
const passed = (step) => (100 * when(step)) / SECONDS;
const end = passed(decided);

/** Steps at which something fires. */
const fired = [...new Set([input, hidden, output].flatMap(({ times }) => Array.from(times)))].filter((step) => step < SHOWN);

/** A spike is faint before its step, lights up, and stays visible until the next round. @param {number} step */
function appearing(step) {
  const [before, now, later] = [passed(step) - 0.1, passed(step), passed(step) + 12].map((percent) => `${percent.toFixed(1)}%`);
  const past = step === 0 ? "" : `0%, ${before} { opacity: .1 } `;
  return `.s${step} { animation-name: s${step} } @keyframes s${step} { ${past}${now} { opacity: 1 } ${later}, to { opacity: .6 } }`;
}

// Readers who ask for less motion see all spikes at rest.
const MOTION = `<style>
.spike { animation: ${SECONDS}s linear infinite }
.now { animation: now ${SECONDS}s linear infinite } .answer { animation: answer ${SECONDS}s linear infinite }
${fired
  .sort((a, b) => a - b)
  .map(appearing)
  .join("\n")}
@keyframes now { from { transform: translateX(0) } ${100 * RUNNING}%, to { transform: translateX(${RIGHT - LEFT}px) } }
@keyframes answer { from, ${end.toFixed(1)}% { opacity: 0 } ${(end + 0.1).toFixed(1)}%, to { opacity: 1 } }
@media (prefers-reduced-motion: reduce) { .spike, .now, .answer { animation: none !important } .now { display: none } }
</style>`;

export const live = svg(
  WIDTH,
  BOTTOM + 34,
  `A network reads a handwritten ${digit}. Its bright pixels fire first, ${input.times.length} in all; ${hidden.times.length} spikes of ${HIDDEN} hidden units follow, and at step ${decided} the output for ${digit} fires before the others: that is the answer`,
  [
    MOTION,
    text(IMAGE.left, 22, "Each pixel fires once, bright ones first", { isBold: true }),
    box(IMAGE.left, IMAGE.top, 28 * PIXEL, 28 * PIXEL, { opacity: 0.25, width: 1, radius: 2 }),
    ...pixels,
    `<g class="answer">${text(160, 86, `It is a ${digit}.`, { size: 26, isBold: true, colour: VERMILLION })}${text(160, 110, `decided at step ${decided}`)}</g>`,
    text(IMAGE.left, HIDDEN_ROWS.top - 8, `${HIDDEN} hidden units`, { isBold: true }),
    box(LEFT, HIDDEN_ROWS.top, RIGHT - LEFT, HIDDEN_ROWS.height, { opacity: 0.25, width: 1, radius: 2 }),
    ...marks(hidden, hiddenAt, 7, () => GREEN),
    text(IMAGE.left, OUTPUT_ROWS.top - 8, "Ten outputs: the first spike decides", { isBold: true }),
    box(LEFT, OUTPUT_ROWS.top, RIGHT - LEFT, 10 * OUTPUT_ROWS.row, { opacity: 0.25, width: 1, radius: 2 }),
    ...Array.from({ length: 10 }, (_, unit) =>
      text(LEFT - 8, outputAt(unit) + 12, String(unit), {
        anchor: "end",
        isBold: unit === digit,
        colour: unit === digit ? VERMILLION : "currentColor",
      }),
    ),
    ...marks(
      output,
      (unit) => outputAt(unit) + 2,
      OUTPUT_ROWS.row - 4,
      (unit) => (unit === digit ? VERMILLION : BLUE),
    ),
    `<g class="now">${[HIDDEN_ROWS, { top: OUTPUT_ROWS.top, height: 10 * OUTPUT_ROWS.row }]
      .map(({ top, height }) =>
        path(
          [
            [LEFT, top],
            [LEFT, top + height],
          ],
          { opacity: 0.5, dash: "3 3" },
        ),
      )
      .join("")}</g>`,
    text(LEFT, BOTTOM + 20, "step 0"),
    text(RIGHT, BOTTOM + 20, `step ${SHOWN}`, { anchor: "end" }),
  ],
);
