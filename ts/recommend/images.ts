import type { LayerConfig } from "../generated/config.js";
import type { ImageShape } from "./profile.js";
import type { Choice, Reason } from "./recommendation.js";

/** Side above which images are averaged before the first convolution. */
const MAX_SIDE = 48;

/** Samples below which images are few: each then has to serve for more. */
const FEW = 3000;
/** Updates after which little is gained, of few images and of many. */
const UPDATES = { few: 5000, many: 2500 };
/** Channels of the two convolutions. */
const CHANNELS = { few: [16, 32], many: [8, 16] } as const;

/** What suits so many images: two convolutions with pools, a readout; one spike for each pixel. */
export function imageChoice(shape: ImageShape, samples: number): Choice {
  const last = 7;
  const many = samples < FEW ? "few" : "many";
  const shift = many === "few" ? 2 : 1;
  const why = "One spike for each pixel, earlier for a brighter one; black pixels give none.";
  const [channels, height, width] = shape;
  return {
    preset: "images",
    encoding: { type: "latency", first: 0, last },
    steps: last + 3,
    ...convolutions(shape, [{ setting: "encoding", why }, ...(many === "few" ? OF_FEW : [])], CHANNELS[many]),
    updates: UPDATES[many],
    augmentation: { shift, image: [channels, height, width] },
  };
}

const OF_FEW: readonly Reason[] = [
  {
    setting: "training.augmentation",
    why: `Images are few below ${FEW.toLocaleString("en-US")}: shifts by up to 2 pixels, more channels and twice the updates make more of each.`,
  },
];

/** Convolutions for images of this shape, of grey values or of spikes. */
export function convolutions(
  shape: ImageShape,
  before: readonly Reason[],
  [first, second]: readonly [number, number] = CHANNELS.many,
): Pick<Choice, "input" | "hidden" | "reasons" | "updates"> {
  const [, height, width] = shape;
  const side = Math.max(height, width);
  const window = Math.ceil(side / MAX_SIDE);
  const why = `Images of ${height} × ${width} pixels: two convolutions, each with a pool, find shapes wherever they lie.`;
  const smaller = `Squares of ${window} × ${window} pixels are averaged first, as larger images take long to learn.`;
  const shrinking: LayerConfig[] = window > 1 ? [{ type: "avgPool2d", window }] : [];
  return {
    updates: UPDATES.many,
    input: shape,
    hidden: [
      ...shrinking,
      { type: "conv2d", channels: first, kernel: 5 },
      { type: "avgPool2d", window: 2 },
      { type: "conv2d", channels: second, kernel: 3 },
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
