import { LEAKY, ONCE, RESET_ALL, RESET_SUBTRACT } from "../description.js";
import { type IntegerLayer, RESET_NONE } from "./description.js";

const { max, min, trunc } = Math;

/** What stands for a decay of 1. */
export const ONE = 2 ** 15;

/** States of the units of a layer. */
export interface IntegerStates {
  /** I, V and h of the last step. */
  current: Int32Array;
  membrane: Int32Array;
  adaptation: Int32Array;
  fired: Uint8Array;
  /** Steps to come in which a unit is blocked. */
  blocked: Uint32Array;
}

/** mul(x, A). */
function decayed(state: number, decay: number): number {
  return trunc((state * decay) / ONE);
}

/**
 * Takes a step of the units of a layer with what arrives at each; `fire` is called with those that fire, in order. Returns how many
 * currents and membranes were held within ± `maxState`. Products and sums are exact in doubles.
 *
 * ```text
 * I = sat(mul(I, A_i) + 2^F X),   V = sat(mul(c, A_v) + div(I, 2^F') + b),   V ≥ θ + h fires         c: V after the reset
 * ALIF:   h = sat(mul(h, A_ρ) + k S) with S of the step before
 * ```
 */
export function stepUnits(
  { kind, reset, refractory, places, weightFactor, currentDivisor, constants, bias }: IntegerLayer,
  { current, membrane, adaptation, fired, blocked }: IntegerStates,
  [maxState, arriving]: [maxState: number, arriving: Float64Array],
  fire: (unit: number) => void,
): number {
  const hold = (state: number) => max(-maxState, min(state, maxState));
  let clamped = 0;
  for (let unit = 0; unit < current.length; unit++) {
    const filter = trunc(unit / places);
    const constant = (number: number) => {
      const values = constants[number];
      return values === undefined ? 0 : (values[values.length === 1 ? 0 : filter] as number);
    };
    const hasFired = fired[unit] === 1;
    let i = current[unit] as number;
    let c = membrane[unit] as number;
    let h = adaptation[unit] as number;
    if (hasFired && reset !== RESET_NONE) {
      if (reset === RESET_ALL) i = 0;
      c = reset === RESET_SUBTRACT ? hold(c - constant(2) - h) : 0;
    }
    const exactCurrent = decayed(i, constant(0)) + weightFactor * (arriving[unit] as number);
    i = hold(exactCurrent);
    const exact = decayed(c, constant(1)) + trunc(i / currentDivisor) + (bias[filter] as number);
    let v = hold(exact);
    clamped += Number(i !== exactCurrent) + Number(v !== exact);
    h = hold(decayed(h, constant(3)) + (hasFired ? constant(4) : 0));
    const isBlocked = (blocked[unit] as number) > 0;
    if (isBlocked) {
      v = 0;
      if (refractory !== ONCE) blocked[unit] = (blocked[unit] as number) - 1;
    }
    const fires = kind !== LEAKY && !isBlocked && v >= constant(2) + h;
    current[unit] = i;
    membrane[unit] = v;
    adaptation[unit] = h;
    fired[unit] = Number(fires);
    if (fires) {
      blocked[unit] = refractory;
      fire(unit);
    }
  }
  return clamped;
}
