import { unitsOf } from "../../graph/graph.js";
import { areAlike, type DelayReader } from "./delays.js";
import type { NamedNode } from "./graph.js";
import type { DelayedSource } from "./wiring.js";

/** What comes out of a layer or the input. */
export interface Signal {
  /** `[units]`, `[channels, length]` or `[channels, height, width]`. */
  shape: readonly number[];
  /** What the weights behind must be multiplied with. */
  factor: number;
  /** Places over which pools have averaged. */
  averaged: number;
  /** Steps that the spikes of each unit still have to wait, and the node that says so. */
  delay?: { node: NamedNode; steps: Float32Array } | undefined;
}

/** Signals by the names of the nodes from which they come. */
export class Signals {
  readonly #found = new Map<string, Signal>();
  readonly #delays: DelayReader;

  constructor(delays: DelayReader) {
    this.#delays = delays;
  }

  set(name: string, signal: Signal): void {
    this.#found.set(name, signal);
  }

  /** The signal of sources that add, from those that are known; undefined where none is. */
  known(target: NamedNode, sources: readonly DelayedSource[]): Signal | undefined {
    return this.#joined(
      target,
      sources.filter(({ name }) => this.#found.has(name)),
    );
  }

  /**
   * The signal of sources that add.
   *
   * @throws {SpikeletError} `DATA_FORMAT` if they are not alike.
   */
  of(target: NamedNode, sources: readonly DelayedSource[]): Signal {
    const joined = this.#joined(target, sources);
    if (joined === undefined) throw target.fault("", "gets nothing");
    return joined;
  }

  #joined(target: NamedNode, sources: readonly DelayedSource[]): Signal | undefined {
    const signals = sources.map((source) => this.#delayed(source));
    const [first, ...others] = signals;
    for (const other of others) {
      if (first === undefined) break;
      const [one, another] = [first.shape.join(", "), other.shape.join(", ")];
      if (one !== another) throw target.fault("", `adds units [${one}] and [${another}]: they must be alike`);
      if (first.factor !== other.factor || first.averaged !== other.averaged)
        throw target.fault("", "adds sources that passed other pools, or windows of other sizes");
      if (!areAlike(first.delay?.steps, other.delay?.steps)) throw target.fault("", "adds sources with different delays");
    }
    return first;
  }

  #delayed({ name, delays }: DelayedSource): Signal {
    const signal = this.#found.get(name) as Signal;
    const units = unitsOf(signal.shape);
    const delay = delays.reduce<Signal["delay"]>(
      (before, node) => ({ node, steps: this.#delays.read(node, units, before?.steps) }),
      signal.delay,
    );
    return { ...signal, delay };
  }
}
