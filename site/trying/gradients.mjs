// The three gradients of a small network: what each asks of every membrane, and of the time of every spike.
import { along, between, curve, LEFT, level, RIGHT, spikes, WIDTH } from "../figures/panels.mjs";
import { arrow, BLUE, GREEN, path, text, titled, VERMILLION } from "../figures/svg.mjs";
import { saidOf } from "./panel.mjs";

/** @typedef {Awaited<ReturnType<typeof import("./runs.mjs").RUNS.flow>>} Data */
/** @typedef {import("./runs.mjs").Rule} Rule */

const NAMES = { activation: "Activation", timing: "Timing", antlr: "ANTLR" };
const UNITS = ["Output", "Hidden unit 1", "Hidden unit 2"];
const START = 0.58;

/** Heights of a unit: name, membrane, gradient. */
const [NAME, MEMBRANE, GAP, ASKED] = [28, 44, 8, 40];
const UNIT = NAME + MEMBRANE + GAP + ASKED + 12;
const TOP = 48;
/** Part of the largest gradient below which nothing is said. */
const WORTH_SAYING = 0.02;

/**
 * @param {Data} data
 * @param {{ rule: Rule, weight: number, step: number }} setting gradients are shown from the last step back to `step`
 */
function draw(data, setting) {
  const { runs, steps, wanted, weights } = data;
  const run = runs[setting.weight];
  if (run === undefined) throw new RangeError(`there is no weight ${setting.weight}`);
  const x = along(steps);
  const bottom = TOP + UNIT * run.units.length;
  const sentence = sentenceOf(data, setting);
  return {
    width: WIDTH,
    height: bottom + 34,
    description: `The ${NAMES[setting.rule]} gradient of two hidden units and an output over ${steps} steps. ${sentence}`,
    sentence,
    parts: [
      titled(LEFT, 14, NAMES[setting.rule], `weight ${(weights[setting.weight] ?? 0).toFixed(2)}`),
      text(x(wanted) + 6, 36, "wanted", { opacity: 0.8, size: 12 }),
      spikes([wanted], x, 24, 16, { colour: GREEN, width: 3 }),
      ...run.units.flatMap((unit, k) => {
        const top = TOP + UNIT * k;
        const y = between([-0.1, 1.25], top + NAME, MEMBRANE);
        return [
          text(LEFT, top + 12, UNITS[k] ?? "", { isBold: true }),
          level(y(1), "", { dash: "5 4" }),
          curve(unit.membrane, x, y, { width: 1.8 }),
          spikes(unit.fired, x, top + NAME - 4, 14, { width: 3 }),
          ...asked(data, setting, k, top + NAME + MEMBRANE + GAP),
        ];
      }),
      ...(setting.step > 0
        ? [
            path(
              [
                [x(setting.step), 20],
                [x(setting.step), bottom - 8],
              ],
              { opacity: 0.35, dash: "2 3" },
            ),
          ]
        : []),
      text(LEFT, bottom + 10, "up: a higher membrane", { opacity: 0.8, size: 12 }),
      text(RIGHT, bottom + 10, "activation part", { anchor: "end", colour: BLUE, isBold: true, size: 12 }),
      text(LEFT, bottom + 26, `step 0 to ${steps - 1}`, { opacity: 0.8, size: 12 }),
      text(RIGHT, bottom + 26, "timing part, at spikes", { anchor: "end", colour: VERMILLION, isBold: true, size: 12 }),
    ],
  };

  /** Strokes for what is asked of a unit, as −dL/dV. @param {Data} data @param {typeof setting} setting @param {number} k @param {number} top */
  function asked({ steps }, { rule, step: from }, k, top) {
    const zero = top + ASKED / 2;
    const size = sizeOf(run, k);
    const { activation = [], timing = [] } = run?.rules[rule][k] ?? {};
    const height = (/** @type {number} */ value) => (ASKED / 2) * Math.min(1, Math.abs(value) / size);
    const isSeen = (/** @type {number} */ step) => step >= from;
    const ends = (/** @type {number} */ value) => zero - Math.sign(-value) * height(value);
    return [
      level(zero, ""),
      ...Array.from({ length: steps }, (_, step) => step)
        .filter((step) => isSeen(step) && height(activation[step] ?? 0) >= 0.5)
        .map((step) =>
          path(
            [
              [x(step), zero],
              [x(step), ends(activation[step] ?? 0)],
            ],
            { colour: BLUE, width: 4 },
          ),
        ),
      ...timing.flatMap((value, step) => {
        if (value === 0 || !isSeen(step)) return [];
        const earlier = value < 0;
        const end = x(step) + (earlier ? -1 : 1) * (10 + 16 * Math.min(1, Math.abs(value) / size));
        return [arrow([x(step), top - GAP - MEMBRANE - 4], [end, top - GAP - MEMBRANE - 4], { colour: VERMILLION, width: 2.4 })];
      }),
    ];
  }
}

/** Largest gradient of a unit under any rule, to which all are drawn. @param {Data["runs"][number] | undefined} run @param {number} unit */
function sizeOf(run, unit) {
  const all = Object.values(run?.rules ?? {}).flatMap((units) => [
    ...(units[unit]?.activation ?? []),
    ...(units[unit]?.timing ?? []),
  ]);
  return Math.max(1e-6, ...all.map(Math.abs));
}

/** @param {Data} data @param {{ rule: Rule, weight: number, step: number }} setting */
function sentenceOf({ runs, wanted }, { rule, weight, step: from }) {
  const run = runs[weight];
  const units = run?.units ?? [];
  const fires = `The output ${saidOf(units[0]?.fired ?? [])}; it should fire at step ${wanted}.`;
  const asked = units.flatMap((unit, k) => {
    const { activation = [], timing = [] } = run?.rules[rule][k] ?? {};
    const size = sizeOf(run, k);
    const seen = activation.map((value, step) => (step >= from ? value : 0));
    const largest = seen.reduce((best, value, step) => (Math.abs(value) > Math.abs(seen[best] ?? 0) ? step : best), 0);
    const value = seen[largest] ?? 0;
    const wishes = unit.fired
      .filter((step) => step >= from && Math.abs(timing[step] ?? 0) >= WORTH_SAYING * size)
      .map((step) => `the spike of step ${step} ${(timing[step] ?? 0) < 0 ? "earlier" : "later"}`);
    if (Math.abs(value) >= WORTH_SAYING * size) {
      wishes.unshift(`a ${value < 0 ? "higher" : "lower"} membrane, most at step ${largest}`);
    }
    return wishes.length === 0 ? [] : [`${UNITS[k]}: ${wishes.join("; ")}.`];
  });
  return `${fires} ${NAMES[rule]} asks for ${asked.length === 0 ? "nothing." : `changes. ${asked.join(" ")}`}`;
}

/** @satisfies {import("./scenes.mjs").Scene} */
export const gradientsScene = {
  controls: [
    { kind: "choice", key: "rule", label: "Gradient", names: NAMES, start: "antlr" },
    {
      kind: "slider",
      key: "weight",
      label: "Weight into hidden unit 2",
      places: (/** @type {Data} */ { weights }) => weights.length,
      start: (/** @type {Data} */ { weights }) => weights.indexOf(START),
      valueText: (/** @type {Data} */ { weights }, /** @type {number} */ place) => (weights[place] ?? 0).toFixed(2),
    },
    {
      kind: "slider",
      key: "step",
      label: "Back in time as far as",
      places: (/** @type {Data} */ { steps }) => steps,
      start: () => 0,
      valueText: (/** @type {Data} */ _, /** @type {number} */ place) => `step ${place}`,
    },
  ],
  plays: "step",
  draw,
};
