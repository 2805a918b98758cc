import { SpikeletError } from "../../errors.js";
import type { EventList } from "./event-list.js";

/** Bytes of the header of a packet, and of a polarity event. */
const [HEADER, EVENT] = [28, 8];
/** Type of packets with polarity events. */
const POLARITY = 1;

/** AEDAT 3.1: packets of events of one type, little-endian. */
export function readAedat3(content: Uint8Array, start: number, events: EventList): void {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  for (let at = start; at < content.length; ) {
    if (at + HEADER > content.length) throw fault(at, "the file ends within the header of a packet");
    const [type, size, overflow, count] = [
      view.getInt16(at, true),
      view.getInt32(at + 4, true),
      view.getInt32(at + 12, true),
      view.getInt32(at + 20, true),
    ];
    if (size <= 0 || count < 0 || overflow < 0) throw fault(at, "the header of a packet is damaged");
    const end = at + HEADER + size * count;
    if (end > content.length) throw fault(at, `the file ends within a packet of ${count} events`);
    if (type === POLARITY && size !== EVENT) throw fault(at, `polarity events must have ${EVENT} bytes, have ${size}`);
    for (let event = at + HEADER; type === POLARITY && event < end; event += EVENT) {
      const data = view.getUint32(event, true);
      const isValid = (data & 1) === 1;
      if (!isValid) continue;
      const time = overflow * 2 ** 31 + view.getInt32(event + 4, true);
      events.add(time, data >>> 17, (data >>> 2) & 0x7fff, (data >>> 1) & 1);
    }
    at = end;
  }
}

function fault(at: number, message: string): SpikeletError {
  return new SpikeletError("DATA_FORMAT", `byte ${at}`, message);
}
