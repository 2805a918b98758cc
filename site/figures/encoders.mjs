// Two values under each encoder.
import { encode, encodeSpikes } from "spikelet";
import { along, level, spikes, WIDTH } from "./panels.mjs";
import { BLUE, svg, text, titled, VERMILLION } from "./svg.mjs";

const STEPS = 30;
const VALUES = /** @type {const} */ ([0.9, 0.3]);
const COLOURS = [VERMILLION, BLUE];

const ENCODERS = {
  "latency: one spike, early for a large value": encode.latency({ first: 0, last: 24 }),
  "rate: at random, often for a large value": encode.rate({ max: 0.4, seed: 1 }),
  "regular: at equal intervals": encode.regular({ minInterval: 3, maxInterval: 15 }),
  "burst: from step 0 on, then no more": encode.burst({ maxSpikes: 5, minInterval: 2, maxInterval: 5 }),
  "stretch: a number of spikes over all steps": encode.stretch({ max: 6 }),
  "shiftBack: as many, at one pace, at the end": encode.shiftBack({ max: 6 }),
};

const LEFT = 40;
const TOP = 40;
const PANEL = 74;
const ROW = 18;
const x = along(STEPS, LEFT);

const encoded = await Promise.all(
  Object.values(ENCODERS).map(async (code) => {
    const { units, times } = (await encodeSpikes(Float32Array.from(VALUES), code, { units: VALUES.length, steps: STEPS })).sample(
      0,
    );
    return VALUES.map((_, unit) => Array.from(times).filter((_, k) => units[k] === unit));
  }),
);

/** @param {number[]} steps */
const told = (steps) => (steps.length === 1 ? "one spike" : `${steps.length} spikes`);
const summary = Object.keys(ENCODERS).map((title, k) => `${title.split(":")[0]} ${(encoded[k] ?? []).map(told).join(" and ")}`);

export const encoders = svg(
  WIDTH,
  TOP + PANEL * encoded.length + 6,
  `The values ${VALUES.join(" and ")} as spikes over ${STEPS} steps: ${summary.join(", ")}`,
  [
    text(12, 18, `The values ${VALUES.join(" and ")}, over ${STEPS} steps`, { isBold: true }),
    ...Object.keys(ENCODERS).flatMap((title, k) => {
      const top = TOP + PANEL * k;
      const [name = "", what = ""] = title.split(": ");
      return [
        titled(12, top + 12, name, what),
        ...VALUES.flatMap((value, row) => {
          const line = top + 22 + (ROW + 2) * row;
          return [
            text(LEFT - 8, line + ROW - 5, String(value), { anchor: "end", colour: COLOURS[row] ?? "" }),
            level(line + ROW - 1, "", { left: LEFT, opacity: 0.3 }),
            spikes(encoded[k]?.[row] ?? [], x, line, ROW - 2, { colour: COLOURS[row] ?? "", width: 2.5 }),
          ];
        }),
      ];
    }),
  ],
);
