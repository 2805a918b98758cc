import type { Description } from "./description.js";
import { InferError, type InferErrorCode } from "./errors.js";
import { append, type Events } from "./memory.js";

/** Most steps of a sample or a call. */
export const MAX_STEPS = 65_535;

/** Events of one sample in any order: step and unit of each, and perhaps a value. */
export interface SpikeTrain {
  times: ArrayLike<number>;
  units: ArrayLike<number>;
  /** Finite numbers; 1 by default. */
  values?: ArrayLike<number> | undefined;
}

/** Adds the events of the next step. */
export type Schedule = (step: number, to: Events) => void;

/**
 * Events in order of their steps, then of their units.
 *
 * @throws {InferError} for events outside these steps or the input, and for values that can't be used.
 */
export function schedule(
  spikes: SpikeTrain,
  steps: number,
  { inputs, refusesValues }: Pick<Description, "inputs" | "refusesValues">,
): Schedule {
  const { times, units, values }: SpikeTrain = Object(spikes);
  const length = times?.length;
  for (const [name, list] of Object.entries({ times, units, values: values ?? units })) {
    if (length === undefined) refuse("DATA_FORMAT", name, "must be a list");
    if (list?.length !== length) refuse("SHAPE_MISMATCH", name, `must have ${length} entries, got ${list?.length}`);
  }
  const given = (k: number) => (values === undefined ? 1 : Math.fround(values[k] as number));
  const keys = Array.from({ length }, (_, k) => {
    const value = given(k);
    if (!Number.isFinite(value) || (refusesValues && value !== 1)) {
      refuse("DATA_FORMAT", `values[${k}]`, `must be ${refusesValues ? "1 in this network" : "finite"}, got ${value}`);
    }
    return whole(times[k], steps, `spikes.times[${k}]`) * inputs + whole(units[k], inputs, `spikes.units[${k}]`);
  });
  const order = Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number));
  let next = 0;
  return (step, to) => {
    for (; times[order[next] as number] === step; next++) {
      const k = order[next] as number;
      append(to, units[k] as number, given(k));
    }
  };
}

function refuse(code: InferErrorCode, name: string, reason: string): never {
  throw new InferError(code, `spikes.${name}`, reason);
}

export function isWhole(value: number | undefined, start: number, end: number): boolean {
  return Number.isInteger(value) && (value as number) >= start && (value as number) < end;
}

/** A whole number from 0 up to `end`. */
export function whole(value: number | undefined, end: number, path: string): number {
  if (isWhole(value, 0, end)) return value as number;
  throw new InferError("SHAPE_MISMATCH", path, `must be a whole number below ${end}, got ${value}`);
}
