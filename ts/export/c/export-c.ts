import { fields } from "../../check/fields.js";
import { type Check, flag, refuse, whole } from "../../check/values.js";
import { SpikeletError, within } from "../../errors.js";
import { NETWORK, readModel } from "../../infer/model-file.js";
import { parse } from "../../infer/parse.js";
import { type Integers, integersFrom, numbersOf } from "../../session/integer-numbers.js";
import { floatNetwork } from "./float-network.js";
import { type CFiles, written } from "./source.js";
import { wholeNetwork } from "./whole-network.js";

/** Options of `exportC`. */
export interface COptions {
  /** What the names in C begin with, and the files; `"network"` by default. */
  name?: string;
  /** Writes these whole numbers, which `network.quantize` made of the network of the file, instead of its floating-point numbers. */
  integers?: Integers;
  /** Whether events of the input have values, as those of `encode.direct` and `encode.current` do; `false` by default. */
  values?: boolean;
  /** Most events of the input at a step where these are kept, for pools and delays; as many as there are inputs by default. */
  maxEvents?: number;
}

const MAX_NAME = 40;

const name: Check<string> = (value, path) =>
  typeof value === "string" && /^[a-z]\w*$/i.test(value) && value.length <= MAX_NAME
    ? value
    : refuse("CONFIG_INVALID", path, `a letter, then letters, digits and _, ${MAX_NAME} at most`, value);

const integers: Check<Integers> = (value, path) => {
  try {
    return integersFrom(numbersOf(value));
  } catch (thrown) {
    throw within(path, thrown);
  }
};

const options = fields<COptions>({ name, integers, values: flag, maxEvents: whole(1) });

/**
 * Writes a network as C99 without heap and mathematical library: a header and a source file.
 *
 * In floating-point numbers spikes, membranes and decisions have the bits of `spikelet/infer` and of the library, in whole numbers those
 * of `integers.predict`.
 *
 * @param model a model file, which `network.exportModel` writes.
 * @throws {InferError} `MODEL_INVALID` for bytes that are no model file.
 * @throws {SpikeletError} `CONFIG_INVALID` for options that do not fit the network, and for what whole numbers do not have;
 * `SHAPE_MISMATCH` for whole numbers of another network.
 */
export function exportC(model: Uint8Array | ArrayBuffer, given: COptions = {}): CFiles {
  const description = readModel(model, NETWORK, parse);
  const { name = "network", integers, values = false, maxEvents = description.inputs } = options(given, "");
  if (values && integers !== undefined) {
    throw new SpikeletError("CONFIG_INVALID", "values", "must be false with integers: whole numbers take spikes");
  }
  if (values && description.refusesValues) {
    throw new SpikeletError("CONFIG_INVALID", "values", "must be false: events of the input reach a max pool");
  }
  const network = integers === undefined ? floatNetwork(description) : wholeNetwork(description, integers);
  return written(network, { name, values, maxEvents });
}
