// Accuracy against spikes, with a line through the means of each series.
import { BLUE, circle, GREEN, path, svg, text, VERMILLION } from "./svg.mjs";

const WIDTH = 440;
const HEIGHT = 360;
const LEFT = 46;
const RIGHT = WIDTH - 92;
const TOP = 70;
const BOTTOM = HEIGHT - 60;
/** Labels nearer than this to an earlier one would cover it. */
const CLOSE = 44;
const COLOURS = [BLUE, VERMILLION, GREEN];

/**
 * @typedef {{ name: string, points: readonly { label: string, x: number, y: number }[] }} Series
 * @param {string} title
 * @param {string} xLabel
 * @param {readonly Series[]} all with x above 0, on a logarithmic scale
 */
export function pareto(title, xLabel, all) {
  const points = all.flatMap((series) => series.points);
  const [low, high] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [bottom, top] = [Math.floor(Math.min(...points.map(({ y }) => y))), Math.ceil(Math.max(...points.map(({ y }) => y)))];
  const x = (/** @type {number} */ value) => LEFT + 20 + ((RIGHT - LEFT - 40) * Math.log(value / low)) / Math.log(high / low);
  const y = (/** @type {number} */ value) => BOTTOM - ((BOTTOM - TOP) * (value - bottom)) / (top - bottom);
  const step = Math.max(1, Math.ceil((top - bottom) / 6));
  const grid = Array.from({ length: Math.floor((top - bottom) / step) + 1 }, (_, k) => bottom + k * step);
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((value) => value >= low * 0.95 && value <= high * 1.05);
  const said = all.map((one) => `${one.name} ${one.points.map(({ x, y }) => `${y.toFixed(1)} at ${x.toFixed(0)}`).join(", ")}`);
  return svg(WIDTH, HEIGHT, `${title}: ${said.join("; ")}`, [
    text(12, 24, title, { isBold: true, size: 14 }),
    ...grid.flatMap((value) => [
      path(
        [
          [LEFT, y(value)],
          [RIGHT, y(value)],
        ],
        { opacity: 0.2, width: 1 },
      ),
      text(LEFT - 10, y(value) + 4, String(value), { anchor: "end", opacity: 0.8 }),
    ]),
    ...ticks.map((value) => text(x(value), BOTTOM + 22, String(value), { anchor: "middle", opacity: 0.8 })),
    text((LEFT + RIGHT) / 2, BOTTOM + 46, xLabel, { anchor: "middle", opacity: 0.8 }),
    ...all.flatMap(({ name, points }, k) => {
      const colour = COLOURS[k % COLOURS.length] ?? BLUE;
      const [rightmost] = [...points].sort((a, b) => b.x - a.x);
      return [
        path(
          points.map((one) => /** @type {const} */ ([x(one.x), y(one.y)])),
          { colour, width: 2 },
        ),
        ...points.map((one) => circle(x(one.x), y(one.y), 4.5, { fill: colour, colour })),
        ...points
          .filter((one, place) => points.slice(0, place).every((other) => Math.abs(x(one.x) - x(other.x)) >= CLOSE))
          .map((one) =>
            text(x(one.x), y(one.y) + (k === 0 ? -10 : 20), one.label, { anchor: "middle", size: 11, opacity: 0.85 }),
          ),
        ...(rightmost ? [text(x(rightmost.x) + 12, y(rightmost.y) + 5, name, { colour, isBold: true })] : []),
      ];
    }),
  ]);
}
