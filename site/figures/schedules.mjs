// Learning rates over a run, by the formulas of the specification (7.1).
import { along, between, curve, level, WIDTH } from "./panels.mjs";
import { BLUE, svg, text, titled } from "./svg.mjs";

const EPOCHS = 20;
const POINTS = 20 * EPOCHS;

/** @param {number} from @param {number} to @param {number} part */
const cosine = (from, to, part) => to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;
/** Defaults of `cosine` and of `oneCycle`. */
const FINAL = 0.01;
const [RISE, INITIAL, END] = [0.3, 0.04, 0.000004];

/** @type {Record<string, { what: string, rate: (epoch: number) => number }>} */
const SCHEDULES = {
  cosine: { what: "the default", rate: (t) => cosine(1, FINAL, t / EPOCHS) },
  "cosine with warmupEpochs: 3": {
    what: "",
    rate: (t) => (t < 3 ? t / 3 : cosine(1, FINAL, (t - 3) / (EPOCHS - 3))),
  },
  oneCycle: {
    what: "up, then down",
    rate: (t) => (t / EPOCHS < RISE ? cosine(INITIAL, 1, t / EPOCHS / RISE) : cosine(1, END, (t / EPOCHS - RISE) / (1 - RISE))),
  },
  step: { what: "a tenth every 8 epochs", rate: (t) => 0.1 ** Math.floor(t / 8) },
  exponential: { what: "times 0.85 each epoch", rate: (t) => 0.85 ** t },
  constant: { what: "", rate: () => 1 },
};

const PANEL = 76;
const HEIGHT = 46;
const x = along(POINTS + 1);

export const schedules = svg(
  WIDTH,
  PANEL * Object.keys(SCHEDULES).length + 22,
  `The learning rate over a run of ${EPOCHS} epochs. cosine falls along half a cosine; a warm-up rises from 0 first; oneCycle rises and falls; step falls to a tenth at once; exponential falls by a factor each epoch; constant stays`,
  [
    ...Object.entries(SCHEDULES).flatMap(([name, { what, rate }], k) => {
      const top = PANEL * k;
      const y = between([0, 1], top + 22, HEIGHT);
      const values = Array.from({ length: POINTS + 1 }, (_, point) => rate((EPOCHS * point) / POINTS));
      return [titled(12, top + 14, name, what), level(y(0), "", { opacity: 0.4 }), curve(values, x, y, { colour: BLUE })];
    }),
    text(12, PANEL * Object.keys(SCHEDULES).length + 10, "epoch 0", { size: 12, opacity: 0.8 }),
    text(348, PANEL * Object.keys(SCHEDULES).length + 10, `epoch ${EPOCHS}`, { size: 12, anchor: "end", opacity: 0.8 }),
  ],
);
