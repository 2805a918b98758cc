import { type FieldChecks, record } from "../../check/fields.js";
import { oneOf, positive } from "../../check/values.js";
import type { H5wasm } from "./hdf5.js";

/**
 * What a time constant τ means for a step of `dt`: with `euler` the decay 1 − dt/τ, which readers of NIR simulate, with `exact` the
 * decay e^(−dt/τ) of the equations themselves. Either way a step adds (1 − decay) times what drives the state.
 */
export type Discretization = "euler" | "exact";

/** How steps and time go together, and what reads the file. */
export interface NirOptions {
  /** Seconds that a step lasts; 0.0001 unless given, which snnTorch takes for granted. */
  dt?: number;
  /** `euler` unless given. */
  discretization?: Discretization;
  /** The npm package `h5wasm` as a page has it: `await import("h5wasm")`. Node finds it by itself. */
  h5wasm?: H5wasm;
}

/** A check for each of {@link NirOptions}. */
export const NIR_OPTIONS: FieldChecks<NirOptions> = {
  dt: positive,
  discretization: oneOf("euler", "exact"),
  h5wasm: (value, path) => record(value, path) as unknown as H5wasm,
};

/** To 12 digits, so that 0.99 comes back as 0.99. */
export const rounded = (value: number): number => Number(value.toPrecision(12));

/** Time constants as decays, times as steps, and the other way. */
export class Clock {
  readonly #dt: number;
  readonly #isExact: boolean;

  constructor({ dt = 1e-4, discretization = "euler" }: NirOptions) {
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
