import { html, type Markup } from "../markup.js";

/** Values of a sample in 0..1 with their shape. */
export interface SampleImage {
  values: Float32Array;
  /** `[height, width]` or `[channels, height, width]`. */
  shape: readonly number[];
}

/** Sides beyond this would make the page large. */
const MAX_SIDE = 64;
/** Levels of grey, and of each of three colours: paths of one colour keep the image small. */
const [GREYS, LEVELS] = [16, 6];

/** The sample as a small image on black; `undefined` where it is none, or too large. */
export function sampleImage({ values, shape }: SampleImage): Markup | undefined {
  const [height = 0, width = 0] = shape.slice(-2);
  const channels = shape.length > 2 ? (shape[0] ?? 1) : 1;
  const isImage = shape.length === 2 || shape.length === 3;
  if (!isImage || (channels !== 1 && channels !== 3) || Math.min(height, width) < 2 || Math.max(height, width) > MAX_SIDE) {
    return undefined;
  }
  const levels = channels === 1 ? GREYS : LEVELS;
  const byte = (value: number | undefined): number => Math.round((255 * Math.round((levels - 1) * (value ?? 0))) / (levels - 1));
  const colourAt = (pixel: number): string => {
    const [red = 0, green = red, blue = red] = Array.from({ length: channels }, (_, channel) =>
      byte(values[channel * height * width + pixel]),
    );
    return red + green + blue === 0 ? "" : `rgb(${red} ${green} ${blue})`;
  };
  const runs = new Map<string, string>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      const colour = colourAt(y * width + x);
      const start = x;
      do x++;
      while (x < width && colourAt(y * width + x) === colour);
      if (colour !== "") runs.set(colour, `${runs.get(colour) ?? ""}M${start} ${y}h${x - start}v1H${start}z`);
    }
  }
  const paths = Array.from(runs, ([colour, d]) => html`<path fill="${colour}" d="${d}"/>`);
  return html`<svg class="sample" viewBox="0 0 ${width} ${height}" aria-hidden="true" shape-rendering="crispEdges"><path d="M0 0h${width}v${height}H0z"/>${paths}</svg>`;
}
