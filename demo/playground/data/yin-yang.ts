import { randomOf } from "../../page/random.js";
import type { Point } from "./point.js";

/**
 * The Yin-Yang figure: yin, yang and the two dots (Kriener, Göltz, Petrovici 2022). Its disc has the radius 1/2, each dot 1/10.
 *
 * @param noise how far a point lies from where its class says, 0 to 1.
 */
export function pointsOf(count: number, noise: number, seed: number): Point[] {
  const random = randomOf(seed);
  const moved = () => 0.1 * noise * (random() + random() - 1);
  const distance = (x: number, y: number, centre: number) => Math.sqrt((x - centre) ** 2 + (y - 0.5) ** 2);
  const classOf = (x: number, y: number) => {
    const [left, right] = [distance(x, y, 0.25), distance(x, y, 0.75)];
    if (left < 0.1 || right < 0.1) return 2;
    return left <= 0.25 || (y > 0.5 && right > 0.25) ? 1 : 0;
  };
  return Array.from({ length: count }, (_, k) => {
    const label = k % 3;
    while (true) {
      const [x, y] = [random(), random()];
      if (distance(x, y, 0.5) > 0.5 || classOf(x, y) !== label) continue;
      return { x: x + moved(), y: y + moved(), label };
    }
  });
}
