import { escaped } from "../escaped.js";

/** Attributes of an element by name; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** The text of an element, with elements in it. */
export function element(name: string, attributes: Attributes, content = ""): string {
  let start = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) start += ` ${key}="${typeof value === "number" ? pixels(value) : escaped(value)}"`;
  }
  return content === "" ? `${start}/>` : `${start}>${content}</${name}>`;
}

/** Elements with common attributes; nothing around nothing. */
export function group(attributes: Attributes, elements: readonly string[]): string {
  return elements.length === 0 ? "" : element("g", attributes, elements.join(""));
}

/** An element of lines; nothing without any. */
export function path(d: string, attributes: Attributes): string {
  return d === "" ? "" : element("path", { d, ...attributes });
}

/** A text whose line has its middle at `y`. */
export function textAt([x, y]: readonly [x: number, y: number], text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, dy: "0.32em", ...attributes }, escaped(text));
}

/** Two decimals of a pixel are enough, and the same on every machine. */
export function pixels(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}
