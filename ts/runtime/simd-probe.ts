import { SpikeletError } from "../errors.js";

/** A module whose one function is `v128.const 0; v128.any_true; drop`. */
const PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic number and version
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: no parameters, no results
  ...[0x03, 0x02, 0x01, 0x00], // one function of that type
  ...[0x0a, 0x19, 0x01, 0x17, 0x00, 0xfd, 0x0c, ...new Array<number>(16).fill(0), 0xfd, 0x53, 0x1a, 0x0b], // its code
);

/**
 * Checks that WebAssembly has 128-bit SIMD here, without downloading anything.
 *
 * @throws {SpikeletError} `SIMD_UNSUPPORTED`, which names the browsers that have it.
 */
export function checkSimd(): void {
  if (typeof WebAssembly === "object" && WebAssembly.validate(PROBE)) return;
  throw new SpikeletError(
    "SIMD_UNSUPPORTED",
    "backend",
    "needs WebAssembly with SIMD: Chrome 91, Firefox 89, Safari 16.4, Node.js 16.4 or newer",
  );
}
