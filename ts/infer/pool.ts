import type { Axis, Pool } from "./description.js";
import { append, type Events, each } from "./memory.js";

const { floor } = Math;

/** Lets spikes through a pool: `to`, which is empty, gets what leaves. */
export type Pass = (from: Events, to: Events) => void;

export function pass({ selects, window: { rows, columns } }: Pool): Pass {
  const [[height, heightOfOutput], [width, widthOfOutput]] = [rows, columns];
  const places = height * width;
  const across = overlap(columns);
  // All units in the last window that begins at or before each, then in the one before, as many as overlap.
  const leave = (from: Events, take: (output: number, value: number, unit: number) => void) => {
    for (let back = 0; back < overlap(rows) * across; back++) {
      each(from, (unit, value) => {
        const y = windowOf(rows, floor((unit % places) / width), floor(back / across));
        const x = windowOf(columns, unit % width, back % across);
        if (y >= 0 && x >= 0) take((floor(unit / places) * heightOfOutput + y) * widthOfOutput + x, value, unit);
      });
    }
  };
  if (!selects) return (from, to) => leave(from, (output, value) => append(to, output, value));
  return (from, to) => {
    const counts = new Map<number, number>();
    each(from, (unit) => counts.set(unit, (counts.get(unit) ?? 0) + 1));
    // As many spikes as the unit with the most has: the first where it is found, the others behind all.
    const most = new Map<number, number>();
    leave(from, (output, _, unit) => {
      if (!most.has(output)) append(to, output, 1);
      most.set(output, Math.max(most.get(output) ?? 0, counts.get(unit) as number));
    });
    for (const [output, count] of most) for (let more = 1; more < count; more++) append(to, output, 1);
  };
}

function overlap([, , taps, stride]: Axis): number {
  return Math.ceil(taps / stride);
}

function windowOf([, output, taps, stride]: Axis, place: number, back: number): number {
  const window = floor(place / stride) - back;
  return window < output && place - window * stride < taps ? window : -1;
}
