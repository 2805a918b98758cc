import { datasets, type SpikeDataset } from "spikelet";
import { type DrawnSetOptions, drawPart } from "./drawn-set.js";
import type { Draws } from "./draws.js";

/** What the hand does, by label. */
export const GESTURE_CLASSES = [
  "circle left",
  "circle right",
  "swipe left",
  "swipe right",
  "lift",
  "drop",
  "shake",
  "double tap",
] as const;

/** Points in time of a recording. */
export const GESTURE_STEPS = 80;
/** Points per second. */
const SAMPLE_RATE = 40;

type Vector = readonly [number, number, number];

/** Acceleration of a hand without the Earth's, at a phase from 0 (begin of the gesture) to 1 (end). */
type Motion = (phase: number) => Vector;

/**
 * Gestures before an accelerometer: two seconds of three axes, in units of the Earth's acceleration. Begin, length, strength and
 * direction of a gesture vary, the sensor is held at an angle, drifts, trembles and is noisy, and a second, weaker movement may
 * come before or after. Half of the classes differ only in what comes first, so that means, deviations and extremes of the axes
 * do not tell them apart.
 *
 * @returns signals `[3][80]` with labels 0 to 7, those of {@link GESTURE_CLASSES}: 1,200 samples for training and 400 for the test
 * by default, without an encoding.
 */
export function gestures(options: DrawnSetOptions = {}): { train: SpikeDataset; test: SpikeDataset } {
  const { seed = 1, train = 1200, test = 400 } = options;
  const part = (partSeed: number, count: number) => {
    const { samples: signals, labels } = drawPart(partSeed, count, GESTURE_CLASSES.length, recording);
    return datasets.fromSeries({ signals, labels, sampleRate: SAMPLE_RATE, unit: "g", name: "gestures" });
  };
  return { train: part(2 * seed, train), test: part(2 * seed + 1, test) };
}

function recording(label: number, draws: Draws): Float32Array[] {
  const length = draws.uniform(28, 52);
  const begin = draws.uniform(4, GESTURE_STEPS - length - 4);
  const strength = draws.uniform(0.7, 1.5);
  const motion = motionOf(label, draws);
  const turned = rotation(draws, 0.2);
  const gravity = rotation(draws, 0.25)([0, 0, 1]);
  const other = disturbance(draws);
  const drift = [0, 1, 2].map(() => draws.normal(0.08));
  const noise = draws.uniform(0.03, 0.09);
  const [rate, tremble] = [draws.uniform(1.2, 2), draws.uniform(0, 0.08)];
  const axes = [0, 1, 2].map(() => new Float32Array(GESTURE_STEPS));
  for (let t = 0; t < GESTURE_STEPS; t++) {
    const phase = (t - begin) / length;
    const moved = turned(phase >= 0 && phase <= 1 ? motion(phase) : [0, 0, 0]);
    for (const [axis, values] of axes.entries()) {
      const still = (gravity[axis] ?? 0) + ((drift[axis] ?? 0) * t) / GESTURE_STEPS + tremble * Math.sin(rate * t + axis);
      values[t] = strength * (moved[axis] ?? 0) + (other(t)[axis] ?? 0) + still + draws.normal(noise);
    }
  }
  return axes;
}

function motionOf(label: number, draws: Draws): Motion {
  const side = label % 2 === 0 ? -1 : 1;
  const bend = draws.uniform(0.7, 1.4);
  const paced = (phase: number) => phase ** bend;
  const kind = GESTURE_CLASSES[label];
  if (kind === "circle left" || kind === "circle right") {
    const start = draws.uniform(0, 2 * Math.PI);
    const turns = draws.uniform(1, 1.8);
    const height = draws.uniform(0.7, 1.2);
    return (phase) => {
      const angle = start + side * 2 * Math.PI * turns * paced(phase);
      return scaled(Math.sin(Math.PI * phase) ** 0.5, [Math.cos(angle), height * Math.sin(angle), 0]);
    };
  }
  if (kind === "swipe left" || kind === "swipe right") {
    const curve = draws.normal(0.2);
    return (phase) => scaled(side * Math.sin(2 * Math.PI * paced(phase)), [1, curve, 0.1]);
  }
  if (kind === "lift" || kind === "drop") {
    const curve = draws.normal(0.2);
    return (phase) => scaled(-side * Math.sin(2 * Math.PI * paced(phase)), [curve, 0.1, 1]);
  }
  if (kind === "shake") {
    const swings = draws.uniform(2.5, 4);
    const sign = draws.uniform() < 0.5 ? -1 : 1;
    return (phase) => scaled(sign * Math.sin(Math.PI * phase) * Math.sin(2 * Math.PI * swings * paced(phase)), [1, 0.15, 0]);
  }
  const [first, second, width] = [draws.uniform(0.15, 0.3), draws.uniform(0.6, 0.8), draws.uniform(0.04, 0.07)];
  const tap = (distance: number) => (1 - 2 * distance ** 2) * Math.exp(-(distance ** 2));
  return (phase) => [0, 0, -1.2 * (tap((phase - first) / width) + tap((phase - second) / width))];
}

/** A short push in any direction, in about half of the recordings. */
function disturbance(draws: Draws): (t: number) => Vector {
  const strength = draws.uniform() < 0.5 ? draws.uniform(0.1, 0.3) : 0;
  const [centre, width] = [draws.uniform(0, GESTURE_STEPS), draws.uniform(2, 5)];
  const direction: Vector = [draws.normal(), draws.normal(), draws.normal()];
  return (t) => scaled(strength * Math.exp(-(((t - centre) / width) ** 2)), direction);
}

/** A rotation about x, then y, then z, each by an angle with this deviation in radians. */
function rotation(draws: Draws, deviation: number): (vector: Vector) => Vector {
  const [a, b, c] = [draws.normal(deviation), draws.normal(deviation), draws.normal(deviation)];
  return ([x0, y0, z0]) => {
    const [y1, z1] = turn(a, y0, z0);
    const [x2, z2] = turn(b, x0, z1);
    const [x3, y3] = turn(c, x2, y1);
    return [x3, y3, z2];
  };
}

function turn(angle: number, first: number, second: number): [number, number] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos * first - sin * second, sin * first + cos * second];
}

function scaled(factor: number, [x, y, z]: Vector): Vector {
  return [factor * x, factor * y, factor * z];
}
