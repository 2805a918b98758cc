/**
 * A sample as bytes: its input, then its target, each a multiple of 4 bytes long; little-endian. Labels are not among them.
 *
 * Spikes are their number, all units and all times; a signal is its number of times and its values; all else has one length.
 */
import { SpikeEvents } from "../../spikes.js";
import type { DatasetTargets, HeldInputs } from "../samples.js";
import { pickSeries, type SeriesInputs } from "../series.js";

/** Inputs and targets of some samples. */
export interface Contents {
  inputs: HeldInputs;
  targets: DatasetTargets;
}

/** What the targets of a data set are. */
export type TargetKind = { kind: "none" | "labels" | "trains" } | { kind: "counts" | "series"; width: number };

/** Records of some samples, one after the other. */
export interface Records {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each record starts, and the end of the last. */
  offsets: Float64Array;
}

/** One memory as numbers of several kinds. */
interface Memory {
  bytes: Uint8Array;
  halves: Uint16Array;
  words: Uint32Array;
  floats: Float32Array;
}

/** How a part of the records is written and read. */
interface Part<T> {
  /** Bytes of that of sample `k`. */
  size(of: T, k: number): number;
  write(of: T, k: number, to: Memory, at: number): void;
  /** Reads that of every record from where `at` points to, and moves `at` behind it. */
  read(from: Memory, at: Places): T;
}

const WORD = 4;

/** Where in each record reading has come to. */
class Places {
  readonly at: Float64Array;
  readonly #ends: Float64Array;
  readonly #damaged: (k: number) => never;

  constructor(offsets: Float64Array, damaged: (k: number) => never) {
    this.at = offsets.slice(0, -1);
    this.#ends = offsets.subarray(1);
    this.#damaged = damaged;
  }

  get length(): number {
    return this.at.length;
  }

  /** Position of `bytes` bytes of record `k`, which are taken. */
  take(k: number, bytes: number): number {
    const start = this.at[k] ?? 0;
    const end = start + padded(bytes);
    if (end > (this.#ends[k] ?? 0)) this.#damaged(k);
    this.at[k] = end;
    return start;
  }

  /** {@link take} of every record. */
  takeAll(bytes: number): Float64Array {
    return Float64Array.from(this.at, (_, k) => this.take(k, bytes));
  }

  /** Makes sure that nothing is left of any record. */
  close(): void {
    const k = this.at.findIndex((place, index) => place !== this.#ends[index]);
    if (k >= 0) this.#damaged(k);
  }
}

const SPIKE_BYTES = 6;

const spikes: Part<SpikeEvents> = {
  size: ({ offsets }, k) => WORD + padded(SPIKE_BYTES * lengthOf(offsets, k)),
  write({ offsets, times, units }, k, to, at) {
    const [start, end] = [offsets[k] ?? 0, offsets[k + 1] ?? 0];
    const first = at / WORD + 1;
    to.words[first - 1] = end - start;
    to.words.set(units.subarray(start, end), first);
    to.halves.set(times.subarray(start, end), 2 * (first + end - start));
  },
  read(from, at) {
    const offsets = new Uint32Array(at.length + 1);
    const starts = new Float64Array(at.length);
    for (let k = 0; k < at.length; k++) {
      const count = from.words[at.take(k, WORD) / WORD] ?? 0;
      starts[k] = at.take(k, SPIKE_BYTES * count) / WORD;
      offsets[k + 1] = (offsets[k] ?? 0) + count;
    }
    const units = new Uint32Array(offsets.at(-1) ?? 0);
    const times = new Uint16Array(units.length);
    for (const [k, start] of starts.entries()) {
      const count = lengthOf(offsets, k);
      units.set(from.words.subarray(start, start + count), offsets[k]);
      times.set(from.halves.subarray(2 * (start + count), 2 * (start + count) + count), offsets[k]);
    }
    return new SpikeEvents({ offsets, times, units });
  },
};

function bytesOf(width: number): Part<Uint8Array> {
  return {
    size: () => padded(width),
    write: (all, k, to, at) => to.bytes.set(all.subarray(k * width, (k + 1) * width), at),
    read(from, at) {
      const starts = at.takeAll(width);
      const all = new Uint8Array(starts.length * width);
      for (const [k, start] of starts.entries()) all.set(from.bytes.subarray(start, start + width), k * width);
      return all;
    },
  };
}

function floatsOf(width: number): Part<Float32Array> {
  return {
    size: () => WORD * width,
    write: (all, k, to, at) => to.floats.set(all.subarray(k * width, (k + 1) * width), at / WORD),
    read(from, at) {
      const starts = at.takeAll(WORD * width).map((start) => start / WORD);
      const all = new Float32Array(starts.length * width);
      for (const [k, start] of starts.entries()) all.set(from.floats.subarray(start, start + width), k * width);
      return all;
    },
  };
}

function signalsOf(channels: number): Part<SeriesInputs> {
  return {
    size: ({ offsets }, k) => WORD + WORD * channels * lengthOf(offsets, k),
    write(series, k, to, at) {
      const { values } = pickSeries(series, Uint32Array.of(k));
      to.words[at / WORD] = values.length / channels;
      to.floats.set(values, at / WORD + 1);
    },
    read(from, at) {
      const offsets = new Uint32Array(at.length + 1);
      const starts = new Float64Array(at.length);
      for (let k = 0; k < at.length; k++) {
        const times = from.words[at.take(k, WORD) / WORD] ?? 0;
        starts[k] = at.take(k, WORD * channels * times) / WORD;
        offsets[k + 1] = (offsets[k] ?? 0) + times;
      }
      const values = new Float32Array((offsets.at(-1) ?? 0) * channels);
      for (const [k, start] of starts.entries()) {
        const count = lengthOf(offsets, k) * channels;
        values.set(from.floats.subarray(start, start + count), (offsets[k] ?? 0) * channels);
      }
      return { kind: "series", values, offsets, channels };
    },
  };
}

/** Writes some samples, of which there are as many as `samples`. */
export function writeRecords({ inputs, targets }: Contents, samples: number): Records {
  const parts = [inputPart(inputs), ...targetParts(targets, samples)];
  const offsets = new Float64Array(samples + 1);
  for (let k = 0; k < samples; k++) {
    offsets[k + 1] = (offsets[k] ?? 0) + parts.reduce((sum, part) => sum + part.size(k), 0);
  }
  const memory = memoryOf(new Uint8Array(offsets.at(-1) ?? 0));
  for (let k = 0; k < samples; k++) {
    let at = offsets[k] ?? 0;
    for (const part of parts) {
      part.write(k, memory, at);
      at += part.size(k);
    }
  }
  return { bytes: memory.bytes, offsets };
}

/**
 * Reads samples again.
 *
 * @param like what the inputs are, as those of no samples.
 * @param damaged is called with the place of a record that is not one.
 */
export function readRecords(
  { bytes, offsets }: Records,
  like: HeldInputs,
  targets: TargetKind,
  damaged: (k: number) => never,
): Contents {
  const memory = memoryOf(bytes);
  const places = new Places(offsets, damaged);
  const contents = { inputs: readInputs(like, memory, places), targets: readTargets(targets, memory, places) };
  places.close();
  return contents;
}

/** What the targets of so many samples are. */
export function targetKindOf({ labels, counts, series, trains }: DatasetTargets, samples: number): TargetKind {
  if (labels !== undefined) return { kind: "labels" };
  if (trains !== undefined) return { kind: "trains" };
  if (counts !== undefined) return { kind: "counts", width: counts.length / samples };
  if (series !== undefined) return { kind: "series", width: series.length / samples };
  return { kind: "none" };
}

/** A part whose values are known. */
interface BoundPart {
  size(k: number): number;
  write(k: number, to: Memory, at: number): void;
}

function bound<T>(part: Part<T>, of: T): BoundPart {
  return { size: (k) => part.size(of, k), write: (k, to, at) => part.write(of, k, to, at) };
}

function inputPart(inputs: HeldInputs): BoundPart {
  switch (inputs.kind) {
    case "events":
      return bound(spikes, inputs.events);
    case "pixels":
      return bound(bytesOf(inputs.units), inputs.pixels);
    case "values":
      return bound(floatsOf(inputs.units), inputs.values);
    case "series":
      return bound(signalsOf(inputs.channels), inputs);
  }
}

function targetParts({ counts, series, trains }: DatasetTargets, samples: number): BoundPart[] {
  const floats = [counts, series].flatMap((all) => (all === undefined ? [] : [bound(floatsOf(all.length / samples), all)]));
  return trains === undefined ? floats : [bound(spikes, trains)];
}

function readInputs(like: HeldInputs, from: Memory, at: Places): HeldInputs {
  switch (like.kind) {
    case "events":
      return { kind: "events", events: spikes.read(from, at) };
    case "pixels":
      return { ...like, pixels: bytesOf(like.units).read(from, at) };
    case "values":
      return { ...like, values: floatsOf(like.units).read(from, at) };
    case "series":
      return signalsOf(like.channels).read(from, at);
  }
}

function readTargets(targets: TargetKind, from: Memory, at: Places): DatasetTargets {
  switch (targets.kind) {
    case "trains":
      return { trains: spikes.read(from, at) };
    case "counts":
    case "series":
      return { [targets.kind]: floatsOf(targets.width).read(from, at) };
    default:
      return {};
  }
}

function memoryOf(bytes: Uint8Array<ArrayBuffer>): Memory & { bytes: Uint8Array<ArrayBuffer> } {
  const { buffer } = bytes;
  return { bytes, halves: new Uint16Array(buffer), words: new Uint32Array(buffer), floats: new Float32Array(buffer) };
}

function lengthOf(offsets: Uint32Array, k: number): number {
  return (offsets[k + 1] ?? 0) - (offsets[k] ?? 0);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / WORD) * WORD;
}
