import { floats, positive } from "../check/values.js";

/** Zero crossings of the filter on each side. */
const CROSSINGS = 12;

/** Converts a sound to another rate, piece by piece: a low-pass filter (a sinc under a Hann window) gives every value. */
export class Resampler {
  /** Values of the input for each value of the output. */
  readonly #ratio: number;
  /** Values of the input on each side on which an output depends. */
  readonly #reach: number;
  readonly #cutoff: number;
  /** Input that is still needed; its first value has the number `#start`. */
  #kept: Float32Array;
  #start: number;
  #made = 0;

  /**
   * @param from values a second of the input.
   * @param to values a second of the output.
   * @throws {SpikeletError} `CONFIG_INVALID` for a rate that is not above 0.
   */
  constructor(from: number, to: number) {
    this.#ratio = positive(from, "from") / positive(to, "to");
    this.#cutoff = Math.min(1, to / from);
    this.#reach = this.#ratio === 1 ? 0 : Math.ceil(CROSSINGS / this.#cutoff);
    this.#kept = new Float32Array(this.#reach);
    this.#start = -this.#reach;
  }

  /** Takes the next values of the input; returns the values of the output that they complete. */
  push(piece: Float32Array): Float32Array {
    const values = floats(piece, "piece");
    if (this.#ratio === 1) return values;
    const input = new Float32Array(this.#kept.length + values.length);
    input.set(this.#kept);
    input.set(values, this.#kept.length);
    const end = this.#start + input.length;
    const output: number[] = [];
    for (let at = this.#made * this.#ratio; Math.floor(at) + this.#reach < end; at = ++this.#made * this.#ratio) {
      output.push(this.#valueAt(input, at));
    }
    const next = Math.max(this.#start, Math.floor(this.#made * this.#ratio) - this.#reach);
    this.#kept = input.subarray(next - this.#start);
    this.#start = next;
    return Float32Array.from(output);
  }

  /** The rest of the output, as if silence followed. */
  end(): Float32Array {
    return this.push(new Float32Array(this.#reach));
  }

  #valueAt(input: Float32Array, at: number): number {
    let sum = 0;
    for (let k = Math.floor(at) - this.#reach + 1; k <= Math.floor(at) + this.#reach; k++) {
      const away = at - k;
      const x = Math.PI * away * this.#cutoff;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * away) / (this.#reach + 1));
      sum += (input[k - this.#start] ?? 0) * this.#cutoff * (x === 0 ? 1 : Math.sin(x) / x) * window;
    }
    return sum;
  }
}
