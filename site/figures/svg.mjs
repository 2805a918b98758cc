// Text of SVG files, readable on light and dark grounds like the figures of spikelet/plot.

export const BLUE = "#0072b2";
export const VERMILLION = "#d55e00";
export const GREEN = "#009e73";
export const PURPLE = "#cc79a7";
export const ORANGE = "#e69f00";
export const GREY = "#808080";
export const BROWN = "#a6705f";

const DARK = { [BLUE]: "#56b4e9", [VERMILLION]: "#f0822f", [GREEN]: "#2fc49a" };
const rules = Object.entries(DARK).flatMap(([light, dark]) =>
  ["fill", "stroke"].map((what) => `[${what}="${light}"] { ${what}: ${dark} }`),
);
const STYLE = `<style>svg { color: #1f2328 } @media (prefers-color-scheme: dark) { svg { color: #e6edf3 } ${rules.join(" ")} }</style>`;

/**
 * A figure of its own.
 *
 * @param {number} width
 * @param {number} height
 * @param {string} description for screen readers
 * @param {string[]} parts
 */
export function svg(width, height, description, parts) {
  const looks = `fill="currentColor" font-family="system-ui, sans-serif" font-size="13" style="max-width: 100%; height: auto"`;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(description)}" ${size} ${looks}>\n${[STYLE, ...parts].join("\n")}\n</svg>\n`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {{ anchor?: "start" | "middle" | "end", size?: number, isBold?: boolean, colour?: string, opacity?: number }} [options]
 */
export function text(x, y, words, { anchor = "start", size = 13, isBold = false, colour = "currentColor", opacity = 1 } = {}) {
  const weight = isBold ? ` font-weight="bold"` : "";
  const faint = opacity === 1 ? "" : ` fill-opacity="${opacity}"`;
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}"${weight}${faint}>${escaped(words)}</text>`;
}

/**
 * A bold name, and what is to be said of it.
 *
 * @param {number} x
 * @param {number} y
 * @param {string} name
 * @param {string} words
 */
export function titled(x, y, name, words) {
  const rest = words === "" ? "" : `<tspan dx="7" fill-opacity="0.8">${escaped(words)}</tspan>`;
  return `<text x="${at(x)}" y="${at(y)}" font-size="13"><tspan font-weight="bold">${escaped(name)}</tspan>${rest}</text>`;
}

/**
 * @typedef {{ colour?: string, width?: number, dash?: string, opacity?: number }} Pen
 *
 * @param {readonly (readonly [x: number, y: number])[]} points
 * @param {Pen} [pen]
 */
export function path(points, pen = {}) {
  return `<path d="M${points.map(([x, y]) => `${at(x)},${at(y)}`).join("L")}" fill="none" ${stroke(pen)}/>`;
}

/**
 * A straight arrow.
 *
 * @param {readonly [x: number, y: number]} from
 * @param {readonly [x: number, y: number]} to
 * @param {Pen} [pen]
 */
export function arrow(from, to, pen = {}) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  const [ux, uy] = [dx / length, dy / length];
  const size = 4 + 1.5 * (pen.width ?? 1.5);
  const base = /** @type {const} */ ([to[0] - size * ux, to[1] - size * uy]);
  const corners = [1, -1].map((side) => `${at(base[0] - (side * size * uy) / 2)},${at(base[1] + (side * size * ux) / 2)}`);
  const opacity = pen.opacity === undefined ? "" : ` fill-opacity="${pen.opacity}"`;
  const head = `<path d="M${at(to[0])},${at(to[1])}L${corners.join("L")}Z" fill="${pen.colour ?? "currentColor"}"${opacity}/>`;
  return path([from, base], pen) + head;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {Pen & { fill?: string, fillOpacity?: number, radius?: number }} [options]
 */
export function box(x, y, width, height, { fill = "none", fillOpacity = 1, radius = 4, ...pen } = {}) {
  const inside = fillOpacity === 1 ? "" : ` fill-opacity="${fillOpacity}"`;
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="${radius}" fill="${fill}"${inside} ${stroke(pen)}/>`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {Pen & { fill?: string }} [options]
 */
export function circle(x, y, radius, { fill = "none", ...pen } = {}) {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" fill="${fill}" ${stroke(pen)}/>`;
}

/** @param {Pen} pen */
function stroke({ colour = "currentColor", width = 1.5, dash, opacity = 1 }) {
  const extra = [dash === undefined ? "" : ` stroke-dasharray="${dash}"`, opacity === 1 ? "" : ` stroke-opacity="${opacity}"`];
  return `stroke="${colour}" stroke-width="${width}"${extra.join("")}`;
}

/** @param {number} value */
function at(value) {
  return String(Math.round(value * 10) / 10);
}

/** @param {string} words */
function escaped(words) {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
