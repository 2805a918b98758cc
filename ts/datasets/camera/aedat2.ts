import { SpikeletError } from "../../errors.js";
import type { EventList } from "./event-list.js";
import { TurningCounter } from "./turning-counter.js";

/** Bytes of an event: address and time, big-endian. */
const EVENT = 8;
/** Microseconds after which times begin again. */
const TURN = 2 ** 32;

/** How a chip writes the addresses of changes of brightness. Rows are counted from the bottom. */
interface Chip {
  name: RegExp;
  height: number;
  /** Whether an address is that of a change of brightness. */
  isChange(address: number): boolean;
  x(address: number): number;
  y(address: number): number;
  polarity(address: number): number;
}

const DVS128: Chip = {
  name: /DVS128/i,
  height: 128,
  isChange: (address) => (address & 0x8000) === 0,
  x: (address) => (address >>> 1) & 0x7f,
  y: (address) => (address >>> 8) & 0x7f,
  polarity: (address) => address & 1,
};

/** Bit 31: a sample of a frame or of the motion sensor; bit 10: a signal from outside. */
const NO_CHANGE = 0x8000_0400;

function davis(name: RegExp, height: number): Chip {
  return {
    name,
    height,
    isChange: (address) => (address & NO_CHANGE) === 0,
    x: (address) => (address >>> 12) & 0x3ff,
    y: (address) => (address >>> 22) & 0x1ff,
    polarity: (address) => (address >>> 11) & 1,
  };
}

const CHIPS: readonly Chip[] = [
  DVS128,
  davis(/DAVIS128/i, 128),
  davis(/DAVIS208/i, 192),
  davis(/DAVIS240/i, 180),
  davis(/DAVIS346/i, 260),
  davis(/DAVIS640/i, 480),
];

/** AEDAT 2.0: events of 8 bytes, whose addresses mean what the chip in the header says. */
export function readAedat2(content: Uint8Array, start: number, events: EventList, header: string): void {
  const { chip, isGiven } = chipOf(header);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const time = new TurningCounter(TURN);
  for (let at = start; at < content.length; at += EVENT) {
    if (at + EVENT > content.length) throw fault(at, `the file ends within an event of ${EVENT} bytes`);
    const address = view.getUint32(at);
    if (!isGiven && address > 0xffff) {
      throw fault(0, "the header names no camera (# AEChip), and these are not the events of a DVS128");
    }
    time.set(view.getUint32(at + 4));
    if (!chip.isChange(address)) continue;
    const y = chip.height - 1 - chip.y(address);
    if (y < 0) throw fault(at, `the event lies in row ${chip.y(address)}, outside of the ${chip.height} rows of the camera`);
    events.add(time.value, chip.x(address), y, chip.polarity(address));
  }
}

/** The chip that the header names; without a name, as before 2014, that of all cameras then. */
function chipOf(header: string): { chip: Chip; isGiven: boolean } {
  const [, name] = /^# *AEChip: *(\S+)/m.exec(header) ?? [];
  if (name === undefined) return { chip: DVS128, isGiven: false };
  const chip = CHIPS.find((one) => one.name.test(name));
  if (chip === undefined) throw fault(0, `the addresses of the camera ${name} are not known: those of DVS128 and DAVIS are`);
  return { chip, isGiven: true };
}

function fault(at: number, message: string): SpikeletError {
  return new SpikeletError("DATA_FORMAT", `byte ${at}`, message);
}
