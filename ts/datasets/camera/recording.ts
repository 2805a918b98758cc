import { bytes as bytesOf } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import { readAedat2 } from "./aedat2.js";
import { readAedat3 } from "./aedat3.js";
import { readAedat4 } from "./aedat4.js";
import { type CameraEvents, EventList } from "./event-list.js";
import { readEvt2, readEvt3 } from "./evt.js";

/**
 * Reads a recording of an event camera: EVT 2.0 or EVT 3.0 (Prophesee, little-endian) or AEDAT 2.0 (jAER), 3.1 or 4.0 (iniVation),
 * told apart by its header. Events that are not changes of brightness are passed over.
 *
 * AEDAT 2.0 is read of the cameras DVS128 and DAVIS, which its header names; without a name it is taken for that of a DVS128.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for another format or camera, for AEDAT 4.0 with the compression ZSTD
 * (LZ4 is read), and for a file that ends within an event or is damaged.
 */
export function parseRecording(bytes: Uint8Array): CameraEvents {
  const content = bytesOf(bytes, "bytes");
  const events = new EventList();
  const header = headerOf(content);
  const reader = READERS.find(({ format }) => format.test(header.text));
  if (reader === undefined) {
    throw new SpikeletError("DATA_FORMAT", "byte 0", "must begin with the header of EVT 2.0 or 3.0, or of AEDAT 2.0, 3.1 or 4.0");
  }
  reader.read(content, header.end, events, header.text);
  return events.taken();
}

const READERS = [
  { format: /^#!AER-DAT2\.0/, read: readAedat2 },
  { format: /^#!AER-DAT3\.1/, read: readAedat3 },
  { format: /^#!AER-DAT4\.0/, read: readAedat4 },
  { format: /^% (?:evt 2\.0|format EVT2(?:;|\s|$))/m, read: readEvt2 },
  { format: /^% (?:evt 3\.0|format EVT3(?:;|\s|$))/m, read: readEvt3 },
] as const;

const [PERCENT, HASH, NEWLINE] = [0x25, 0x23, 0x0a];
/** Lines that end a header; without one it ends before the first line that does not begin as all of it. */
const LAST = /^(?:% end|#!END-HEADER|# *End Of ASCII Header|#!AER-DAT4\.0)\r?$/;

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
