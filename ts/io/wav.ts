import { SpikeletError } from "../errors.js";

/** Sound as a WAV file holds it. */
export interface Sound {
  /** Times per second. */
  sampleRate: number;
  /** `[channel][time]`, −1 to 1 where the file holds whole numbers. */
  channels: Float32Array[];
}

/** Numbers of the formats that are read. */
const [PCM, FLOAT, EXTENSIBLE] = [1, 3, 0xfffe];
/** Bytes of a chunk before its content. */
const HEAD = 8;
/** Bytes of `RIFF`, a length and `WAVE`. */
const START = 12;

/** How one number is read, in −1..1. */
type Read = (view: DataView, at: number) => number;

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  [`${PCM}:8`, (view, at) => (view.getUint8(at) - 128) / 128],
  [`${PCM}:16`, (view, at) => view.getInt16(at, true) / 2 ** 15],
  [`${PCM}:24`, (view, at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 2 ** 23],
  [`${PCM}:32`, (view, at) => view.getInt32(at, true) / 2 ** 31],
  [`${FLOAT}:32`, (view, at) => view.getFloat32(at, true)],
  [`${FLOAT}:64`, (view, at) => view.getFloat64(at, true)],
]);

interface Format {
  channels: number;
  sampleRate: number;
  /** Bytes of one number. */
  width: number;
  read: Read;
}

/**
 * Reads a WAV file: whole numbers of 8, 16, 24 or 32 bits, or floating-point numbers of 32 or 64, not packed. A file that ends within its sound is read
 * up to there, and one that never got its lengths up to its end, as programs that were interrupted leave such.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for anything else.
 */
export function readWav(bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < START || tag(view, 0) !== "RIFF" || tag(view, HEAD) !== "WAVE") {
    throw wrong(0, "a WAV file starts with RIFF, a length and WAVE");
  }
  let format: Format | undefined;
  for (let at = START; at + HEAD <= bytes.length; ) {
    const [name, length] = [tag(view, at), view.getUint32(at + 4, true)];
    const start = at + HEAD;
    if (name === "fmt ") format = formatOf(view, start, length);
    if (name === "data") {
      if (format === undefined) throw wrong(at, "the sound comes before its format");
      const hasLengths = length > 0 || view.getUint32(4, true) > 0;
      return soundOf(view, start, hasLengths ? Math.min(start + length, bytes.length) : bytes.length, format);
    }
    // Chunks of an odd length have a byte behind them.
    at = start + length + (length % 2);
  }
  throw wrong(bytes.length, "the file ends without sound");
}

function formatOf(view: DataView, at: number, length: number): Format {
  if (length < 16 || at + length > view.byteLength) throw wrong(at, "the format must have 16 bytes");
  const [channels, sampleRate] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  const [block, bits] = [view.getUint16(at + 12, true), view.getUint16(at + 14, true)];
  let code = view.getUint16(at, true);
  // The first two bytes of the subformat are its number.
  if (code === EXTENSIBLE && length >= 26) code = view.getUint16(at + 24, true);
  const read = READERS.get(`${code}:${bits}`);
  if (read === undefined)
    throw wrong(at, `${bits} bits of format ${code} are not read: only whole and floating-point numbers are`);
  if (channels === 0) throw wrong(at + 2, "must have at least 1 channel, got 0");
  if (sampleRate === 0) throw wrong(at + 4, "the sample rate must be above 0");
  const width = bits / 8;
  if (block !== channels * width) throw wrong(at + 12, `a time must take ${channels * width} bytes, got ${block}`);
  return { channels, sampleRate, width, read };
}

function soundOf(view: DataView, start: number, end: number, { channels, sampleRate, width, read }: Format): Sound {
  const times = Math.floor((end - start) / (channels * width));
  const sound = Array.from({ length: channels }, () => new Float32Array(times));
  for (const [channel, values] of sound.entries()) {
    for (let time = 0; time < times; time++) {
      const at = start + (time * channels + channel) * width;
      const value = Math.fround(read(view, at));
      if (!Number.isFinite(value)) throw wrong(at, `must be finite, got ${value}`);
      values[time] = value;
    }
  }
  return { sampleRate, channels: sound };
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(...Array.from({ length: 4 }, (_, k) => view.getUint8(at + k)));
}

function wrong(at: number, what: string): SpikeletError {
  return new SpikeletError("DATA_FORMAT", "", `byte ${at}: ${what}`);
}
