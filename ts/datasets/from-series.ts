import { type FieldChecks, fields } from "../check/fields.js";
import { type Check, listOf, numbers, positive, refuse, text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { assemble, TARGETS, type TargetOptions } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import type { SeriesInputs } from "./series.js";

/** Facts about signals. */
export interface SignalInfo {
  /** Sample rate in points per second. */
  sampleRate?: number;
  /** Unit of the values, for example `m/s²`. */
  unit?: string;
  name?: string;
}

/** Signals, `[sample][channel][time]`: the samples may differ in length but not in the number of channels. */
export interface SeriesOptions extends TargetOptions, SignalInfo {
  signals: readonly (readonly ArrayLike<number>[])[];
}

/** @internal */
export const SIGNAL_INFO: FieldChecks<SignalInfo> = { sampleRate: positive, unit: text, name: text };

const channels: Check<ArrayLike<number>[]> = listOf(numbers);

const seriesOptions = fields<SeriesOptions>({ ...TARGETS, ...SIGNAL_INFO, signals: listOf(channels) }, "signals");

/**
 * Makes a data set of signals with one step for each point in time; give it one of the encodings for signals before you use it
 * with a network.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when channels differ in length or samples in channels, `DATA_FORMAT` for values that
 * are not finite numbers.
 */
export function fromSeries(options: SeriesOptions): SpikeDataset {
  const { signals, sampleRate, unit, name = "series", ...targets } = seriesOptions(options, "");
  const inputs = joined(signals, "signals");
  const info = { name, shape: [inputs.channels], ...(sampleRate ? { sampleRate } : {}), ...(unit === undefined ? {} : { unit }) };
  return assemble(info, inputs, signals.length, targets);
}

/** The samples `[sample][channel][time]` as one array. */
function joined(series: readonly (readonly ArrayLike<number>[])[], path: string): SeriesInputs {
  const channels = Math.max(1, series[0]?.length ?? 1);
  const offsets = new Uint32Array(series.length + 1);
  for (const [sample, of] of series.entries()) {
    const at = `${path}[${sample}]`;
    if (of.length !== channels) throw new SpikeletError("SHAPE_MISMATCH", at, `must have ${channels} channels, has ${of.length}`);
    const length = of[0]?.length ?? 0;
    const other = of.findIndex((channel) => channel.length !== length);
    if (other >= 0) {
      const message = `must have ${length} values as the channels before it, has ${of[other]?.length}`;
      throw new SpikeletError("SHAPE_MISMATCH", `${at}[${other}]`, message);
    }
    offsets[sample + 1] = (offsets[sample] ?? 0) + length;
  }
  const values = new Float32Array((offsets.at(-1) ?? 0) * channels);
  for (const [sample, of] of series.entries()) {
    for (const [channel, from] of of.entries()) {
      for (let time = 0; time < from.length; time++) {
        const given = from[time];
        const value = typeof given === "number" ? Math.fround(given) : Number.NaN;
        if (!Number.isFinite(value)) refuse("DATA_FORMAT", `${path}[${sample}][${channel}][${time}]`, "a finite number", given);
        values[((offsets[sample] ?? 0) + time) * channels + channel] = value;
      }
    }
  }
  return { kind: "series", values, offsets, channels };
}
