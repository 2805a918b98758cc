/**
 * Colours that people with a colour deficiency tell apart, readable on light and dark grounds
 * (M. Okabe, K. Ito: Color Universal Design, 2008). Everything else is drawn in the text's own colour.
 */
export const COLOURS = {
  blue: "#0072b2",
  vermillion: "#d55e00",
  green: "#009e73",
  purple: "#cc79a7",
  orange: "#e69f00",
  sky: "#56b4e9",
} as const;

/** Colours that are too dark on a dark ground (blue: 3.6 to 1), with what takes their place there. */
export const ON_DARK: Readonly<Record<string, string>> = { [COLOURS.blue]: "#3b9fe0" };

/** Rules of style that lighten what figures draw within `ancestor` where the reader's colour scheme is dark. */
export function darkRules(ancestor: string): string {
  const rules = Object.entries(ON_DARK).flatMap(([light, dark]) =>
    ["fill", "stroke"].map((what) => `${ancestor} [${what}="${light}"] { ${what}: ${dark} }`),
  );
  return `@media (prefers-color-scheme: dark) { ${rules.join(" ")} }`;
}

/** Series in order; each has a shape of its own too, for prints without colour. */
export const SERIES = [
  { colour: COLOURS.blue, shape: "circle" },
  { colour: COLOURS.vermillion, shape: "diamond" },
  { colour: COLOURS.green, shape: "square" },
  { colour: COLOURS.purple, shape: "triangle" },
  { colour: COLOURS.orange, shape: "star" },
  { colour: COLOURS.sky, shape: "cross" },
] as const;

/** From negative over zero to positive; ColorBrewer's RdBu, safe for colour-blind readers. */
export const DIVERGING = [
  "#b2182b",
  "#d6604d",
  "#f4a582",
  "#fddbc7",
  "#f7f7f7",
  "#d1e5f0",
  "#92c5de",
  "#4393c3",
  "#2166ac",
] as const;
