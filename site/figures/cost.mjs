// Accuracy against spikes by rule and width, from the table of the experiment `structure`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/stamps.mjs";
import { BLUE, circle, GREEN, path, svg, text, VERMILLION } from "./svg.mjs";

const NOTES = "docs/results/notes/experiments.md";
const WIDTHS = ["50", "200", "800"];

const WIDTH = 440;
const HEIGHT = 390;
const LEFT = 46;
const RIGHT = WIDTH - 86;
const TOP = 96;
const BOTTOM = HEIGHT - 56;

const section =
  readFileSync(join(ROOT, NOTES), "utf8")
    .split(/^### /m)
    .find((part) => part.startsWith("Structure")) ?? "";

/** Rows of the table by width: accuracy and spikes of activation, timing and ANTLR. */
const rows = new Map(
  section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("*", "").trim()),
    )
    .map(([width = "", ...cells]) => /** @type {const} */ ([width, cells.map((cell) => Number.parseFloat(cell))])),
);

const SERIES = [
  { name: "ANTLR", colour: BLUE, column: 6, label: -13 },
  { name: "timing", colour: VERMILLION, column: 3, label: 20 },
  { name: "activation", colour: GREEN, column: 0, label: -13 },
].map(({ column, ...series }) => ({
  ...series,
  points: WIDTHS.map((width) => {
    const cells = rows.get(width) ?? [];
    return { width, accuracy: cells[column] ?? 0, spikes: cells[column + 1] ?? 1 };
  }),
}));

const all = SERIES.flatMap(({ points }) => points);

/**
 * Whether no other network is at least as accurate with fewer spikes.
 *
 * @param {{ accuracy: number, spikes: number }} point
 */
const isOnFront = ({ accuracy, spikes }) => !all.some((other) => other.spikes < spikes && other.accuracy >= accuracy);

/** @param {number} spikes */
const x = (spikes) => LEFT + ((RIGHT - LEFT) * Math.log10(spikes / 20)) / Math.log10(1000 / 20);
/** @param {number} accuracy */
const y = (accuracy) => BOTTOM - ((BOTTOM - TOP) * (accuracy - 20)) / 80;

export const cost = svg(
  WIDTH,
  HEIGHT,
  `Accuracy in per cent and spikes for 50, 200 and 800 hidden units: ${SERIES.map(({ name, points }) => `${name} ${points.map(({ accuracy, spikes }) => `${accuracy} at ${spikes}`).join(", ")}`).join("; ")}. On the Pareto front: ${SERIES.flatMap(({ name, points }) => points.filter(isOnFront).map(({ width }) => `${name} ${width}`)).join(", ")}`,
  [
    text(12, 22, "Test accuracy by first spike, %, against spikes", { isBold: true, size: 14 }),
    text(12, 42, "Ringed: the Pareto front; no other network is as", { opacity: 0.8 }),
    text(12, 60, "accurate with fewer spikes", { opacity: 0.8 }),
    ...[20, 40, 60, 80, 100].flatMap((value) => [
      path(
        [
          [LEFT, y(value)],
          [RIGHT, y(value)],
        ],
        { opacity: 0.2, width: 1 },
      ),
      text(LEFT - 10, y(value) + 4, String(value), { anchor: "end", opacity: 0.8 }),
    ]),
    ...[20, 50, 100, 200, 500, 1000].flatMap((value) => [
      path(
        [
          [x(value), BOTTOM],
          [x(value), BOTTOM + 5],
        ],
        { opacity: 0.6, width: 1 },
      ),
      text(x(value), BOTTOM + 22, String(value), { anchor: "middle", opacity: 0.8 }),
    ]),
    text((LEFT + RIGHT) / 2, BOTTOM + 44, "spikes up to the decision (logarithmic)", { anchor: "middle", opacity: 0.8 }),
    ...SERIES.flatMap(({ name, colour, label, points }) => [
      path(
        points.map(({ spikes, accuracy }) => /** @type {const} */ ([x(spikes), y(accuracy)])),
        { colour, width: 2 },
      ),
      ...points.flatMap(({ width, spikes, accuracy }) => [
        circle(x(spikes), y(accuracy), 4.5, { fill: colour, colour }),
        ...(isOnFront({ spikes, accuracy }) ? [circle(x(spikes), y(accuracy), 8.5, { width: 1.2 })] : []),
        text(x(spikes), y(accuracy) + label, width, { anchor: "middle", size: 12, opacity: 0.85 }),
      ]),
      ...points.slice(-1).map(({ spikes, accuracy }) => text(x(spikes) + 14, y(accuracy) + 5, name, { colour, isBold: true })),
    ]),
  ],
);
