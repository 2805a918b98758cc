import { allocated } from "./check/allocated.js";
import { record } from "./check/fields.js";
import { MAX_STEPS } from "./check/steps.js";
import { floats, listOf, numbers, refuse, shorts, whole, words } from "./check/values.js";
import { SpikeletError, within } from "./errors.js";
import type { EventArrays } from "./runtime/backend.js";

const MAX_UNIT = 0xffff_ffff;
/** Samples whose offsets take 1 GiB. */
const MAX_SAMPLES = 2 ** 28 - 1;

/**
 * The spikes of one sample: event `k` is a spike of unit `units[k]` at step `times[k]`. Equal events add up. Events of an input may
 * have values, by which the weights are multiplied.
 */
export interface SpikeTrain {
  /** Step of each event. */
  times: ArrayLike<number>;
  /** Unit of each event. */
  units: ArrayLike<number>;
  /** Value of each event, any finite number; without, all are 1. */
  values?: ArrayLike<number> | undefined;
}

/** Spikes of many samples in compressed rows. */
export class SpikeEvents {
  /** Where the events of each sample start, and where the last ones end: `[samples + 1]`. */
  readonly offsets: Uint32Array;
  /** Step of each event. */
  readonly times: Uint16Array;
  /** Unit of each event. */
  readonly units: Uint32Array;
  /** Value of each event; `undefined` where all are 1. */
  readonly values: Float32Array | undefined;
  readonly #length: number;

  /** @throws {SpikeletError} `SHAPE_MISMATCH` when the arrays do not fit each other, `DATA_FORMAT` for values that are not finite. */
  constructor(arrays: EventArrays) {
    const given = record(arrays, "events", "DATA_FORMAT");
    const offsets = words(given["offsets"], "offsets");
    const times = shorts(given["times"], "times");
    const units = words(given["units"], "units");
    equallyLong(times, units, "units");
    const values = given["values"] === undefined ? undefined : finite(floats(given["values"], "values"), times, "values");
    if (offsets[0] !== 0 || offsets.at(-1) !== times.length) {
      throw shape("offsets", `must start at 0 and end at the number of events (${times.length})`);
    }
    for (let b = 1; b < offsets.length; b++) {
      if (at(offsets, b) < at(offsets, b - 1)) throw shape(`offsets[${b}]`, "must not fall");
    }
    this.offsets = offsets;
    this.times = times;
    this.units = units;
    this.values = values;
    this.#length = offsets.length - 1;
  }

  /**
   * Joins the spike trains of single samples.
   *
   * @throws {SpikeletError} `DATA_FORMAT` for times and units that are not whole numbers and values that are not finite,
   * `SHAPE_MISMATCH` for times, units and values of unequal number, both behind `path`.
   */
  static fromTrains(trains: readonly SpikeTrain[], path = "trains"): SpikeEvents {
    const given = listOf(checkTrain)(trains, path);
    const offsets = allocated(Uint32Array, given.length + 1, path, "the offsets");
    let events = 0;
    for (const [b, train] of given.entries()) {
      equallyLong(train.times, train.units, `${path}[${b}].units`);
      if (train.values !== undefined) equallyLong(train.times, train.values, `${path}[${b}].values`);
      events += train.times.length;
      offsets[b + 1] = events;
    }
    const times = allocated(Uint16Array, events, path, "the times");
    const units = allocated(Uint32Array, events, path, "the units");
    const values = someValues(given, events, path);
    for (const [b, train] of given.entries()) {
      const range = [at(offsets, b), at(offsets, b + 1)] as const;
      const arrays = { times: times.subarray(...range), units: units.subarray(...range), values: values?.subarray(...range) };
      copyTrain(train, arrays, `${path}[${b}]`);
    }
    return new SpikeEvents({ offsets, times, units, values });
  }

  /**
   * Sorts a list of `[sample, step, unit]`, perhaps with a value of the event behind them, into the rows of `samples` samples.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` for a sample that is not a whole number below `samples`, `DATA_FORMAT` for steps and
   * units that are not whole numbers and values that are not finite, `CONFIG_INVALID` for more than 268,435,455 `samples`, or more than there is memory for.
   */
  static fromTriples(
    triples: readonly (readonly [sample: number, step: number, unit: number, value?: number])[],
    samples: number,
  ): SpikeEvents {
    const count = whole(0, MAX_SAMPLES)(samples, "samples");
    const given = listOf(numbers)(triples, "triples");
    const offsets = allocated(Uint32Array, count + 1, "samples", "the offsets");
    for (const [k, { 0: sample, 1: time, 2: unit }] of given.entries()) {
      if (!isWhole(sample, count - 1)) refuse("SHAPE_MISMATCH", `triples[${k}][0]`, `a whole number below ${count}`, sample);
      if (!isWhole(time, MAX_STEPS)) refuseWhole(`triples[${k}][1]`, MAX_STEPS, time);
      if (!isWhole(unit, MAX_UNIT)) refuseWhole(`triples[${k}][2]`, MAX_UNIT, unit);
      offsets[sample + 1] = at(offsets, sample + 1) + 1;
    }
    for (let b = 1; b <= count; b++) offsets[b] = at(offsets, b) + at(offsets, b - 1);
    const times = allocated(Uint16Array, given.length, "triples", "the times");
    const units = allocated(Uint32Array, given.length, "triples", "the units");
    const isWeighted = given.some((event) => event.length > 3);
    const values = isWeighted ? allocated(Float32Array, given.length, "triples", "the values") : undefined;
    // Where the next event of each sample goes, until each stands where the next sample starts.
    for (const { 0: sample = 0, 1: time = 0, 2: unit = 0, 3: value = 1 } of given) {
      const place = at(offsets, sample);
      times[place] = time;
      units[place] = unit;
      if (values) values[place] = value;
      offsets[sample] = place + 1;
    }
    offsets.copyWithin(1, 0, count).fill(0, 0, 1);
    return new SpikeEvents({ offsets, times, units, values });
  }

  /** Number of samples. */
  get length(): number {
    return this.#length;
  }

  /**
   * Times, units and perhaps values of one sample; views, not copies.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` for an index that no sample has, `DATA_FORMAT` if the memory of the arrays was handed
   * over.
   */
  sample(index: number): { times: Uint16Array; units: Uint32Array; values?: Float32Array } {
    if (!isWhole(index, this.length - 1)) refuse("SHAPE_MISMATCH", "index", `a whole number below ${this.length}`, index);
    const arrays = heldArrays(this);
    const { start, end } = rangeOf(arrays, index);
    return {
      times: arrays.times.subarray(start, end),
      units: arrays.units.subarray(start, end),
      ...(arrays.values && { values: arrays.values.subarray(start, end) }),
    };
  }

  /**
   * The events as `[sample, step, unit]`.
   *
   * @throws {SpikeletError} `DATA_FORMAT` if the memory of the arrays was handed over.
   */
  *triples(): Generator<[sample: number, step: number, unit: number]> {
    const arrays = heldArrays(this);
    for (let b = 0; b < this.length; b++) {
      const { start, end } = rangeOf(arrays, b);
      for (let k = start; k < end; k++) yield [b, at(arrays.times, k), at(arrays.units, k)];
    }
  }

  /**
   * The samples with these indices, in their order.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` for an index that no sample has, `DATA_FORMAT` for another kind of array, or if the
   * memory of the arrays was handed over.
   */
  pick(indices: Uint32Array): SpikeEvents {
    const arrays = heldArrays(this);
    const chosen = words(indices, "indices");
    const offsets = allocated(Uint32Array, chosen.length + 1, "indices", "the offsets");
    let events = 0;
    for (const [b, index] of chosen.entries()) {
      if (index >= this.length) refuse("SHAPE_MISMATCH", `indices[${b}]`, `a whole number below ${this.length}`, index);
      const { start, end } = rangeOf(arrays, index);
      events += end - start;
      offsets[b + 1] = events;
    }
    const times = allocated(Uint16Array, events, "indices", "the times");
    const units = allocated(Uint32Array, events, "indices", "the units");
    const values = arrays.values && allocated(Float32Array, events, "indices", "the values");
    for (const [b, index] of chosen.entries()) {
      const { start, end } = rangeOf(arrays, index);
      times.set(arrays.times.subarray(start, end), at(offsets, b));
      units.set(arrays.units.subarray(start, end), at(offsets, b));
      if (arrays.values) values?.set(arrays.values.subarray(start, end), at(offsets, b));
    }
    return new SpikeEvents({ offsets, times, units, values });
  }

  /**
   * One after the other.
   *
   * @throws {SpikeletError} `DATA_FORMAT` for parts that are no events, `SHAPE_MISMATCH` for arrays that do not fit each other.
   */
  static concat(parts: readonly EventArrays[]): SpikeEvents {
    const all = listOf(eventsAt)(parts, "parts");
    if (all.length === 1 && all[0] !== undefined) return all[0];
    const samples = all.reduce((sum, part) => sum + part.length, 0);
    const events = all.reduce((sum, part) => sum + part.times.length, 0);
    const offsets = allocated(Uint32Array, samples + 1, "parts", "the offsets");
    const times = allocated(Uint16Array, events, "parts", "the times");
    const units = allocated(Uint32Array, events, "parts", "the units");
    const values = someValues(all, events, "parts");
    let sample = 0;
    let event = 0;
    for (const part of all) {
      times.set(part.times, event);
      units.set(part.units, event);
      if (part.values !== undefined) values?.set(part.values, event);
      for (let b = 1; b < part.offsets.length; b++) offsets[++sample] = event + at(part.offsets, b);
      event += part.times.length;
    }
    return new SpikeEvents({ offsets, times, units, values });
  }
}

/** A train as the core takes it. */
interface TrainArrays {
  times: Uint16Array;
  units: Uint32Array;
  values?: Float32Array | undefined;
}

/**
 * @internal Copies of the arrays of a train.
 *
 * @throws {SpikeletError} as {@link SpikeEvents.fromTrains}.
 */
export function trainArrays(given: SpikeTrain, path: string): TrainArrays {
  const { times, units, values } = checkTrain(given, path);
  if (values === undefined && times instanceof Uint16Array && units instanceof Uint32Array) {
    return { times: times.slice(), units: units.slice() };
  }
  equallyLong(times, units, `${path}.units`);
  if (values !== undefined) equallyLong(times, values, `${path}.values`);
  const arrays = {
    times: allocated(Uint16Array, times.length, `${path}.times`, "the times"),
    units: allocated(Uint32Array, units.length, `${path}.units`, "the units"),
    values: values && allocated(Float32Array, values.length, `${path}.values`, "the values"),
  };
  copyTrain({ times, units, values }, arrays, path);
  return arrays;
}

/** New events of the same arrays. */
function eventsAt(given: unknown, path: string): SpikeEvents {
  const arrays = record(given, path, "DATA_FORMAT") as unknown as EventArrays;
  try {
    return new SpikeEvents(arrays);
  } catch (thrown) {
    throw within(path, thrown);
  }
}

/** The events of each sample before step `steps`; `events` itself where none is later. */
export function eventsBefore(events: SpikeEvents, steps: number): SpikeEvents {
  const arrays = heldArrays(events);
  if (arrays.times.every((time) => time < steps)) return events;
  const offsets = allocated(Uint32Array, arrays.offsets.length, "steps", "the offsets");
  const times = allocated(Uint16Array, arrays.times.length, "steps", "the times");
  const units = allocated(Uint32Array, arrays.times.length, "steps", "the units");
  const values = arrays.values && allocated(Float32Array, arrays.times.length, "steps", "the values");
  let kept = 0;
  for (let b = 0; b < events.length; b++) {
    const { start, end } = rangeOf(arrays, b);
    for (let k = start; k < end; k++) {
      const time = at(arrays.times, k);
      if (time >= steps) continue;
      times[kept] = time;
      units[kept] = at(arrays.units, k);
      if (arrays.values && values) values[kept] = at(arrays.values, k);
      kept += 1;
    }
    offsets[b + 1] = kept;
  }
  return new SpikeEvents({
    offsets,
    times: times.slice(0, kept),
    units: units.slice(0, kept),
    values: values?.slice(0, kept),
  });
}

/**
 * @internal Views of the arrays of events; refuses arrays whose memory was handed over or shrunk since the events were made.
 *
 * @param place what stands before the names of the arrays in paths.
 * @throws {SpikeletError} `DATA_FORMAT` with the path of the array.
 */
export function heldArrays({ offsets, times, units, values }: EventArrays, place = ""): EventArrays {
  return {
    ...(values && { values: floats(values, `${place}values`) }),
    offsets: words(offsets, `${place}offsets`),
    times: shorts(times, `${place}times`),
    units: words(units, `${place}units`),
  };
}

/**
 * The events of sample `b`, whose offsets may have been changed since the events were made.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` for offsets that fall or exceed the number of events.
 */
function rangeOf({ offsets, times, units }: EventArrays, b: number): { start: number; end: number } {
  const start = at(offsets, b);
  const end = at(offsets, b + 1);
  if (start <= end && end <= times.length && end <= units.length) return { start, end };
  throw shape(`offsets[${b + 1}]`, `must be from ${start} to the number of events (${times.length}), got ${end}`);
}

function checkTrain(train: unknown, path: string): SpikeTrain {
  const { times, units, values } = record(train, path, "DATA_FORMAT");
  return {
    times: numbers(times, `${path}.times`),
    units: numbers(units, `${path}.units`),
    values: values === undefined ? undefined : numbers(values, `${path}.values`),
  };
}

function copyTrain(from: SpikeTrain, { times, units, values }: TrainArrays, path: string): void {
  copyWhole(from.times, times, MAX_STEPS, `${path}.times`);
  copyWhole(from.units, units, MAX_UNIT, `${path}.units`);
  if (from.values === undefined || values === undefined) return;
  values.set(from.values);
  finite(values, times, `${path}.values`);
}

/** Values of 1 for so many events, where any of the parts has values. */
function someValues(parts: readonly { values?: unknown }[], events: number, path: string): Float32Array | undefined {
  if (parts.every(({ values }) => values === undefined)) return undefined;
  return allocated(Float32Array, events, path, "the values").fill(1);
}

/** One finite value for each event. */
function finite(values: Float32Array, times: ArrayLike<number>, path: string): Float32Array {
  equallyLong(times, values, path);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) refuse("DATA_FORMAT", `${path}[${index}]`, "a finite number", values[index]);
  return values;
}

function copyWhole(from: ArrayLike<number>, into: Uint16Array | Uint32Array, max: number, path: string): void {
  for (let k = 0; k < from.length; k++) {
    // A list may have a hole here.
    const value = from[k];
    if (!isWhole(value, max)) refuseWhole(`${path}[${k}]`, max, value);
    into[k] = value;
  }
}

function isWhole(value: number | undefined, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function refuseWhole(path: string, max: number, value: unknown): never {
  refuse("DATA_FORMAT", path, `a whole number from 0 to ${max}`, value);
}

function equallyLong(times: ArrayLike<number>, units: ArrayLike<number>, path: string): void {
  if (times.length === units.length) return;
  throw shape(path, `must have as many entries as times (${times.length}), got ${units.length}`);
}

function shape(path: string, message: string): SpikeletError {
  return new SpikeletError("SHAPE_MISMATCH", path, message);
}

function at(array: ArrayLike<number>, index: number): number {
  return array[index] ?? 0;
}
