import { randomOf } from "../../page/random.js";
import type { Point } from "./point.js";

/** Inner and outer radius of each class. */
const RINGS = [
  [0, 0.16],
  [0.25, 0.46],
] as const;

/**
 * A disc within a ring.
 *
 * @param noise how far a point lies from where its class says, 0 to 1.
 */
export function pointsOf(count: number, noise: number, seed: number): Point[] {
  const random = randomOf(seed);
  const moved = () => 0.15 * noise * (random() + random() - 1);
  return Array.from({ length: count }, (_, k) => {
    const label = k % 2;
    const [inner, outer] = RINGS[label as 0 | 1];
    while (true) {
      const [x, y] = [random(), random()];
      const radius = Math.sqrt((x - 0.5) ** 2 + (y - 0.5) ** 2);
      if (radius >= inner && radius <= outer) return { x: x + moved(), y: y + moved(), label };
    }
  });
}
