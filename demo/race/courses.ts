import type { LossConfig } from "spikelet";

/** What the networks of a race are asked for. */
export const COURSES = [
  {
    type: "both",
    name: "First and twice",
    idea: "The right output should fire first, and twice: every rule gets a gradient.",
  },
  {
    type: "first",
    name: "First spike alone",
    idea: "Only first-spike times count: they give Activation no gradient.",
  },
  {
    type: "trains",
    name: "Exact spike trains",
    idea: "Two spikes at given steps: Timing moves spikes, but makes and removes none.",
  },
] as const;

export type CourseType = (typeof COURSES)[number]["type"];

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
