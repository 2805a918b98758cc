import type { DecodedPng } from "fast-png";
import { SpikeletError } from "../errors.js";
import { type Bitmap, MAX_PIXELS } from "./bitmap.js";

/** Where a PNG says its width and height. */
const [PNG_WIDTH, PNG_END] = [16, 24];

/**
 * Decodes a PNG or JPEG.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for anything else, a damaged file, and one of more than 100 million pixels.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Bitmap> {
  const decode = isPng(bytes) ? decodePng : isJpeg(bytes) ? decodeJpeg : undefined;
  if (decode === undefined) throw new SpikeletError("DATA_FORMAT", "", "is no PNG and no JPEG");
  try {
    return await decode(bytes);
  } catch (cause) {
    if (cause instanceof SpikeletError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("DATA_FORMAT", "", `can't be decoded (${reason})`, cause);
  }
}

const isPng = (bytes: Uint8Array) => [0x89, 0x50, 0x4e, 0x47].every((byte, k) => bytes[k] === byte);
const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8;

async function decodePng(bytes: Uint8Array): Promise<Bitmap> {
  if (bytes.length < PNG_END) throw new Error("it ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pixels = view.getUint32(PNG_WIDTH) * view.getUint32(PNG_WIDTH + 4);
  if (pixels > MAX_PIXELS) throw new Error(`it claims ${pixels} pixels, more than ${MAX_PIXELS}`);
  const { decode, convertIndexedToRgb } = await import("fast-png");
  const png = decode(bytes);
  const { width, height, palette, transparency } = png;
  if (palette !== undefined) return { width, height, rgba: opaque(convertIndexedToRgb(png), palette[0]?.length ?? 3, undefined) };
  const { samples, max } = samplesOf(png);
  return {
    width,
    height,
    rgba: opaque(samples, png.channels, transparency?.[0] === undefined ? undefined : byteOf(transparency[0], max)),
  };
}

const byteOf = (value: number, max: number) => Math.round((255 * value) / max);

/** Samples of a PNG as bytes; rows of less than 8 bits a sample begin with a byte of their own. */
function samplesOf({ data, depth, width, height, channels }: DecodedPng): { samples: Uint8Array; max: number } {
  const max = 2 ** depth - 1;
  if (depth === 8) return { samples: data as Uint8Array, max };
  if (depth === 16) return { samples: Uint8Array.from(data, (value) => byteOf(value, max)), max };
  const row = width * channels;
  const rowBytes = Math.ceil((row * depth) / 8);
  const samples = new Uint8Array(row * height);
  for (let k = 0; k < samples.length; k++) {
    const bit = (k % row) * depth;
    const byte = data[Math.floor(k / row) * rowBytes + (bit >> 3)] ?? 0;
    samples[k] = byteOf((byte >> (8 - depth - (bit & 7))) & max, max);
  }
  return { samples, max };
}

/** Grey, grey with opacity, colours or colours with opacity, by the number of channels, as colours with opacity. */
function opaque(samples: Uint8Array, channels: number, clear: number | undefined): Uint8Array {
  const isGrey = channels < 3;
  const pixels = samples.length / channels;
  const rgba = new Uint8Array(4 * pixels);
  for (let k = 0; k < pixels; k++) {
    const at = k * channels;
    for (let c = 0; c < 3; c++) rgba[4 * k + c] = samples[at + (isGrey ? 0 : c)] ?? 0;
    const isClear = channels === 1 && samples[at] === clear;
    rgba[4 * k + 3] = channels % 2 === 0 ? (samples[at + channels - 1] ?? 0) : isClear ? 0 : 255;
  }
  return rgba;
}

async function decodeJpeg(bytes: Uint8Array): Promise<Bitmap> {
  const { decode } = (await import("jpeg-js")).default;
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_PIXELS / 1e6,
    maxMemoryUsageInMB: 1024,
  });
  return { width, height, rgba: data };
}
