import { SpikeletError } from "../../errors.js";
import { unpackLz4 } from "../../io/lz4.js";
import type { EventList } from "./event-list.js";
import { FlatBuffer } from "./flat-buffer.js";

/** Bytes of the header of a packet, and of an event. */
const [HEADER, EVENT] = [8, 16];
/** What the packets of events are called. */
const EVENTS = "EVTS";
/** Fields of the header of a file. */
const [COMPRESSION, TABLE_POSITION] = [0, 1];
const COMPRESSIONS = ["none", "LZ4", "LZ4", "ZSTD", "ZSTD"] as const;
/** A packet may unpack to this much, and to as many times its size: as other archives. */
const [ROOM, TIMES] = [64 * 2 ** 20, 16];

/** AEDAT 4.0: FlatBuffers, each packed by itself; packets of other streams, such as frames, are passed over. */
export function readAedat4(content: Uint8Array, start: number, events: EventList): void {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  if (start + 4 > content.length) throw fault(start, "the file ends within its header");
  const first = start + 4 + view.getUint32(start, true);
  if (first > content.length) throw fault(start, "the file ends within its header");
  const header = within(start, () => {
    const buffer = new FlatBuffer(content.subarray(start, first));
    return { compression: buffer.int32(COMPRESSION, 0), table: buffer.int64(TABLE_POSITION, -1) };
  });
  const compression = COMPRESSIONS[header.compression];
  if (compression === undefined) throw fault(start, `the packets have the unknown compression ${header.compression}`);
  if (compression === "ZSTD") {
    throw fault(start, "the packets are compressed with ZSTD, which is not read: export the recording with LZ4 or uncompressed");
  }
  const end = header.table < 0 ? content.length : Math.min(header.table, content.length);
  for (let at = first; at < end; ) {
    if (at + HEADER > end) throw fault(at, "the file ends within the header of a packet");
    const size = view.getInt32(at + 4, true);
    const next = at + HEADER + size;
    if (size < 0) throw fault(at, "the header of a packet is damaged");
    if (next > end) throw fault(at, `the file ends within a packet of ${size} bytes`);
    const packed = content.subarray(at + HEADER, next);
    within(at, () => take(compression === "LZ4" ? unpackLz4(packed, ROOM + TIMES * size) : packed, events));
    at = next;
  }
}

function take(bytes: Uint8Array, events: EventList): void {
  const packet = new FlatBuffer(bytes);
  if (packet.identifier !== EVENTS) return;
  for (const event of packet.structures(0, EVENT)) {
    const [x, y] = [event.getInt16(8, true), event.getInt16(10, true)];
    if (x < 0 || y < 0) throw new Error(`an event lies at (${x}, ${y})`);
    events.add(Number(event.getBigInt64(0, true)), x, y, event.getUint8(12) === 0 ? 0 : 1);
  }
}

/** Result of `read`, whose errors become those of a packet. */
function within<T>(at: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason =
      cause instanceof RangeError ? "it points beyond its end" : cause instanceof Error ? cause.message : String(cause);
    throw fault(at, `the packet can't be read: ${reason}`, cause);
  }
}

function fault(at: number, message: string, cause?: unknown): SpikeletError {
  return new SpikeletError("DATA_FORMAT", `byte ${at}`, message, cause);
}
