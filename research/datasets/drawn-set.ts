import { Draws } from "./draws.js";

/** Which samples are drawn. The same values give the same samples. */
export interface DrawnSetOptions {
  /** 0 to 2³²−1; 1 by default. */
  seed?: number;
  /** Number of training samples. */
  train?: number;
  /** Number of test samples. */
  test?: number;
}

/** Samples of one part, in random order, with equally many of each class (one more of some where the number does not divide). */
export interface DrawnPart<T> {
  samples: T[];
  labels: number[];
}

/** Draws a part of a data set, sample by sample; the seeds of two parts differ. */
export function drawPart<T>(
  seed: number,
  count: number,
  classes: number,
  sample: (label: number, draws: Draws) => T,
): DrawnPart<T> {
  const draws = new Draws(seed);
  const labels = draws.order(count).map((k) => k % classes);
  return { samples: labels.map((label) => sample(label, draws)), labels };
}
