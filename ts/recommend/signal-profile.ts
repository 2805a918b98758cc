import type { SpikeDataset } from "../datasets/dataset.js";
import { SpikeletError } from "../errors.js";

/** Fraction of the samples that a simulation covers whole: one that is much longer would make all others wait. */
const COVERED = 0.95;

/** Facts about signals. */
export interface SignalProfile {
  kind: "signal";
  channels: number;
  /** Points of a sample that 95 % do not exceed. */
  points: number;
  /** Points per second, where they are known. */
  sampleRate: number | undefined;
  /** Mean of all values. */
  mean: number;
  /** Standard deviation of a channel's values, as the root of the mean over the channels of its square. */
  deviation: number;
  /** Whether the mean of each channel lies within two deviations of that of all values. */
  isCentred: boolean;
  /** Deviation of the channel that varies most, divided by that of the one that varies least. */
  spread: number;
}

/**
 * Measures signals.
 *
 * @throws {SpikeletError} `DATA_FORMAT` where no channel varies.
 */
export function signalProfile(data: SpikeDataset): SignalProfile {
  const moments = Array.from({ length: data.info.shape[0] ?? 1 }, () => new Moments());
  const lengths: number[] = [];
  for (let sample = 0; sample < data.length; sample++) {
    const signal = data.signal(sample) ?? [];
    lengths.push(signal[0]?.length ?? 0);
    for (const [channel, values] of signal.entries()) for (const value of values) moments[channel]?.add(value);
  }
  lengths.sort((a, b) => a - b);
  const deviations = moments.map(({ deviation }) => deviation).filter((deviation) => deviation > 0);
  if (deviations.length === 0) throw new SpikeletError("DATA_FORMAT", "data", "must vary: every channel is constant");
  const mean = moments.reduce((sum, channel) => sum + channel.mean, 0) / moments.length;
  const deviation = Math.sqrt(deviations.reduce((sum, one) => sum + one ** 2, 0) / deviations.length);
  return {
    kind: "signal",
    channels: moments.length,
    points: lengths[Math.floor(COVERED * (lengths.length - 1))] ?? 1,
    sampleRate: data.info.sampleRate,
    mean,
    deviation,
    isCentred: moments.every((channel) => Math.abs(channel.mean - mean) <= 2 * deviation),
    spread: Math.max(...deviations) / Math.min(...deviations),
  };
}

/** Mean and standard deviation of values that come one by one (Welford 1962). */
class Moments {
  #count = 0;
  #squares = 0;
  mean = 0;

  add(value: number): void {
    this.#count += 1;
    const difference = value - this.mean;
    this.mean += difference / this.#count;
    this.#squares += difference * (value - this.mean);
  }

  get deviation(): number {
    return Math.sqrt(this.#squares / Math.max(1, this.#count));
  }
}
