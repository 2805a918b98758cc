import { MAX_STEPS } from "../check/steps.js";
import { SpikeletError } from "../errors.js";

/** The step that a time falls in; 65536 stands for all that no simulation reaches. */
export function stepOf(time: number, stepLength: number, path: string): number {
  const step = Math.floor(time / stepLength);
  if (step >= 0) return Math.min(step, MAX_STEPS + 1);
  throw new SpikeletError("DATA_FORMAT", path, `must be a time from 0, got ${time}`);
}
