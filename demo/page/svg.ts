const SVG = "http://www.w3.org/2000/svg";

type Attributes = Readonly<Record<string, string | number>>;

/** A new SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...content);
  return made;
}

/** Text at a place. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): SVGTextElement {
  return svg("text", { x: tenth(x), y: tenth(y), ...attributes }, text);
}

/** Upright strokes of one length as the `d` of a path. */
export function strokes(points: Iterable<readonly [x: number, middle: number]>, length: number): string {
  let d = "";
  for (const [x, middle] of points) d += `M${tenth(x)},${tenth(middle - length / 2)}v${tenth(length)}`;
  return d;
}

/** A line through points as the `d` of a path. */
export function polyline(points: Iterable<readonly [x: number, y: number]>): string {
  let d = "";
  for (const [x, y] of points) d += `${d === "" ? "M" : "L"}${tenth(x)},${tenth(y)}`;
  return d;
}

/** Outline of a sign around a place, `size` from its middle to its rim. */
export function sign(shape: "circle" | "diamond" | "square", x: number, y: number, size: number): string {
  const [s, t] = [tenth(size), tenth(2 * size)];
  if (shape === "square")
    return `M${tenth(x - 0.9 * size)},${tenth(y - 0.9 * size)}h${tenth(1.8 * size)}v${tenth(1.8 * size)}h${tenth(-1.8 * size)}z`;
  if (shape === "diamond")
    return `${polyline([
      [x - 1.25 * size, y],
      [x, y - 1.25 * size],
      [x + 1.25 * size, y],
      [x, y + 1.25 * size],
    ])}z`;
  return `M${tenth(x - size)},${tenth(y)}a${s},${s} 0 1 0 ${t},0a${s},${s} 0 1 0 -${t},0z`;
}

export function tenth(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
