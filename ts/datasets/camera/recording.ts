import { bytes as bytesOf } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import { readAedat } from "./aedat.js";
import { type CameraEvents, EventList } from "./event-list.js";
import { readEvt2, readEvt3 } from "./evt.js";

/**
 * Reads a recording of an event camera: EVT 2.0 or EVT 3.0 (Prophesee, little-endian) or AEDAT 3.1 (iniVation), told apart by its
 * header. Events that are not changes of brightness are passed over.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for another format and a file that ends within an event.
 */
export function parseRecording(bytes: Uint8Array): CameraEvents {
  const content = bytesOf(bytes, "bytes");
  const events = new EventList();
  const header = headerOf(content);
  const reader = READERS.find(({ format }) => format.test(header.text));
  if (reader === undefined) {
    throw new SpikeletError("DATA_FORMAT", "byte 0", "must begin with the header of EVT 2.0, EVT 3.0 or AEDAT 3.1");
  }
  reader.read(content, header.end, events);
  return events.taken();
}

const READERS = [
  { format: /^#!AER-DAT3\.1/, read: readAedat },
  { format: /^% (?:evt 2\.0|format EVT2(?:;|\s|$))/m, read: readEvt2 },
  { format: /^% (?:evt 3\.0|format EVT3(?:;|\s|$))/m, read: readEvt3 },
] as const;

const [PERCENT, HASH, NEWLINE] = [0x25, 0x23, 0x0a];
/** Lines that end a header; without one it ends before the first line that does not begin as all of it. */
const LAST = /^(?:% end|#!END-HEADER)\r?$/;

/** The lines at the beginning of a file that begin with its first byte. */
function headerOf(content: Uint8Array): { text: string; end: number } {
  const [mark] = content;
  let [end, text] = [0, ""];
  while ((mark === PERCENT || mark === HASH) && content[end] === mark) {
    const close = content.indexOf(NEWLINE, end);
    if (close < 0) break;
    const line = new TextDecoder("latin1").decode(content.subarray(end, close));
    text += `${line}\n`;
    end = close + 1;
    if (LAST.test(line)) break;
  }
  return { text, end };
}
