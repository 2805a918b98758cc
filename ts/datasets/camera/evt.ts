import { SpikeletError } from "../../errors.js";
import type { EventList } from "./event-list.js";
import { TurningCounter } from "./turning-counter.js";

/** Microseconds of a unit of the upper part of a time, in EVT 2.0 and 3.0. */
const [HIGH_2, HIGH_3] = [2 ** 6, 2 ** 12];
/** Values of the upper part, after which it begins again. */
const [TURN_2, TURN_3] = [2 ** 28, 2 ** 12];

/** EVT 2.0: words of 32 bits, type in bits 28 to 31. */
export function readEvt2(content: Uint8Array, start: number, events: EventList): void {
  const [CD_OFF, CD_ON, TIME_HIGH] = [0x0, 0x1, 0x8];
  const view = wordsFrom(content, start, 4);
  const high = new TurningCounter(TURN_2);
  for (let at = 0; at < view.byteLength; at += 4) {
    const word = view.getUint32(at, true);
    const type = word >>> 28;
    if (type === TIME_HIGH) high.set(word & 0x0fff_ffff);
    if (type !== CD_OFF && type !== CD_ON) continue;
    events.add(high.value * HIGH_2 + ((word >>> 22) & 0x3f), (word >>> 11) & 0x7ff, word & 0x7ff, type);
  }
}

/** EVT 3.0: words of 16 bits, type in bits 12 to 15; what a word does not say is as before. */
export function readEvt3(content: Uint8Array, start: number, events: EventList): void {
  const [ADDR_Y, ADDR_X, BASE_X, VECT_12, VECT_8, TIME_LOW, TIME_HIGH] = [0x0, 0x2, 0x3, 0x4, 0x5, 0x6, 0x8];
  const view = wordsFrom(content, start, 2);
  const high = new TurningCounter(TURN_3);
  let [low, x, y, polarity] = [0, 0, 0, 0];
  const time = () => high.value * HIGH_3 + low;
  for (let at = 0; at < view.byteLength; at += 2) {
    const word = view.getUint16(at, true);
    const [type, value] = [word >>> 12, word & 0xfff];
    if (type === ADDR_Y) y = value & 0x7ff;
    else if (type === TIME_LOW) low = value;
    else if (type === TIME_HIGH) high.set(value);
    else if (type === ADDR_X) events.add(time(), value & 0x7ff, y, value >>> 11);
    else if (type === BASE_X) [x, polarity] = [value & 0x7ff, value >>> 11];
    else if (type === VECT_12 || type === VECT_8) {
      const width = type === VECT_12 ? 12 : 8;
      for (let k = 0; k < width; k++) if ((value >>> k) & 1) events.add(time(), x + k, y, polarity);
      x += width;
    }
  }
}

function wordsFrom(content: Uint8Array, start: number, size: number): DataView {
  const length = content.length - start;
  if (length % size === 0) return new DataView(content.buffer, content.byteOffset + start, length);
  throw new SpikeletError(
    "DATA_FORMAT",
    `byte ${content.length - (length % size)}`,
    `the file ends within a word of ${size} bytes`,
  );
}
