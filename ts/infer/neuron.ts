import { ADLIF, ALIF, type Layer, LEAKY, ONCE, RESET_ALL, RESET_SUBTRACT } from "./description.js";
import type { Memory } from "./memory.js";

const { fround } = Math;
/** Smaller magnitudes become 0 every so many steps. */
const FLOOR = fround(1e-20);
const FLOOR_EVERY = 16;

/** Takes a step with what arrives at each position. */
export type Step = (drive: Float32Array, step: number) => void;

/**
 * The units of a layer, each operation rounded to single precision. `unitAt` are the units by position, `fire` is called with those that
 * fire, in order of their positions. Returns the membranes, which are those of the step until the next one, and the step.
 *
 * ```text
 * J = αᵢ J + γ X,   V = αᵥ c + J + b,   V ≥ θ fires         c: V after the reset
 * ALIF:   θ = threshold + κ a,   a = ρ a + S
 * adLIF:  V loses (1 − αᵥ) w,   w = ρ w + u,   u = (1 − ρ) (a c + b S) of this step (symplectic), or of the one before
 * ```
 */
export function neurons(
  { kind, reset, refractory, places, constants, drives }: Layer,
  unitAt: Uint32Array,
  memory: Memory,
  fire: (unit: number) => void,
): { membrane: Float32Array; run: Step } {
  const units = unitAt.length;
  const byPosition = (values: Float32Array) => Float32Array.from(unitAt, (unit) => values[Math.floor(unit / places)] as number);
  const ofPositions = constants.map((values) => (values.length === 1 ? values : byPosition(values))) as Nine;
  const [, membraneDecay, , drop, threshold, own0, own1, own2, own3] = ofPositions;
  const bias = byPosition(drives);
  const stride = threshold.length === 1 ? 0 : 1;
  const isPlain = kind <= LEAKY && refractory === 0;
  const current = memory.floats(units);
  const membrane = memory.floats(units);
  const adaptation = memory.floats(units);
  const arriving = memory.floats(units);
  const blocked = memory.floats(units);
  const states = [current, membrane, adaptation, arriving];

  const run = (drive: Float32Array, step: number) => {
    // Not at the end of the step before: what a readout answers is not flushed.
    if (step % FLOOR_EVERY === 0) states.forEach(flush);
    integrate(current, membrane, drive, bias, ofPositions, stride);
    for (let k = 0, c = 0; k < units; k++, c += stride) {
      let v = membrane[k] as number;
      let theta = threshold[c] as number;
      if (isPlain && v < theta) continue;
      if (kind === ADLIF) v = fround(v + (0 - fround(fround(1 - (membraneDecay[c] as number)) * (adaptation[k] as number))));
      if ((blocked[k] as number) > 0) {
        v = 0;
        if (refractory !== ONCE) blocked[k] = (blocked[k] as number) - 1;
      }
      if (kind === ALIF) theta = fround(theta + fround((adaptation[k] as number) * (own1[c] as number)));
      const fires = v >= theta;
      if (fires) {
        fire(unitAt[k] as number);
        blocked[k] = refractory;
        if (reset === RESET_ALL) current[k] = 0;
        v = reset === RESET_SUBTRACT ? fround(v - fround(theta * (drop[c] as number))) : 0;
      }
      membrane[k] = v;
      if (kind === ALIF) {
        adaptation[k] = fround((adaptation[k] as number) * (own0[c] as number)) + (fires ? 1 : 0);
      } else if (kind === ADLIF) {
        const coupled = fround(fround((own1[c] as number) * v) + (fires ? (own2[c] as number) : 0));
        const now = fround(fround(1 - (own0[c] as number)) * coupled);
        const taken = own3[c] ? now : (arriving[k] as number);
        adaptation[k] = fround((adaptation[k] as number) * (own0[c] as number)) + taken;
        arriving[k] = now;
      }
    }
  };
  return { membrane, run };
}

type Values = Float32Array;
type Nine = [Values, Values, Values, Values, Values, Values, Values, Values, Values];

/** J = αᵢ J + γ X,   V = αᵥ c + J + b: apart from what follows, so that the loop is fast. */
function integrate(
  current: Values,
  membrane: Values,
  drive: Values,
  bias: Values,
  [alpha, beta, gamma]: Nine,
  stride: number,
): void {
  for (let k = 0, c = 0; k < current.length; k++, c += stride) {
    const j = fround(fround((current[k] as number) * (alpha[c] as number)) + fround((drive[k] as number) * (gamma[c] as number)));
    current[k] = j;
    membrane[k] = fround(fround((membrane[k] as number) * (beta[c] as number)) + j) + (bias[k] as number);
  }
}

function flush(state: Float32Array): void {
  for (let k = 0; k < state.length; k++) if (Math.abs(state[k] as number) < FLOOR) state[k] = 0;
}
