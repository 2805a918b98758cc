import { randomOf } from "../../page/random.js";
import type { Point } from "./point.js";

/** Steps of a spiral from its middle to its end, and the turn of each: a rotation by whole-number sides, 1.2 turns in all. */
const STEPS = 200;
const [COSINE, SINE] = [2808 / 2810, 106 / 2810];

/**
 * Two spirals around each other. Sine and cosine differ between engines, so a spiral is turned step by step.
 *
 * @param noise how far a point lies from its spiral, 0 to 1.
 */
export function pointsOf(count: number, noise: number, seed: number): Point[] {
  const random = randomOf(seed);
  const moved = () => 0.12 * noise * (random() + random() - 1);
  const spiral: (readonly [number, number])[] = [];
  for (let [step, u, v] = [0, 1, 0]; step <= STEPS; step++) {
    const radius = 0.03 + (0.43 * step) / STEPS;
    spiral.push([radius * u, radius * v]);
    [u, v] = [COSINE * u - SINE * v, SINE * u + COSINE * v];
  }
  return Array.from({ length: count }, (_, k) => {
    const label = k % 2;
    const side = label === 0 ? 1 : -1;
    const [u, v] = spiral[Math.floor(random() * spiral.length)] ?? [0, 0];
    return { x: 0.5 + side * u + moved(), y: 0.5 + side * v + moved(), label };
  });
}
