import { BitReader, BitWriter } from "./bits.js";
import { MAX_NAME, MAX_SIGNS, type SignContent } from "./lesson.js";
import { greyOf, LEVELS, levelOf, PIXELS } from "./levels.js";

/** Start of the fragment of an address that holds symbols; a browser sends no fragment to a server. */
const MARK = "#symbols=";
const VERSION = 1;
/** Letters of a fragment at most: mail programs and chats break longer addresses. */
export const MAX_LETTERS = 8000;
/** Bits of the numbers in a fragment. */
const [VERSION_BITS, SIGN_BITS, NAME_BITS, DRAWING_BITS, LEVEL_BITS] = [8, 4, 7, 7, Math.log2(LEVELS)];

/** The fragment of an address that holds symbols with their drawings; `undefined` where they are too many for one. */
export function fragmentOf(signs: readonly SignContent[]): string | undefined {
  const bits = new BitWriter();
  bits.put(VERSION, VERSION_BITS);
  bits.put(signs.length, SIGN_BITS);
  for (const { name, drawings } of signs) {
    const letters = new TextEncoder().encode(name);
    if (letters.length >= 2 ** NAME_BITS || drawings.length >= 2 ** DRAWING_BITS) return undefined;
    bits.put(letters.length, NAME_BITS);
    for (const letter of letters) bits.put(letter, 8);
    bits.put(drawings.length, DRAWING_BITS);
    for (const drawing of drawings) putDrawing(bits, drawing);
  }
  const { bytes } = bits;
  const fragment = `${MARK}${base64Of(Uint8Array.of(...checksum(bytes), ...bytes))}`;
  return fragment.length <= MAX_LETTERS ? fragment : undefined;
}

/**
 * The symbols that a fragment holds; `undefined` for one that is of something else.
 *
 * @throws {Error} for a fragment that was cut off or changed.
 */
export function signsIn(fragment: string): SignContent[] | undefined {
  if (!fragment.startsWith(MARK)) return undefined;
  try {
    if (fragment.length > MAX_LETTERS) throw new Error("too long");
    return signsOf(bytesOf(fragment.slice(MARK.length)));
  } catch (cause) {
    throw new Error("The symbols in this address can't be read: it was cut off or changed", { cause });
  }
}

function signsOf(all: Uint8Array): SignContent[] {
  const bytes = all.subarray(2);
  if (String(checksum(bytes)) !== String([...all.subarray(0, 2)])) throw new Error("another checksum");
  const bits = new BitReader(bytes);
  if (bits.take(VERSION_BITS) !== VERSION) throw new Error("another version");
  const count = bits.take(SIGN_BITS);
  if (count > MAX_SIGNS) throw new Error("too many symbols");
  const signs = Array.from({ length: count }, () => {
    const letters = Uint8Array.from({ length: bits.take(NAME_BITS) }, () => bits.take(8));
    const name = new TextDecoder("utf-8", { fatal: true }).decode(letters);
    if (name.trim() === "" || name.length > MAX_NAME) throw new Error("no name");
    return { name, drawings: Array.from({ length: bits.take(DRAWING_BITS) }, () => takeDrawing(bits)) };
  });
  if (!bits.isAtEnd) throw new Error("more than symbols");
  return signs;
}

/** Writes runs of equal grey values. */
function putDrawing(bits: BitWriter, drawing: Uint8Array): void {
  for (let start = 0, end = 0; start < PIXELS; start = end) {
    const level = levelOf(drawing[start] ?? 0);
    while (end < PIXELS && levelOf(drawing[end] ?? 0) === level) end += 1;
    bits.put(level, LEVEL_BITS);
    bits.gamma(end - start);
  }
}

function takeDrawing(bits: BitReader): Uint8Array {
  const drawing = new Uint8Array(PIXELS);
  for (let start = 0, end = 0; start < PIXELS; start = end) {
    const grey = greyOf(bits.take(LEVEL_BITS));
    end = start + bits.gamma();
    if (end > PIXELS) throw new Error("more than a drawing");
    drawing.fill(grey, start, end);
  }
  return drawing;
}

/** Fletcher's checksum of 16 bits. */
function checksum(bytes: Uint8Array): [number, number] {
  let [sum, sums] = [1, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % 255;
    sums = (sums + sum) % 255;
  }
  return [sum, sums];
}

/** Base 64 with the letters that an address may hold as they are. */
function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
