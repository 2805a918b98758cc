import type { LayerConfig } from "../generated/config.js";
import type { ImageShape } from "./profile.js";
import type { Choice, Reason } from "./recommendation.js";

/** Side above which images are averaged before the first convolution. */
const MAX_SIDE = 48;

/** What suits images: two convolutions with pools, a readout; one spike for each pixel. */
export function imageChoice(shape: ImageShape): Choice {
  const last = 7;
  const why = "One spike for each pixel, earlier for a brighter one; black pixels give none.";
  const [channels, height, width] = shape;
  return {
    preset: "images",
    encoding: { type: "latency", first: 0, last },
    steps: last + 3,
    ...convolutions(shape, [{ setting: "encoding", why }]),
    augmentation: { shift: 1, image: [channels, height, width] },
  };
}

/** Convolutions for images of this shape, of grey values or of spikes. */
export function convolutions(shape: ImageShape, before: readonly Reason[]): Pick<Choice, "input" | "hidden" | "reasons"> {
  const [, height, width] = shape;
  const side = Math.max(height, width);
  const window = Math.ceil(side / MAX_SIDE);
  const why = `Images of ${height} × ${width} pixels: two convolutions, each with a pool, find shapes wherever they lie.`;
  const smaller = `Squares of ${window} × ${window} pixels are averaged first, as larger images take long to learn.`;
  const shrinking: LayerConfig[] = window > 1 ? [{ type: "avgPool2d", window }] : [];
  return {
    input: shape,
    hidden: [
      ...shrinking,
      { type: "conv2d", channels: 8, kernel: 5 },
      { type: "avgPool2d", window: 2 },
      { type: "conv2d", channels: 16, kernel: 3 },
      { type: "avgPool2d", window: 2 },
      { type: "flatten" },
    ],
    reasons: [
      ...before,
      { setting: "network.layers", why },
      ...(window > 1 ? [{ setting: "network.layers[0]", why: smaller }] : []),
    ],
  };
}
