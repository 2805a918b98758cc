import { escaped } from "../escaped.js";
import { darkRules } from "./colours.js";
import { strokeOf } from "./marks.js";
import type { FigureOptions } from "./options.js";
import type { Panel } from "./panel.js";
import { type Shape, shapeAt } from "./shapes.js";
import { group, path, pixels, textAt } from "./svg.js";

/** An entry of a legend. */
export interface Key {
  label: string;
  colour: string;
  shape: "line" | "dashed" | Shape;
}

const LINE = 20;
const MARGIN = 12;
/** Mean width of a character of 12 pixels height. */
const CHARACTER = 7.2;

/** Heading, legend and plots, one below the other, as the text of an SVG file. */
export function figure(
  panels: readonly Panel[],
  description: string,
  options: FigureOptions & { keys?: readonly Key[] },
): string {
  const { title, keys = [], width = 640 } = options;
  const parts: string[] = [];
  let y = 0;
  if (title !== undefined) {
    parts.push(`<text x="${MARGIN}" y="${y + 17}" font-size="15" font-weight="bold">${escaped(title)}</text>`);
    y += LINE + 4;
  }
  const rows = legend(keys, width);
  for (const row of rows) {
    parts.push(`<g transform="translate(0,${y + LINE / 2})" font-size="12">${row}</g>`);
    y += LINE;
  }
  for (const { content, height } of panels) {
    parts.push(y === 0 ? `<g ${INNER}>${content}</g>` : `<g transform="translate(0,${y})" ${INNER}>${content}</g>`);
    y += height;
  }
  const label = escaped(title === undefined ? description : `${title}: ${description}`);
  const size = `width="${width}" height="${y}" viewBox="0 0 ${width} ${y}"`;
  const looks = `class="spikelet" fill="currentColor" font-family="system-ui, sans-serif" style="max-width: 100%; height: auto"`;
  const body = [GROUND, ...parts].join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" ${size} ${looks}>\n${body}\n</svg>\n`;
}

/** As a file of its own the figure follows the reader's colour scheme; inside a page, the colour of the text around it. */
const GROUND = `<style>:root.spikelet { color: #1f2328 } @media (prefers-color-scheme: dark) { :root.spikelet { color: #e6edf3 } } ${darkRules(":root.spikelet")}</style>`;

/** How the texts of a plot are written. */
const INNER = `font-size="10" text-anchor="middle"`;

/** Entries from left to right, in as many rows as they need. */
function legend(keys: readonly Key[], width: number): string[] {
  const rows: string[] = [];
  let row = "";
  let x = MARGIN;
  for (const { label, colour, shape } of keys) {
    const size = 22 + label.length * CHARACTER + 14;
    if (row !== "" && x + size > width) {
      rows.push(row);
      row = "";
      x = MARGIN;
    }
    row += group({ transform: `translate(${pixels(x)},0)` }, [sign(shape, colour), textAt([22, 0], label)]);
    x += size;
  }
  return row === "" ? rows : [...rows, row];
}

function sign(shape: Key["shape"], colour: string): string {
  if (shape === "line" || shape === "dashed")
    return path("M0,0h16", strokeOf({ colour, width: 2, isDashed: shape === "dashed" }));
  return shapeAt(shape, [8, 0], 4, { fill: colour });
}

/** Three digits for an axis or a legend. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
