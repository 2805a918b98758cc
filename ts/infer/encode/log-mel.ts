import { cos, ln, log10, power10, sin } from "./elementary.js";
import type { Options } from "./options.js";

/** Options of the features, all of them given. */
export type LogMelOptions = Required<
  Pick<Options, "sampleRate" | "window" | "hop" | "mels" | "minFrequency" | "maxFrequency" | "floor">
>;

/** The weights of one feature: those of the bins from `first` on. */
interface Triangle {
  first: number;
  weights: number[];
}

/** Turns one channel of a sound into log-mel features, value by value. */
export class LogMel {
  readonly #options: LogMelOptions;
  readonly #hann: Float64Array;
  readonly #triangles: readonly Triangle[];
  readonly #energies: (values: Float64Array) => Float64Array;
  readonly #heard: number[] = [];
  /** Values to come before those of the next step begin. */
  #gap = 0;

  constructor(options: LogMelOptions) {
    const { window } = options;
    const length = 1 << (32 - Math.clz32(window - 1));
    this.#options = options;
    this.#hann = Float64Array.from({ length: window }, (_, n) => 0.5 - 0.5 * cos((2 * Math.PI * n) / window));
    this.#triangles = triangles(options, length);
    this.#energies = fourier(length);
  }

  restart(): void {
    this.#heard.length = 0;
    this.#gap = 0;
  }

  /** Takes the next value; the features of a step, the lowest frequencies first, where that completes one. */
  push(value: number): Float32Array | undefined {
    const { window, hop, floor } = this.#options;
    if (this.#gap > 0) {
      this.#gap -= 1;
      return undefined;
    }
    this.#heard.push(value);
    if (this.#heard.length < window) return undefined;
    const energies = this.#energies(this.#hann.map((weight, n) => (this.#heard[n] as number) * weight));
    this.#heard.splice(0, hop);
    this.#gap = Math.max(0, hop - window);
    return Float32Array.from(this.#triangles, ({ first, weights }) =>
      ln(weights.reduce((sum, weight, k) => sum + (energies[first + k] as number) * weight, floor)),
    );
  }
}

/** Triangles of height 1 on the mel scale, over the bins of a transform of so many values. */
function triangles({ sampleRate, mels, minFrequency, maxFrequency }: LogMelOptions, length: number): Triangle[] {
  const mel = (frequency: number) => 2595 * log10(1 + frequency / 700);
  const [low, high] = [mel(minFrequency), mel(maxFrequency)];
  const corner = (m: number) => 700 * (power10((low + ((high - low) * m) / (mels + 1)) / 2595) - 1);
  const bins = Array.from({ length: length / 2 + 1 }, (_, k) => (sampleRate * k) / length);
  return Array.from({ length: mels }, (_, m) => {
    const [left, middle, right] = [corner(m), corner(m + 1), corner(m + 2)];
    const weight = (bin: number) => Math.min((bin - left) / (middle - left), (right - bin) / (right - middle));
    const first = bins.findIndex((bin) => bin > left && bin < right);
    return { first, weights: bins.filter((bin) => bin > left && bin < right).map(weight) };
  });
}

/** `|X[k]|²` for k from 0 to half the length, a power of two, of values that zeros follow (Cooley and Tukey 1965). */
function fourier(length: number): (values: Float64Array) => Float64Array {
  const angles = Array.from({ length: length / 2 }, (_, k) => (2 * Math.PI * k) / length);
  const [cosines, sines] = [Float64Array.from(angles, cos), Float64Array.from(angles, (angle) => -sin(angle))];
  const [re, im] = [new Float64Array(length), new Float64Array(length)];
  const shift = Math.clz32(length) + 1;
  const reversed = Uint32Array.from(re, (_, n) => {
    let bits = 0;
    for (let bit = 0; bit < 32 - shift; bit++) bits = (bits << 1) | ((n >> bit) & 1);
    return bits;
  });
  return (values) => {
    re.fill(0);
    im.fill(0);
    for (const [n, value] of values.entries()) re[reversed[n] as number] = value;
    for (let half = 1; half < length; half *= 2) {
      const stride = length / (2 * half);
      for (let block = 0; block < length; block += 2 * half) {
        for (let k = 0, a = block, b = block + half; k < half; k++, a++, b++) {
          const [c, s] = [cosines[k * stride] as number, sines[k * stride] as number];
          const [reB, imB] = [re[b] as number, im[b] as number];
          const [turnedRe, turnedIm] = [reB * c - imB * s, reB * s + imB * c];
          const [reA, imA] = [re[a] as number, im[a] as number];
          [re[a], im[a], re[b], im[b]] = [reA + turnedRe, imA + turnedIm, reA - turnedRe, imA - turnedIm];
        }
      }
    }
    return Float64Array.from({ length: length / 2 + 1 }, (_, k) => {
      const [x, y] = [re[k] as number, im[k] as number];
      return x * x + y * y;
    });
  };
}
