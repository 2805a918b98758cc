import type { LossConfig } from "spikelet";

/** What the networks of a race are asked for: two spikes of the right output and its first spike, the latter alone, or exact spike trains. */
export const COURSES = ["both", "first", "trains"] as const;

export type CourseType = (typeof COURSES)[number];

/** The loss of a course, for samples of so many steps. */
export function lossOf(course: CourseType, steps: number): LossConfig {
  if (course === "trains") return { type: "spikeTrain", positive: [Math.round(steps / 3), Math.round((2 * steps) / 3)] };
  return {
    type: "latency",
    inverseTemperature: 0.25,
    endSimulation: "off",
    ...(course === "both" && { targetCount: { scope: "all", positive: 2, negative: 0 } }),
  };
}
