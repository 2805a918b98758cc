import { fields } from "../check/fields.js";
import { finite, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { mulberry32 } from "../random.js";

/**
 * How to split a data set. Each part is a number of samples or, if below 1, a fraction of the samples that the data set does not
 * reserve.
 */
export interface SplitOptions {
  /** Seed, 0 to 2³²−1: the same one gives the same parts on every machine. */
  seed: number;
  /** Samples for training; by default all that the other parts leave. */
  train?: number;
  /** Samples for validation; by default a tenth, or as the data set says. */
  validation?: number;
  /** Samples for the test; by default a tenth, or the published test part of the data set. */
  test?: number;
}

/** @internal */
export const splitOptions = fields<SplitOptions>({ seed: whole(), train: finite, validation: finite, test: finite }, "seed");

/** Numbers of samples. */
export interface SplitSizes {
  train: number;
  validation: number;
  test: number;
}

/** Turns shares into numbers and checks that they fit into `samples`. */
export function splitSizes(samples: number, options: SplitOptions, defaults: { validation: number; test: number }): SplitSizes {
  const validation = count(options.validation ?? defaults.validation, samples, "validation");
  const test = fitting(options.test ?? defaults.test, samples, Math.max(0, samples - validation), "test");
  const rest = Math.max(0, samples - validation - test);
  const train = fitting(options.train ?? rest, samples, rest, "train");
  const requested = train + validation + test;
  if (requested > samples) {
    throw new SpikeletError("CONFIG_INVALID", "split", `the parts need ${requested} samples, the data set has ${samples}`);
  }
  return { train, validation, test };
}

/** The number of a part for which `room` samples are left: shares, rounded each by itself, may be one too many together. */
function fitting(part: number, samples: number, room: number, path: string): number {
  const rounded = count(part, samples, path);
  return part < 1 && rounded === room + 1 ? room : rounded;
}

function count(part: number, samples: number, path: string): number {
  if (!(part >= 0) || (part >= 1 && !Number.isInteger(part))) {
    throw new SpikeletError("CONFIG_INVALID", path, `must be a number of samples or a fraction below 1, got ${part}`);
  }
  return part < 1 ? Math.round(part * samples) : part;
}

/**
 * The indices `from .. to` in an order that depends on the seed alone and in which every stretch has the classes in the same
 * proportion as the whole.
 */
export function balancedOrder(from: number, to: number, seed: number, labels: Uint32Array | undefined): Uint32Array {
  const shuffled = shuffle(
    Uint32Array.from({ length: to - from }, (_, k) => from + k),
    seed,
  );
  if (labels === undefined) return shuffled;
  const sizes = new Map<number, number>();
  const ranked = Array.from(shuffled, (index) => {
    const label = labels[index] ?? 0;
    const rank = sizes.get(label) ?? 0;
    sizes.set(label, rank + 1);
    return { index, label, rank };
  });
  const size = (label: number) => sizes.get(label) ?? 1;
  // (2 rank + 1) / size, compared as products of integers so that no rounding decides.
  ranked.sort((a, b) => (2 * a.rank + 1) * size(b.label) - (2 * b.rank + 1) * size(a.label) || a.label - b.label);
  return Uint32Array.from(ranked, ({ index }) => index);
}

/** Fisher–Yates. */
function shuffle(indices: Uint32Array, seed: number): Uint32Array {
  const draw = mulberry32(seed);
  for (let last = indices.length - 1; last > 0; last--) {
    const other = Math.floor(draw() * (last + 1));
    const kept = indices[last] ?? 0;
    indices[last] = indices[other] ?? 0;
    indices[other] = kept;
  }
  return indices;
}
