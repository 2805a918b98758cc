import { loadBackend } from "#host/runtime/load";
import { fields, record } from "./check/fields.js";
import { jsonOf } from "./check/json.js";
import { bytes, floats, whole, words } from "./check/values.js";
import type {
  CurrentEncoding,
  DeltaEncoding,
  Encoding,
  LatencyEncoding,
  LevelsEncoding,
  LogMelEncoding,
  RateEncoding,
  RegularEncoding,
  ShiftBackEncoding,
  StretchEncoding,
} from "./generated/config.js";
import type { BackendChoice } from "./runtime/backend.js";
import { backendChoice } from "./runtime/options.js";
import { SpikeEvents } from "./spikes.js";

/** Makes encodings; plain data, applied by the core when a data set is fed to a network. */
export const encode = {
  /** One spike a unit, the earlier the larger the value. */
  latency: (options: LatencyEncoding = {}): Encoding => ({ type: "latency", ...given(options) }),
  /** More spikes for larger values, at random steps: a Poisson process, seeded. */
  rate: (options: RateEncoding = {}): Encoding => ({ type: "rate", ...given(options) }),
  /** Spikes at equal distances, shorter for larger values. */
  regular: (options: RegularEncoding = {}): Encoding => ({ type: "regular", ...given(options) }),
  /** The samples are spikes already and go in as they are. */
  direct: (): Encoding => ({ type: "direct" }),
  /** More spikes for larger values, spread evenly. */
  stretch: (options: StretchEncoding): Encoding => ({ type: "stretch", ...given(options) }),
  /** More spikes for larger values, gathered at the end. */
  shiftBack: (options: ShiftBackEncoding): Encoding => ({ type: "shiftBack", ...given(options) }),
  /** Of a signal: a spike each time that a channel has moved by a threshold (send-on-delta), one unit for falls and one for rises. */
  delta: (options: DeltaEncoding = {}): { type: "delta" } & DeltaEncoding => ({ type: "delta", ...given(options) }),
  /** Of a signal: a spike each time that a channel crosses a level, two units for each level. */
  levels: (options: LevelsEncoding = {}): { type: "levels" } & LevelsEncoding => ({ type: "levels", ...given(options) }),
  /** Of a signal: values drive a fixed layer of leaky integrate-and-fire neurons. */
  current: (options: CurrentEncoding = {}): { type: "current" } & CurrentEncoding => ({ type: "current", ...given(options) }),
  /** Of a sound: log-mel features, which `options.encoding` turns into spikes. */
  logMel: (options: LogMelEncoding = {}): Encoding => ({ type: "logMel", ...given(options) }),
} as const;

/** Whether an encoding is for signals, not for images. */
export function isForSeries({ type }: Encoding): boolean {
  return type === "delta" || type === "levels" || type === "current" || type === "logMel";
}

/** The core alone knows what options an encoding has. */
function given<T extends object>(options: T): T {
  record(options, "options");
  return options;
}

interface EncodeOptions {
  units: number;
  steps: number;
  rows?: Uint32Array;
  backend?: BackendChoice;
}

const encodeOptions = fields<EncodeOptions>(
  { units: whole(1), steps: whole(1, 0xffff), rows: words, backend: backendChoice },
  "units",
  "steps",
);

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
  shape: EncodeOptions,
): Promise<SpikeEvents> {
  const { units, steps, rows, backend: choice } = encodeOptions(shape, "");
  const numbers =
    values instanceof Uint8Array ? Float32Array.from(bytes(values, "values"), (pixel) => pixel / 255) : floats(values, "values");
  const json = jsonOf(record(encoding, "encoding"), "encoding");
  const backend = await loadBackend(choice);
  return new SpikeEvents(await backend.encode(json, numbers, units, steps, rows));
}
