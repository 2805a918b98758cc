import type { Axis, Pool } from "./description.js";
import { append, type Events, each } from "./memory.js";

/** Lets spikes through a pool: `to`, which is empty, gets what leaves. */
export type Pass = (from: Events, to: Events) => void;

export function pass({ selects, window: { channels, rows, columns } }: Pool): Pass {
  const [[height, heightOfOutput], [width, widthOfOutput]] = [rows, columns];
  const places = height * width;
  const across = overlap(columns);
  // Output of each unit in each of the windows that may overlap there, from the last that begins at or before the unit; −1 for none.
  const outputs = Array.from({ length: overlap(rows) * across }, (_, back) =>
    Int32Array.from({ length: channels * places }, (_, unit) => {
      const y = windowOf(rows, Math.floor((unit % places) / width), Math.floor(back / across));
      const x = windowOf(columns, unit % width, back % across);
      return y < 0 || x < 0 ? -1 : (Math.floor(unit / places) * heightOfOutput + y) * widthOfOutput + x;
    }),
  );
  const leave = (from: Events, take: (output: number, value: number, unit: number) => void) => {
    for (const ofWindow of outputs) {
      each(from, (unit, value) => {
        const output = ofWindow[unit] as number;
        if (output >= 0) take(output, value, unit);
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
  const window = Math.floor(place / stride) - back;
  return window < output && place - window * stride < taps ? window : -1;
}
