import { type Axis, NO_TICKS } from "./panel.js";
import { linear } from "./scale.js";
import { wholeTicks } from "./ticks.js";

/** Pixels for each tick. */
const ROOM = 70;

/** The axis of the steps of a sample in a figure of a width; without ticks and name where that of a plot below stands for it. */
export function stepAxis(steps: number, width: number, isShown = true): Axis {
  const scale = linear([0, Math.max(1, steps)]);
  return isShown ? { scale, label: "Step", ticks: stepTicks(steps, width) } : { scale, ticks: NO_TICKS };
}

/** Ticks at whole steps. */
export function stepTicks(steps: number, width: number) {
  return wholeTicks(0, Math.max(1, steps), Math.max(2, Math.floor(width / ROOM)));
}
