// One signal under the encoders delta and levels.
import { datasets, encode } from "spikelet";
import { along, between, curve, level, RIGHT, spikes, WIDTH } from "./panels.mjs";
import { BLUE, svg, text, titled, VERMILLION } from "./svg.mjs";

const STEPS = 100;
const THRESHOLD = 0.25;
const COUNT = 4;
const signal = Float32Array.from({ length: STEPS }, (_, t) => 0.85 * Math.sin(t / 9) * Math.exp(-(((t - 45) / 40) ** 2)) + 0.1);

const data = datasets.fromSeries({ signals: [[signal]], labels: [0] });

/**
 * Steps of the spikes of each unit.
 *
 * @param {import("spikelet").Encoding} encoding
 * @param {number} count of units
 */
async function spikesOf(encoding, count) {
  const { times, units } = (await data.encode(encoding).events({ steps: STEPS })).sample(0);
  return Array.from({ length: count }, (_, unit) => Array.from(times).filter((_, k) => units[k] === unit));
}

const [down = [], up = []] = await spikesOf(encode.delta({ threshold: THRESHOLD, start: 0 }), 2);
const crossings = await spikesOf(encode.levels({ min: -1, max: 1, count: COUNT }), 2 * COUNT);

const x = along(STEPS);
const y = between([-1, 1], 28, 110);
const heights = Array.from({ length: COUNT }, (_, k) => -1 + (2 * (k + 1)) / (COUNT + 1));
const [DELTA, LEVELS] = [172, 262];
const ROW = 18;
const all = crossings.flat().length;

export const deltaAndLevels = svg(
  WIDTH,
  LEVELS + 2 * COUNT * ROW - 2 * ROW,
  `A signal that swings twice. delta sends ${up.length} spikes where it has risen by ${THRESHOLD} and ${down.length} where it has fallen; levels sends ${all} spikes where it crosses one of ${COUNT} levels`,
  [
    text(12, 14, "A signal", { isBold: true }),
    ...heights.map((height) => level(y(height), "", { dash: "2 4", opacity: 0.6 })),
    text(RIGHT, y(heights.at(-1) ?? 0) - 4, `${COUNT} levels`, { anchor: "end", opacity: 0.8 }),
    curve(signal, x, y, {}),
    titled(12, DELTA - 10, "delta", `a spike for each change by ${THRESHOLD}`),
    spikes(up, x, DELTA, ROW, { colour: VERMILLION }),
    level(DELTA + ROW + 1, "", { opacity: 0.3 }),
    spikes(down, x, DELTA + ROW + 6, ROW, { colour: BLUE }),
    level(DELTA + 2 * ROW + 7, "", { opacity: 0.3 }),
    titled(12, LEVELS - 10, "levels", "a spike for each level that is crossed"),
    ...crossings.flatMap((steps, unit) => {
      // Units are falls, then rises; the two of a level share a row, the highest on top.
      const top = LEVELS + (COUNT - 1 - (unit % COUNT)) * (ROW + 4);
      return [
        spikes(steps, x, top, ROW, { colour: unit < COUNT ? BLUE : VERMILLION }),
        level(top + ROW + 1, "", { opacity: 0.3 }),
      ];
    }),
    text(12, LEVELS + COUNT * (ROW + 4) + 14, "up", { colour: VERMILLION, isBold: true }),
    text(36, LEVELS + COUNT * (ROW + 4) + 14, "down", { colour: BLUE, isBold: true }),
  ],
);
