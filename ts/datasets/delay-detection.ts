import { fields } from "../check/fields.js";
import { MAX_STEPS } from "../check/steps.js";
import { whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { mulberry32 } from "../random.js";
import { SpikeEvents } from "../spikes.js";
import { assemble } from "./create.js";
import type { SpikeDataset } from "./dataset.js";

/** Which samples are drawn. The same values give the same samples on every machine. */
export interface DelayDetectionOptions {
  /** Classes, 2 to 1000; 8 by default. */
  classes?: number;
  /** Samples of each class; 1000 by default. */
  samplesPerClass?: number;
  /** Half of the steps between the delays of two classes, from 1; 2 by default. */
  gap?: number;
  /** Steps of the simulation, from 2; 100 by default. */
  steps?: number;
  /** Seed of the draws; 0 by default. */
  seed?: number;
}

const delayDetectionOptions = fields<DelayDetectionOptions>({
  classes: whole(2, 1000),
  samplesPerClass: whole(1, 10_000_000),
  gap: whole(1, MAX_STEPS),
  steps: whole(2, MAX_STEPS),
  seed: whole(),
});

/**
 * Two units that fire once each: the class is the delay between them. In class `k` unit 1 fires `(2k + 1 − classes) · gap` steps
 * after unit 0, so that half of the classes differ from the others only in which unit is first. The earlier spike is at any step of
 * the first half, so that no time alone tells anything. Sample `i` is of class `i mod classes`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the option, and at `gap` where the largest delay does not fit into the
 * second half of the steps.
 */
export function delayDetection(options: DelayDetectionOptions = {}): SpikeDataset {
  const { classes = 8, samplesPerClass = 1000, gap = 2, steps = 100, seed = 0 } = delayDetectionOptions(options, "");
  const half = Math.floor(steps / 2);
  const largest = (classes - 1) * gap;
  if (largest >= steps - half) {
    const message = `with ${classes} classes the largest delay is ${largest} steps, it must be below half of the ${steps} steps`;
    throw new SpikeletError("CONFIG_INVALID", "gap", message);
  }
  const draw = mulberry32(seed);
  const labels = Uint32Array.from({ length: classes * samplesPerClass }, (_, sample) => sample % classes);
  const trains = Array.from(labels, (label) => {
    const delay = (2 * label + 1 - classes) * gap;
    const first = Math.floor(draw() * half);
    const times = [first, first + Math.abs(delay)];
    return { times, units: delay < 0 ? [1, 0] : [0, 1] };
  });
  const events = SpikeEvents.fromTrains(trains);
  return assemble({ name: "delayDetection", shape: [2], steps }, { kind: "events", events }, events.length, { labels });
}
