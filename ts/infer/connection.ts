import { outputAt } from "./axis.js";
import { BY_CONNECTION, BY_INPUT, type Connection, type Layer, ONE_TO_ONE } from "./description.js";
import { append, clear, type Events, each, type Memory } from "./memory.js";
import { endOfBlock, positionOf } from "./order.js";

const { fround, floor } = Math;

/** Sends the spikes of a step, and adds what arrives at it to `drive`, by position. */
export type Send = (sent: Events, drive: Float32Array) => void;

/** A connection to the units of a layer. */
export function sender(connection: Connection, { filters, places }: Layer, memory: Memory): Send {
  const { scale, kind, delaysBy, delays, weights, window } = connection;
  const units = filters * places;
  if (kind === ONE_TO_ONE) {
    return (sent, drive) =>
      each(sent, (unit, value) => {
        const at = positionOf(floor(unit / places), unit % places, filters, places);
        drive[at] = (drive[at] as number) + fround(scale * fround((weights[unit] as number) * value));
      });
  }
  // Rings of what is under way: by the steps that are left, what arrives then.
  const slots = 1 + delays.reduce((longest, steps) => Math.max(longest, steps), 0);
  let now = 0;
  const sums = memory.floats(units * (delaysBy === BY_CONNECTION ? slots : 1));
  const underway = delaysBy === BY_INPUT ? Array.from({ length: slots }, () => memory.events()) : [];

  const dense = (unit: number, value: number) => addRow(weights, unit * units, value, sums, 0, units);
  const delayed = (unit: number, value: number) => {
    for (let k = 0, row = unit * units; k < units; k++, row++) {
      const to = ((now + (delays[row] as number)) % slots) * units + k;
      sums[to] = (sums[to] as number) + fround((weights[row] as number) * value);
    }
  };
  const add = window ? convolution(connection, filters, places, sums) : delaysBy === BY_CONNECTION ? delayed : dense;

  const addScaled = (from: number, drive: Float32Array) => {
    for (let k = 0; k < units; k++, from++) {
      drive[k] = (drive[k] as number) + fround(scale * (sums[from] as number));
      sums[from] = 0;
    }
  };

  return (sent, drive) => {
    let arriving = sent;
    if (delaysBy === BY_INPUT) {
      each(sent, (unit, value) => append(underway[(now + (delays[unit] as number)) % slots] as Events, unit, value));
      arriving = underway[now] as Events;
    }
    each(arriving, add);
    if (delaysBy === BY_CONNECTION) addScaled(now * units, drive);
    else if (arriving.units.length > 0) addScaled(0, drive);
    if (arriving !== sent) clear(arriving);
    now = (now + 1) % slots;
  };
}

/** Adds the weights of a spike to the sums of all places that see it. */
function convolution({ window, weights }: Connection, filters: number, places: number, sums: Float32Array) {
  const { channels, groups, rows, columns } = window as NonNullable<Connection["window"]>;
  const [seen, seeing] = [channels / groups, filters / groups];
  const [[height, , tapsOfRows], [width, widthOfOutput, tapsOfColumns]] = [rows, columns];
  return (unit: number, value: number) => {
    const place = unit % (height * width);
    const channel = (unit - place) / (height * width);
    const first = floor(channel / seen) * seeing;
    for (let ky = 0; ky < tapsOfRows; ky++) {
      const y = outputAt(rows, floor(place / width), ky);
      for (let kx = 0; y >= 0 && kx < tapsOfColumns; kx++) {
        const x = outputAt(columns, place % width, kx);
        const row = (((channel % seen) * tapsOfRows + ky) * tapsOfColumns + kx) * filters;
        for (let filter = first; x >= 0 && filter < first + seeing; ) {
          const count = Math.min(endOfBlock(filter), first + seeing) - filter;
          addRow(weights, row + filter, value, sums, positionOf(filter, y * widthOfOutput + x, filters, places), count);
          filter += count;
        }
      }
    }
  };
}

/** Adds `value` times the weights from `row` on to the sums from `at` on. */
function addRow(weights: Float32Array, row: number, value: number, sums: Float32Array, at: number, count: number): void {
  for (let k = 0; k < count; k++) {
    sums[at + k] = (sums[at + k] as number) + fround((weights[row + k] as number) * value);
  }
}
