import { exp } from "../exp.js";
import { Draws } from "./draws.js";
import type { Options } from "./options.js";

/** Encodes signals, time by time. */
export interface ChannelEncoder {
  /** Units that a channel becomes. */
  units: number;
  restart(): void;
  /** The units that fire at the next time, in order, one for each spike. */
  step(values: Float32Array): number[];
}

/** Encodings of signals, by their types. */
export const CHANNEL_ENCODERS: Readonly<Record<string, (options: Options, channels: number) => ChannelEncoder>> = {
  delta,
  levels,
  current,
};

/** n[t] = clamp(trunc((x[t] − x₀) / θ − k[t−1]), −m, m) spikes, k[t] = k[t−1] + n[t]: falls, then rises. */
function delta({ threshold, maxSpikes, start }: Options): ChannelEncoder {
  let starts: number[] = [];
  let passed: number[] = [];
  return {
    units: 2,
    restart: () => {
      starts = [];
    },
    step: (values) => {
      if (starts.length === 0) {
        starts = Array.from(values, (x) => start ?? x);
        passed = starts.map(() => 0);
      }
      const fired = starts.map((from, channel) => {
        const before = passed[channel] as number;
        const moved = Math.trunc(((values[channel] as number) - from) / threshold - before);
        const count = Math.min(maxSpikes, Math.max(-maxSpikes, moved));
        passed[channel] = before + count;
        return count;
      });
      const counts = [...fired.map((count) => -count), ...fired];
      return counts.flatMap((count, unit) => Array<number>(Math.max(0, count)).fill(unit));
    },
  };
}

/** A spike where the signal falls through one of the levels, or rises to it. */
function levels({ min, max, count }: Options): ChannelEncoder {
  const heights = Array.from({ length: count }, (_, i) => min + ((max - min) * (i + 1)) / (count + 1));
  const upTo = (x: number) => heights.filter((level) => level <= x).length;
  let before: number[] | undefined;
  return {
    units: 2 * count,
    restart: () => {
      before = undefined;
    },
    step: (values) => {
      const now = Array.from(values, upTo);
      const fired: number[] = [];
      for (const direction of before === undefined ? [] : [0, 1]) {
        const [from, to] = direction === 0 ? [now, before as number[]] : [before as number[], now];
        for (let channel = 0; channel < now.length; channel++) {
          const first = (direction * now.length + channel) * count;
          for (let level = from[channel] as number; level < (to[channel] as number); level++) fired.push(first + level);
        }
      }
      before = now;
      return fired;
    },
  };
}

/** V[t] = α V[t−1] + (1 − α) (g x[t] + b), which spikes and becomes 0 where it reaches 1. */
function current({ neurons, gain, bias, timeConstant, spread, seed }: Options, channels: number): ChannelEncoder {
  const draws = Draws.of(seed);
  const units = Array.from({ length: channels * neurons }, (_, unit) => {
    const sign = (unit % neurons) % 2 === 0 ? 1 : -1;
    return { gain: sign * gain * (1 + spread * draws.symmetric()), bias: bias + spread * draws.symmetric(), membrane: 0 };
  });
  const decay = exp(-1 / timeConstant);
  return {
    units: neurons,
    restart: () => {
      for (const unit of units) unit.membrane = 0;
    },
    step: (values) =>
      units.flatMap((unit, number) => {
        const driven = unit.gain * (values[Math.floor(number / neurons)] as number) + unit.bias;
        unit.membrane = decay * unit.membrane + (1 - decay) * driven;
        if (unit.membrane < 1) return [];
        unit.membrane = 0;
        return [number];
      }),
  };
}
