import { loadBackend } from "#host/runtime/load";
import { fields, record } from "./check/fields.js";
import { jsonOf } from "./check/json.js";
import { steps as stepCount } from "./check/steps.js";
import { bytes, floats, isBytes, refuse, whole, words } from "./check/values.js";
import { SpikeletError, within } from "./errors.js";
import type {
  BurstEncoding,
  CurrentEncoding,
  DeltaEncoding,
  DirectEncoding,
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

/** Functions that make encodings: plain data, which the core applies when a data set is fed to a network. */
export const encode = {
  /** One spike per unit, earlier for a larger value. */
  latency: (options: LatencyEncoding = {}): Encoding => encodingOf("latency", options),
  /** More spikes for larger values, at random steps: a seeded Poisson process. */
  rate: (options: RateEncoding = {}): Encoding => encodingOf("rate", options),
  /** Spikes at equal intervals, shorter for larger values. */
  regular: (options: RegularEncoding = {}): Encoding => encodingOf("regular", options),
  /** A burst of spikes from step 0 on, with more spikes and shorter intervals for larger values. */
  burst: (options: BurstEncoding = {}): Encoding => encodingOf("burst", options),
  /** Samples as they are: spikes stay spikes, the grey values of images are the values of events at every step. */
  direct: (options: DirectEncoding = {}): Encoding => encodingOf("direct", options),
  /** More spikes for larger values, spread evenly. */
  stretch: (options: StretchEncoding): Encoding => encodingOf("stretch", options),
  /** More spikes for larger values, gathered at the end. */
  shiftBack: (options: ShiftBackEncoding): Encoding => encodingOf("shiftBack", options),
  /**
   * For signals: a spike each time a channel has moved by a threshold (send-on-delta), with one unit for falls and one for rises.
   */
  delta: (options: DeltaEncoding = {}): { type: "delta" } & DeltaEncoding => encodingOf("delta", options),
  /** For signals: a spike each time a channel crosses a level, with two units for each level. */
  levels: (options: LevelsEncoding = {}): { type: "levels" } & LevelsEncoding => encodingOf("levels", options),
  /** For signals: the values drive a fixed layer of leaky integrate-and-fire neurons. */
  current: (options: CurrentEncoding = {}): { type: "current" } & CurrentEncoding => encodingOf("current", options),
  /** For sounds: log-mel features, which `options.encoding` turns into spikes. */
  logMel: (options: LogMelEncoding = {}): Encoding => encodingOf("logMel", options),
} as const;

/**
 * @internal The numbers that may follow a code in its short form, in their order: `latency:FIRST:LAST`; `!` marks what must be given.
 */
export const NUMBERS_OF_CODES = {
  latency: ["first", "last"],
  rate: ["max", "min", "seed"],
  regular: ["minInterval", "maxInterval", "first"],
  burst: ["maxSpikes", "minInterval", "maxInterval"],
  direct: ["every"],
  stretch: ["max!", "min"],
  shiftBack: ["max!", "min"],
  delta: ["threshold", "start", "maxSpikes"],
  levels: ["min", "max", "count"],
  current: ["neurons", "gain", "bias", "timeConstant"],
  logMel: ["sampleRate", "window", "hop", "mels"],
} as const satisfies Record<Encoding["type"], readonly string[]>;

/** Whether an encoding is for signals, not for images. */
export function isForSeries({ type }: Encoding): boolean {
  return type === "delta" || type === "levels" || type === "current" || type === "logMel";
}

/** The core alone knows what options an encoding has; those of a whole encoding may be given, if it is of this type. */
function encodingOf<K extends Encoding["type"], T extends object>(type: K, options: T): { type: K } & T {
  const { type: given = type, ...rest } = record(options, "options");
  if (given !== type) refuse("CONFIG_INVALID", "options.type", JSON.stringify(type), given);
  return { type, ...(rest as T) };
}

/** Shape of values that become spikes. */
export interface EncodeOptions {
  /** Values of a sample. */
  units: number;
  /** Steps of the simulation. */
  steps: number;
  /** Numbers of the samples in their data set, which seed random encodings; by default their positions. */
  rows?: Uint32Array;
  backend?: BackendChoice;
}

const encodeOptions = fields<EncodeOptions>(
  { units: whole(1), steps: stepCount, rows: words, backend: backendChoice },
  "units",
  "steps",
);

/**
 * Encodes values as spikes.
 *
 * @param values `[sample][unit]`, numbers in 0..1, or grey values as bytes (`255` is 1).
 * @throws {SpikeletError} `DATA_FORMAT` for a value outside 0..1, `CONFIG_INVALID` for an invalid encoding, `SHAPE_MISMATCH` if
 * the length of `values` is not a multiple of `units`.
 */
export async function encodeSpikes(
  values: Float32Array | Uint8Array,
  encoding: Encoding,
  shape: EncodeOptions,
): Promise<SpikeEvents> {
  const { units, steps, rows, backend: choice } = encodeOptions(shape, "");
  const numbers = isBytes(values) ? Float32Array.from(bytes(values, "values"), (pixel) => pixel / 255) : floats(values, "values");
  const json = jsonOf(record(encoding, "encoding"), "encoding");
  const backend = await loadBackend(choice);
  return new SpikeEvents(await inEncoding(backend.encode(json, numbers, units, steps, rows)));
}

const ARGUMENTS: readonly string[] = ["encoding", "values", "offsets", "rows"];

/**
 * @internal What a conversion by the core gives; faults in its encoding get the path that they have in training.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` behind `encoding`.
 */
export async function inEncoding<T>(conversion: Promise<T>): Promise<T> {
  try {
    return await conversion;
  } catch (thrown) {
    // Where memory is missing the core itself names the encoding, or the argument that it can't copy.
    const isField = thrown instanceof SpikeletError && thrown.code === "CONFIG_INVALID" && !ARGUMENTS.includes(thrown.path);
    throw isField ? within("encoding", thrown) : thrown;
  }
}
