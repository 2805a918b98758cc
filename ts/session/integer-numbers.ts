import { type FieldChecks, fields } from "../check/fields.js";
import { type Check, finite, listOf, numbers } from "../check/values.js";

/**
 * What a network of whole numbers has beside its configuration, as plain data (specification 20).
 *
 * @experimental
 */
export interface Integers {
  /** Bits of currents and membranes. */
  stateBits: number;
  /** Layers with neurons, from the input up. */
  layers: IntegerLayer[];
}

/**
 * Whole numbers of a layer. A constant is one number, or one for each unit or channel.
 *
 * @experimental
 */
export interface IntegerLayer {
  /** F: what arrives is multiplied by 2^F. */
  weightShift: number;
  /** F': the current is divided by 2^F' on its way to the membrane. */
  currentShift: number;
  /** In parts of 32,768. */
  currentDecay: number | number[];
  /** In parts of 32,768. */
  membraneDecay: number | number[];
  /** What is added to the membrane at each step. */
  bias: number | number[];
  /** Threshold; a readout has none. */
  threshold?: number | number[];
  /** In parts of 32,768, of the neuron `alif`. */
  adaptationDecay?: number | number[];
  /** What a spike adds to the threshold, of the neuron `alif`. */
  adaptationStrength?: number | number[];
  /** The weight that 1 stands for, of each unit or channel; for information. */
  scale?: number | number[];
  /** The membrane that 1 stands for, of each unit or channel; for information. */
  membraneScale?: number | number[];
  /** The layer's own input, that of its own spikes in a recurrent layer, then the further ones. */
  inputs: IntegerInput[];
}

/**
 * Whole numbers of an input.
 *
 * @experimental
 */
export interface IntegerInput {
  /** Weights from −127 to 127, in the order of `LayerParameters`. */
  weights: number[];
  /** Steps that spikes take, `[input]` or `[unit][input]`, where the input has delays. */
  delays?: number[];
}

/** A list, which from JavaScript may be a typed array too. */
const list = numbers as Check<number[]>;

/** One number, or a list. */
const constant: Check<number | number[]> = (value, path) => (typeof value === "number" ? finite(value, path) : list(value, path));

/** Lists of a layer, in the order in which they cross to the core. */
const LISTS = {
  currentDecay: constant,
  membraneDecay: constant,
  bias: constant,
  threshold: constant,
  adaptationDecay: constant,
  adaptationStrength: constant,
  scale: constant,
  membraneScale: constant,
} as const;

const LAYER: FieldChecks<IntegerLayer> = {
  weightShift: finite,
  currentShift: finite,
  ...LISTS,
  inputs: listOf(fields<IntegerInput>({ weights: list, delays: list }, "weights"), "CONFIG_INVALID"),
};

const integers = fields<Integers>(
  { stateBits: finite, layers: listOf(fields(LAYER, "weightShift", "currentShift", "inputs"), "CONFIG_INVALID") },
  "stateBits",
  "layers",
);

/**
 * Whole numbers one after the other, in the order in which the core reads them, with the length of each list before it.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` and `DATA_FORMAT` for what is missing, unknown or no number; the core checks lengths and ranges.
 */
export function numbersOf(given: unknown): Float64Array {
  const { stateBits, layers } = integers(given, "");
  const parts: ArrayLike<number>[] = [[stateBits, layers.length]];
  const append = (given: number | number[] = []) => {
    const values = typeof given === "number" ? [given] : given;
    parts.push([values.length], values);
  };
  for (const { weightShift, currentShift, inputs, ...lists } of layers) {
    parts.push([weightShift, currentShift]);
    for (const name of Object.keys(LISTS) as (keyof typeof LISTS)[]) append(lists[name]);
    parts.push([inputs.length]);
    for (const { weights, delays } of inputs) {
      append(weights);
      append(delays);
    }
  }
  const flat = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    // What is no number becomes none, which the core refuses with its path.
    for (let k = 0; k < part.length; k++) flat[place++] = typeof part[k] === "number" ? (part[k] as number) : Number.NaN;
  }
  return flat;
}

/** The reverse of {@link numbersOf}, for numbers that the core wrote. */
export function integersFrom(numbers: Float64Array): Integers {
  let place = 0;
  const next = () => numbers[place++] ?? 0;
  const readList = () => {
    const length = next();
    place += length;
    return Array.from(numbers.subarray(place - length, place));
  };
  const repeat = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  const layer = (): IntegerLayer => {
    const [weightShift, currentShift] = [next(), next()];
    const lists: Partial<IntegerLayer> = {};
    for (const name of Object.keys(LISTS) as (keyof typeof LISTS)[]) {
      const values = readList();
      if (values.length > 0) lists[name] = values.length === 1 ? (values[0] as number) : values;
    }
    const inputs = repeat(next(), () => {
      const [weights, delays] = [readList(), readList()];
      return delays.length > 0 ? { weights, delays } : { weights };
    });
    return { weightShift, currentShift, ...(lists as Omit<IntegerLayer, "weightShift" | "currentShift" | "inputs">), inputs };
  };
  const stateBits = next();
  return { stateBits, layers: repeat(next(), layer) };
}
