import { randomOf } from "../../page/random.js";
import type { Point } from "./point.js";

/**
 * Two half circles that reach into each other. Sine and cosine differ between engines, so a point of a circle is one of the disc,
 * moved to its rim by a root, which does not.
 *
 * @param noise how far a point lies from its half circle, 0 to 1.
 */
export function pointsOf(count: number, noise: number, seed: number): Point[] {
  const random = randomOf(seed);
  const moved = () => 0.25 * noise * (random() + random() + random() - 1.5);
  return Array.from({ length: count }, (_, k) => {
    const label = k % 2;
    while (true) {
      const [u, v] = [2 * random() - 1, random()];
      const radius = Math.sqrt(u ** 2 + v ** 2);
      if (radius > 1 || radius < 0.1) continue;
      const [x, y] =
        label === 0
          ? [0.37 + (0.27 * u) / radius, 0.42 + (0.38 * v) / radius]
          : [0.63 + (0.27 * u) / radius, 0.58 - (0.38 * v) / radius];
      return { x: x + moved(), y: y + moved(), label };
    }
  });
}
