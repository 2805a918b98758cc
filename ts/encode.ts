import { loadBackend } from "#host/runtime/load";
import type {
  Encoding,
  LatencyEncoding,
  RateEncoding,
  RegularEncoding,
  ShiftBackEncoding,
  StretchEncoding,
} from "./generated/config.js";
import type { BackendChoice } from "./runtime/backend.js";
import { SpikeEvents } from "./spikes.js";
import { expectArray } from "./typed-array.js";

/** Makes encodings; plain data, applied by the core when a data set is fed to a network. */
export const encode = {
  /** One spike a unit, the earlier the larger the value. */
  latency: (options: LatencyEncoding = {}): Encoding => ({ type: "latency", ...options }),
  /** More spikes for larger values, at random steps: a Poisson process, seeded. */
  rate: (options: RateEncoding = {}): Encoding => ({ type: "rate", ...options }),
  /** Spikes at equal distances, shorter for larger values. */
  regular: (options: RegularEncoding = {}): Encoding => ({ type: "regular", ...options }),
  /** The samples are spikes already and go in as they are. */
  direct: (): Encoding => ({ type: "direct" }),
  /** More spikes for larger values, spread evenly. */
  stretch: (options: StretchEncoding): Encoding => ({ type: "stretch", ...options }),
  /** More spikes for larger values, gathered at the end. */
  shiftBack: (options: ShiftBackEncoding): Encoding => ({ type: "shiftBack", ...options }),
} as const;

/**
 * Encodes values now.
 *
 * @param values `[sample][unit]`, numbers in 0..1, or grey values as bytes (`255` is 1).
 * @param shape `units` a sample, `steps` of the simulation; `rows` are the samples' numbers in their data set, with which
 * random encodings are seeded: their positions unless given.
 * @throws {SpikeletError} `DATA_FORMAT` for a value that is not in 0..1, `CONFIG_INVALID` for a wrong encoding,
 * `SHAPE_MISMATCH` when `values` is not a whole number of samples.
 */
export async function encodeSpikes(
  values: Float32Array | Uint8Array,
  encoding: Encoding,
  shape: { units: number; steps: number; rows?: Uint32Array; backend?: BackendChoice },
): Promise<SpikeEvents> {
  const backend = await loadBackend(shape.backend);
  const numbers =
    values instanceof Uint8Array
      ? Float32Array.from(values, (pixel) => pixel / 255)
      : expectArray(values, Float32Array, "values");
  const { units, steps, rows } = shape;
  return new SpikeEvents(await backend.encode(JSON.stringify(encoding), numbers, units, steps, rows));
}
