import { MAX_STEPS } from "../../check/steps.js";
import type { SpikeletError } from "../../errors.js";
import type { LayerConfig } from "../../generated/config.js";
import type { NamedNode, NirLoop, NirNode } from "./graph.js";
import type { Clock } from "./options.js";

/** What is not as in a file, or in a file not as here, where a delay lies between two steps. */
export const BETWEEN_STEPS = "a delay between two steps is rounded to one of them here, halves to the even one";

/** Whether spikes wait for whole steps alone. */
export const areWhole = (delays: Float32Array): boolean => delays.every(Number.isInteger);

/** The node that delays each of its inputs by so many steps: NIR has it in seconds. */
export function delayNode(delays: Float32Array, clock: Clock): NirNode {
  const values = Float64Array.from(delays, (steps) => clock.seconds(steps));
  return { type: "Delay", fields: new Map([["delay", { shape: [values.length], values }]]) };
}

/** Delays of NIR on their way to the layer that has them. */
export class DelayReader {
  readonly #clock: Clock;
  readonly #approximations = new Set<string>();
  #waiting: { node: NamedNode; delays: Float32Array } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a node that delays each of `units` units, on top of those before it. */
  read(node: NamedNode, units: number): void {
    this.#waiting = { node, delays: this.#steps(node, units, this.#waiting?.delays) };
  }

  /** What is wrong with delays that come to such a node, undefined where there are none. */
  fault(type: string): SpikeletError | undefined {
    return this.#waiting?.node.fault("", `delays the input of ${type}: only Linear and Affine may have delays before them`);
  }

  /** Delays of a layer's inputs, and behind them those on the way of its own units back to them; undefined where there are none. */
  take(inputs: number, loop: NirLoop | undefined, units: number): Float32Array | undefined {
    const below = this.#waiting?.delays;
    const own = loop?.delay && this.#steps(loop.delay, units);
    this.#waiting = undefined;
    if (below === undefined && own === undefined) return undefined;
    const delays = new Float32Array(inputs + (loop === undefined ? 0 : units));
    delays.set(below ?? []);
    delays.set(own ?? [], inputs);
    if (!areWhole(delays)) this.#approximations.add(BETWEEN_STEPS);
    return delays;
  }

  /** What is not as in the file, in sentences. */
  approximations(): string[] {
    return [...this.#approximations];
  }

  #steps(node: NamedNode, units: number, before?: Float32Array): Float32Array {
    const seconds = node.numbers("delay", units);
    return Float32Array.from({ length: units }, (_, unit) => {
      const own = this.#clock.steps(seconds(unit));
      const steps = own + (before?.[unit] ?? 0);
      if (own >= 0 && steps <= MAX_STEPS) return steps;
      throw node.fault("delay", `must be from 0 to ${MAX_STEPS} steps, got ${steps}`);
    });
  }
}

/** A layer of the configuration with these delays. */
export function withDelays(config: LayerConfig, delays: Float32Array | undefined): LayerConfig {
  if (delays === undefined || config.type !== "dense") return config;
  return { ...config, delays: { by: "input", max: delays.reduce((max, steps) => Math.max(max, Math.ceil(steps)), 0) } };
}
