import { MAX_STEPS } from "../../check/steps.js";
import type { NamedNode, NirNode } from "./graph.js";
import type { Clock } from "./options.js";

/** What is not as in a file, or in a file not as here, where a delay lies between two steps. */
export const BETWEEN_STEPS = "a delay between two steps is rounded to one of them here, halves to the even one";

/** Whether spikes wait for whole steps alone. */
export const areWhole = (delays: Float32Array): boolean => delays.every(Number.isInteger);

/** Whether spikes wait for the same steps, or for none, at the ends of two ways. */
export function areAlike(one: Float32Array | undefined, other: Float32Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.every((steps, unit) => steps === other[unit]);
}

/** The node that delays each of its inputs by so many steps: NIR has it in seconds. */
export function delayNode(delays: Float32Array, shape: readonly number[], clock: Clock): NirNode {
  const values = Float64Array.from(delays, (steps) => clock.seconds(steps));
  return { type: "Delay", fields: new Map([["delay", { shape, values }]]) };
}

/** Reads delays as steps. */
export class DelayReader {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Steps that each of `units` units waits in a node, on top of those before it. */
  read(node: NamedNode, units: number, before?: Float32Array): Float32Array {
    const seconds = node.numbers("delay", units);
    return Float32Array.from({ length: units }, (_, unit) => {
      const own = this.#clock.steps(seconds(unit));
      const steps = own + (before?.[unit] ?? 0);
      if (own >= 0 && steps <= MAX_STEPS) return steps;
      throw node.fault("delay", `must be from 0 to ${MAX_STEPS} steps, got ${steps}`);
    });
  }
}

/** Delays of an input, of which the longest is given in whole steps. */
export function delaysOf(...all: Float32Array[]): { by: "input"; max: number } {
  return {
    by: "input",
    max: all.reduce((max, delays) => delays.reduce((max, steps) => Math.max(max, Math.ceil(steps)), max), 0),
  };
}
