import * as Plot from "@observablehq/plot";
import { plotDocument } from "#host/plot/document";
import { escaped, printable } from "../escaped.js";
import { darkRules } from "./colours.js";
import type { FigureOptions } from "./options.js";

/** An entry of a legend. */
export interface Key {
  label: string;
  colour: string;
  shape: "line" | "dashed" | "stroke" | Plot.SymbolType;
}

/** One plot of a figure. */
export interface Panel {
  height: number;
  /** Elements without their `<svg>`. */
  content: string;
}

const LINE = 20;
const MARGIN = 12;
/** Mean width of a character of 12 pixels height. */
const CHARACTER = 7.2;

/** Draws one plot. */
export function panel(options: Plot.PlotOptions & { height: number }): Panel {
  const svg = Plot.plot({ document: plotDocument(), ...options });
  // Its rules of style would bend a figure inside a figure; text keeps its colour, ground stays bare.
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  // The whole figure is one image with one label.
  const content = printable(svg.innerHTML)
    .replaceAll("&nbsp;", "&#160;")
    .replaceAll(/ aria-(?:label|hidden|description)="[^"]*"/g, "");
  return { height: options.height, content };
}

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
  const body = [GROUND, ...parts.map(rounded)].join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" ${size} ${looks}>\n${body}\n</svg>\n`;
}

/** As a file of its own the figure follows the reader's colour scheme; inside a page, the colour of the text around it. */
const GROUND = `<style>:root.spikelet { color: #1f2328 } @media (prefers-color-scheme: dark) { :root.spikelet { color: #e6edf3 } } ${darkRules(":root.spikelet")}</style>`;

/** What Plot puts on its `<svg>`. */
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
    row += `<g transform="translate(${x},0)">${sign(shape, colour)}<text x="22" dy="0.32em">${escaped(label)}</text></g>`;
    x += size;
  }
  return row === "" ? rows : [...rows, row];
}

function sign(shape: Key["shape"], colour: string): string {
  if (shape === "line") return `<path d="M0,0h16" stroke="${colour}" stroke-width="2" />`;
  if (shape === "dashed") return `<path d="M0,0h16" stroke="${colour}" stroke-width="2" stroke-dasharray="4 3" />`;
  if (shape === "stroke") return `<path d="M8,-6v12" stroke="${colour}" stroke-width="2" />`;
  const dots = Plot.plot({
    document: plotDocument(),
    axis: null,
    width: 16,
    height: 16,
    margin: 8,
    marks: [Plot.dot([[0, 0]], { symbol: shape, fill: colour, r: 4 })],
  });
  const path = dots.querySelector("path, circle")?.getAttribute("d");
  const fill = `fill="${colour}"`;
  return path ? `<path transform="translate(8,0)" d="${path}" ${fill} />` : `<circle cx="8" r="4" ${fill} />`;
}

const GEOMETRY = / (d|r|[xy][12]?|[cd][xy]|width|height|points|transform|stroke-width)="([^"]*)"/g;
const LONG_NUMBER = /-?\d+\.\d{3,}(?:e-?\d+)?/g;

/** Two decimals of a pixel are enough, and the same on every machine. */
function rounded(svg: string): string {
  return svg.replace(GEOMETRY, (_, name: string, value: string) => {
    return ` ${name}="${value.replace(LONG_NUMBER, (number) => String(Number(Number(number).toFixed(2)) + 0))}"`;
  });
}

/** Three digits for an axis or a legend. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
