import { allocated } from "../check/allocated.js";

/** Signals of samples, one after the other; each may have a length of its own. */
export interface SeriesInputs {
  kind: "series";
  /** `[time][channel]` of each sample. */
  values: Float32Array;
  /** Times at which the samples begin, and the end of the last. */
  offsets: Uint32Array;
  channels: number;
}

/** The signals of some rows, in their order. */
export function pickSeries(
  { values, offsets, channels }: SeriesInputs,
  rows: Uint32Array,
): { values: Float32Array; offsets: Uint32Array } {
  const picked = allocated(Uint32Array, rows.length + 1, "data", "the offsets");
  for (const [k, row] of rows.entries()) {
    picked[k + 1] = (picked[k] ?? 0) + (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
  }
  const into = allocated(Float32Array, (picked.at(-1) ?? 0) * channels, "data", "the signals");
  for (const [k, row] of rows.entries()) {
    const from = values.subarray((offsets[row] ?? 0) * channels, (offsets[row + 1] ?? 0) * channels);
    into.set(from, (picked[k] ?? 0) * channels);
  }
  return { values: into, offsets: picked };
}

/** The channels of one row, `[channel][time]`. */
export function channelsOf({ values, offsets, channels }: SeriesInputs, row: number): Float32Array[] {
  const start = offsets[row] ?? 0;
  const length = (offsets[row + 1] ?? start) - start;
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length }, (_, time) => values[(start + time) * channels + channel] ?? 0),
  );
}
