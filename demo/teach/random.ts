import { randomOf } from "../page/random.js";

/** Draws of a drawing with this number; those of neighbouring numbers are unlike. */
export function drawsOf(seed: number): () => number {
  return randomOf(Math.imul(seed + 1, 0x9e3779b1));
}
