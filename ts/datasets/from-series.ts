import { type FieldChecks, fields } from "../check/fields.js";
import { type Check, listOf, numbers, oneOf, positive, refuse, text } from "../check/values.js";
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

/** Signals: the samples may differ in length but not in the number of channels. */
export interface SeriesOptions extends TargetOptions, SignalInfo {
  /** `[sample][channel][time]`, with the layout `channelsLast` `[sample][time][channel]`. */
  signals: readonly (readonly ArrayLike<number>[])[];
  /**
   * `channelsFirst` by default, but signals of 16 channels or more are refused where nothing is said and they have more than
   * twice as many channels as points in time.
   */
  layout?: Layout;
}

/** Which of the two dimensions of a signal comes first. */
export type Layout = "channelsFirst" | "channelsLast";

/** @internal */
export const SIGNAL_INFO: FieldChecks<SignalInfo> = { sampleRate: positive, unit: text, name: text };

const channels: Check<ArrayLike<number>[]> = listOf(numbers);

const layouts = oneOf<Layout>("channelsFirst", "channelsLast");

const seriesOptions = fields<SeriesOptions>(
  { ...TARGETS, ...SIGNAL_INFO, signals: listOf(channels), layout: layouts },
  "signals",
);

/**
 * Makes a data set of signals with one step for each point in time; give it one of the encodings for signals before you use it
 * with a network.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when channels differ in length or samples in channels, or all signals have far more channels
 * than points in time and no layout says so, `DATA_FORMAT` for values that
 * are not finite numbers.
 */
export function fromSeries(options: SeriesOptions): SpikeDataset {
  const { signals: given, layout, sampleRate, unit, name = "series", ...targets } = seriesOptions(options, "");
  if (layout === undefined) refuseOddShape(given);
  const signals = layout === "channelsLast" ? given.map(transposed) : given;
  const inputs = joined(signals, "signals");
  const info = { name, shape: [inputs.channels], ...(sampleRate ? { sampleRate } : {}), ...(unit === undefined ? {} : { unit }) };
  return assemble(info, inputs, signals.length, targets);
}

/** With so many channels, and so many more than points, a signal looks as if time came first. */
const ODD = { channels: 16, ratio: 2 };

/** Refuses signals of which all look as if time came first. */
function refuseOddShape(signals: readonly (readonly ArrayLike<number>[])[]): void {
  const isOdd = (channels: readonly ArrayLike<number>[]) =>
    channels.length >= ODD.channels && channels.length > ODD.ratio * (channels[0]?.length ?? 0);
  const [first] = signals;
  if (first === undefined || !signals.every(isOdd)) return;
  const what = `${first.length} channels of ${first[0]?.length ?? 0} points`;
  const why = `has ${what}, as if it were [time][channel]: say which with layout "channelsLast" or "channelsFirst"`;
  throw new SpikeletError("SHAPE_MISMATCH", "signals[0]", why);
}

/** A signal `[time][channel]` as `[channel][time]`; rows that differ in length show where the first one of another length is. */
function transposed(times: readonly ArrayLike<number>[], sample: number): number[][] {
  const channels = times[0]?.length ?? 0;
  const other = times.findIndex(({ length }) => length !== channels);
  if (other >= 0) {
    const message = `must have ${channels} channels as the points before it, has ${times[other]?.length}`;
    throw new SpikeletError("SHAPE_MISMATCH", `signals[${sample}][${other}]`, message);
  }
  return Array.from({ length: channels }, (_, channel) => times.map((point) => point[channel] as number));
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
