import { SpikeletError } from "../errors.js";

const MOST_STEPS = 0xffff;

/** The step that a time falls in; 65536 stands for all that no simulation reaches. */
export function stepOf(time: number, stepLength: number, path: string): number {
  const step = Math.floor(time / stepLength);
  if (step >= 0) return Math.min(step, MOST_STEPS + 1);
  throw new SpikeletError("DATA_FORMAT", path, `must be a time from 0, got ${time}`);
}

/** @throws {SpikeletError} `CONFIG_INVALID` when a simulation can't have so many steps. */
export function checkSteps(steps: number): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= MOST_STEPS) return;
  throw new SpikeletError("CONFIG_INVALID", "steps", `must be a whole number from 1 to ${MOST_STEPS}, got ${steps}`);
}

/** @throws {SpikeletError} `CONFIG_INVALID` when a duration is not above 0. */
export function checkLength(length: number, path: string): void {
  if (length > 0 && Number.isFinite(length)) return;
  throw new SpikeletError("CONFIG_INVALID", path, `must be above 0, got ${length}`);
}
