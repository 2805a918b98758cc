// Accuracy against spikes, with a line through the means of each series.
import { BLUE, BROWN, circle, GREEN, GREY, ORANGE, PURPLE, path, svg, text, VERMILLION } from "./svg.mjs";

const WIDTH = 440;
const LEFT = 46;
const RIGHT = WIDTH - 16;
/** Distance of two lines of the legend. */
const LINE = 20;
const COLOURS = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, GREY, BROWN];

/**
 * @typedef {{ name: string, points: readonly { x: number, y: number }[] }} Series
 * @param {string} title
 * @param {string} xLabel
 * @param {readonly Series[]} all with x above 0, on a logarithmic scale; at most as many as there are colours
 */
export function pareto(title, xLabel, all) {
  if (all.length > COLOURS.length) throw new Error(`there are ${COLOURS.length} colours, not ${all.length}`);
  const points = all.flatMap((series) => series.points);
  const top = 56 + LINE * all.length;
  const bottom = top + 230;
  const [low, high] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [lowest, highest] = [Math.floor(Math.min(...points.map(({ y }) => y))), Math.ceil(Math.max(...points.map(({ y }) => y)))];
  const x = (/** @type {number} */ value) => LEFT + 20 + ((RIGHT - LEFT - 40) * Math.log(value / low)) / Math.log(high / low);
  const y = (/** @type {number} */ value) => bottom - ((bottom - top) * (value - lowest)) / (highest - lowest);
  const step = Math.max(1, Math.ceil((highest - lowest) / 6));
  const grid = Array.from({ length: Math.floor((highest - lowest) / step) + 1 }, (_, k) => lowest + k * step);
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].filter((value) => value >= low * 0.95 && value <= high * 1.05);
  const said = all.map((one) => `${one.name} ${one.points.map(({ x, y }) => `${y.toFixed(1)} at ${x.toFixed(0)}`).join(", ")}`);
  return svg(WIDTH, bottom + 60, `${title}: ${said.join("; ")}`, [
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
    ...ticks.map((value) => text(x(value), bottom + 22, String(value), { anchor: "middle", opacity: 0.8 })),
    text((LEFT + RIGHT) / 2, bottom + 46, xLabel, { anchor: "middle", opacity: 0.8 }),
    ...all.flatMap(({ name, points }, k) => {
      const colour = COLOURS[k] ?? BLUE;
      const line = 50 + LINE * k;
      return [
        circle(LEFT + 5, line - 4, 4.5, { fill: colour, colour }),
        text(LEFT + 16, line, name),
        path(
          points.map((one) => /** @type {const} */ ([x(one.x), y(one.y)])),
          { colour, width: 2 },
        ),
        ...points.map((one) => circle(x(one.x), y(one.y), 4.5, { fill: colour, colour })),
      ];
    }),
  ]);
}
