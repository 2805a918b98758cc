export type Colour = readonly [red: number, green: number, blue: number];

/** The colours of the page as it is now: light or dark. */
export interface Colours {
  paper: Colour;
  card: Colour;
  ink: Colour;
  muted: Colour;
  line: Colour;
  /** One for each class. */
  classes: readonly Colour[];
  /** Spikes, where they are seen. */
  spike: Colour;
  /** Connections that hold back. */
  inhibition: Colour;
}

const isDark = matchMedia("(prefers-color-scheme: dark)");
let known: Colours | undefined;
isDark.addEventListener("change", () => {
  known = undefined;
});

export function colours(): Colours {
  known ??= readColours();
  return known;
}

/** Calls `act` when the page has turned light or dark. */
export function onColours(act: () => void): void {
  isDark.addEventListener("change", act);
}

export function css([red, green, blue]: Colour, alpha = 1): string {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** A colour between two others. */
export function mixed(from: Colour, to: Colour, share: number): Colour {
  const [red, green, blue] = [0, 1, 2].map((k) => Math.round((from[k] ?? 0) + share * ((to[k] ?? 0) - (from[k] ?? 0))));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): Colour => {
    const digits = style.getPropertyValue(`--${name}`).trim().slice(1);
    // What makes style sheets small writes #fff for #ffffff.
    const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, "$&$&") : digits, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  };
  return {
    paper: colour("paper"),
    card: colour("card"),
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    classes: ["activation", "timing", "antlr"].map(colour),
    spike: colour("spike"),
    inhibition: colour("failure"),
  };
}
