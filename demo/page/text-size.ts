import { svg } from "./svg.js";

/** Width and height in pixels. */
export interface TextSize {
  readonly width: number;
  readonly height: number;
}

/** Classes of the texts in figures, each of which has a font of its own. */
export type TextClass = "tick" | "name" | "heading" | "output-name" | "output-name chosen";

const measured = new Map<string, TextSize>();

/** Size of a line of text in a figure, as this browser draws it. */
export function textSize(text: string, kind: TextClass): TextSize {
  const key = `${kind}: ${text}`;
  const size = measured.get(key) ?? measure(text, kind);
  measured.set(key, size);
  return size;
}

/** Height of a line of text in a figure. */
export function lineHeight(kind: TextClass): number {
  return textSize("0", kind).height;
}

/** Draws the text out of sight. */
function measure(content: string, kind: TextClass): TextSize {
  const text = svg("text", { class: kind }, content);
  const figure = svg("svg", { class: "figure visually-hidden", "aria-hidden": "true" }, text);
  document.body.append(figure);
  const { width, height } = text.getBBox();
  figure.remove();
  return { width, height };
}
