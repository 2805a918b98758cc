import { type FieldChecks, record } from "../../check/fields.js";
import { oneOf, positive } from "../../check/values.js";
import type { Reset } from "../../generated/config.js";
import type { H5wasm } from "./hdf5.js";

/**
 * How a time constant τ becomes a decay for a step of `dt`: with `euler` 1 − dt/τ, as readers of NIR simulate it, with `exact`
 * e^(−dt/τ), the solution of the equation. Either way a step adds (1 − decay) times the input of the state.
 */
export type Discretization = "euler" | "exact";

/** Relation of steps and time, and the library that reads and writes the file. */
export interface NirOptions {
  /** Duration of a step in seconds; 0.0001 by default, as snnTorch assumes. */
  dt?: number;
  /** `euler` by default. */
  discretization?: Discretization;
  /** The npm package `h5wasm`, needed in pages: `await import("h5wasm")`. Node finds it without this option. */
  h5wasm?: H5wasm;
}

/** Duration of a step in seconds unless told otherwise. */
export const STEP_SECONDS = 1e-4;

/** A check for each of {@link NirOptions}. */
export const NIR_OPTIONS: FieldChecks<NirOptions> = {
  dt: positive,
  discretization: oneOf("euler", "exact"),
  h5wasm: (value, path) => record(value, path) as unknown as H5wasm,
};

/** Resets that the neurons of a file can get: all that there are. */
export const RESETS = Object.keys({
  all: 0,
  membrane: 0,
  subtract: 0,
  subtractAfterDecay: 0,
  none: 0,
} satisfies Record<Reset, 0>) as Reset[];

/** To 12 digits, so that 0.99 comes back as 0.99. */
export const rounded = (value: number): number => Number(value.toPrecision(12));

/** Time constants as decays, times as steps, and the other way. */
export class Clock {
  readonly #dt: number;
  readonly #isExact: boolean;

  constructor({ dt = STEP_SECONDS, discretization = "euler" }: NirOptions) {
    this.#dt = dt;
    this.#isExact = discretization === "exact";
  }

  /** The time constant of a decay, undefined where none has it. */
  tau(decay: number): number | undefined {
    const tau = this.#isExact ? -this.#dt / Math.log(decay) : this.#dt / (1 - decay);
    return Number.isFinite(tau) && tau > 0 ? tau : undefined;
  }

  /** The decay of a time constant, undefined where a step is too long for it. */
  decay(tau: number): number | undefined {
    const decay = this.#isExact ? Math.exp(-this.#dt / tau) : 1 - this.#dt / tau;
    return decay >= 0 && decay < 1 ? rounded(decay) : undefined;
  }

  /** Seconds of so many steps. */
  seconds(steps: number): number {
    return steps * this.#dt;
  }

  /** Steps of so many seconds, which need not be whole. */
  steps(seconds: number): number {
    return rounded(seconds / this.#dt);
  }
}
