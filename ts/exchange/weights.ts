import { fields } from "../check/fields.js";
import { instanceOf, listOf, oneOf, text } from "../check/values.js";
import type { NumberArray } from "../datasets/npy.js";
import { SpikeletError } from "../errors.js";
import type { DelaysBy } from "../generated/config.js";
import { byteLimit, type ReadLimit } from "../io/byte-budget.js";
import { type OwnBytes, ownBytes } from "../io/bytes.js";
import { createNetwork, Network } from "../network.js";
import type { InputSize, LayerInfo } from "../network-info.js";
import type { InputParameters, LayerParameters, LearntName } from "../results.js";
import type { BackendChoice } from "../runtime/backend.js";
import { backendChoice } from "../runtime/options.js";
import { writeNpz } from "./npz.js";
import { writeSafetensors } from "./safetensors.js";
import { parseTensors, type Tensors } from "./tensors.js";

/** Formats that {@link exportWeights} writes. */
export type WeightFormat = "safetensors" | "npz";

const WRITERS: Record<WeightFormat, (tensors: Tensors) => Uint8Array> = {
  safetensors: (tensors) => writeSafetensors(tensors, { format: "pt" }),
  npz: writeNpz,
};

const network = instanceOf(Network, "a network");

const formatOption = fields<{ format: WeightFormat }>({ format: oneOf("safetensors", "npz") }, "format");

const weightOptions = fields<WeightOptions>({ names: listOf(text), backend: backendChoice, maxBytes: byteLimit });

/** What a layer may learn beside weights and biases, by the ends of the arrays' names. */
const LEARNT: readonly LearntName[] = ["currentDecay", "membraneDecay", "threshold", "adaptationStrength", "delays"];

/**
 * Weights and biases as other programs read them: `layers.0.weight`, `[units, inputs]` or
 * `[channels, channels of a group of the previous layer, height, width]` (over sequences without `height`), and `layers.0.bias`, `[units]` or `[channels]`, for each spiking
 * layer, single floats. PyTorch has the same layout. Constants that a layer learns follow as `layers.0.membraneDecay` and so on,
 * `[1]`, `[units]` or `[channels]`, delays as `layers.0.delays`, `[inputs]` or `[units, inputs]`, in steps. Further inputs of a layer are
 * `layers.0.inputs.0.weight` and so on, one-to-one `[units]` or `[channels, 1, 1, 1]`.
 */
export async function exportWeights(from: Network, options: { format: WeightFormat }): Promise<OwnBytes> {
  network(from, "network");
  const { format } = formatOption(options, "");
  const parameters = await from.parameters();
  const tensors = new Map<string, NumberArray>();
  for (const [layer, shape] of shapesOf(from).entries()) {
    const { weights, biases, learnt = {} } = parameters[layer] as LayerParameters;
    tensors.set(`layers.${layer}.weight`, { dtype: "float32", shape: weightShape(shape), values: weights });
    tensors.set(`layers.${layer}.bias`, { dtype: "float32", shape: [shape.filters], values: biases });
    for (const [name, values] of Object.entries(learnt)) {
      tensors.set(`layers.${layer}.${name}`, { dtype: "float32", shape: learntShape(name, values, shape), values });
    }
    for (const [number, input] of (parameters[layer]?.inputs ?? []).entries()) {
      const size = shape.further?.[number] as InputSize;
      const path = `layers.${layer}.inputs.${number}`;
      tensors.set(`${path}.weight`, { dtype: "float32", shape: inputShape(size), values: input.weights });
      const { delays } = input.learnt ?? {};
      if (delays === undefined) continue;
      const { inputs, filters } = size;
      const isByConnection = delays.length === inputs * filters && delays.length !== inputs;
      tensors.set(`${path}.delays`, { dtype: "float32", shape: isByConnection ? [filters, inputs] : [inputs], values: delays });
    }
  }
  return ownBytes(WRITERS[format](tensors));
}

/** Options of {@link importWeights}. */
export interface WeightOptions extends ReadLimit {
  /**
   * Names of the weights of each spiking layer, from the input up; by default all arrays of two or more dimensions, in the order
   * of the numbers in their names.
   */
  names?: readonly string[];
  backend?: BackendChoice;
}

/**
 * Gives a network the weights of a file: safetensors, a state dictionary of `torch.save`, NPZ, or a checkpoint of this library.
 * An array of two or more dimensions is the weights of the next spiking layer. Its bias is called like it with `bias` for
 * `weight`, or as the authors' code calls it (`state_v_bs_param.0` for `layers_module.0.weight`); without one the biases are 0.
 * Learnt constants and delays are called like it with `membraneDecay`, `delays` and so on for `weight`; without them they stay as
 * they are. Of a checkpoint with averages (`training.averaging`), these are taken, as `restoreNetwork` does.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a foreign or damaged file, `SHAPE_MISMATCH` with the name of the array that does not
 * fit or that the layer does not learn, `CONFIG_INVALID` and `NON_FINITE` with name and place of a number that cannot be, such as
 * a delay beyond its maximum; the parameters are then as they were.
 */
export async function importWeights(into: Network, bytes: Uint8Array, options: WeightOptions = {}): Promise<void> {
  network(into, "network");
  const { names: given, ...reading } = weightOptions(options, "");
  const tensors = await parseTensors(bytes, reading);
  const names = given ?? weightNames(tensors);
  const layers = shapesOf(into);
  if (names.length !== layers.length) {
    const found = names.length === 0 ? "no weights" : `weights of ${names.length}: ${names.join(", ")}`;
    throw new SpikeletError("SHAPE_MISMATCH", "names", `the network has ${layers.length} spiking layers, the file ${found}`);
  }
  const before = await into.parameters();
  const parameters = layers.map((shape, layer) => {
    return parametersOf(tensors, names[layer] as string, shape, before[layer] as LayerParameters);
  });
  // Another network refuses what is wrong: one that has taken a layer has lost what its optimiser knew of it.
  const trial = await createNetwork(into.config, { backend: into.backend, threads: 1 });
  try {
    for (const one of [trial, into]) {
      for (const [layer, given] of parameters.entries()) await set(one, layer, given, names[layer] as string, tensors);
    }
  } finally {
    trial.dispose();
  }
}

/** Gives a layer parameters; errors have the names of the file's arrays. */
async function set(into: Network, layer: number, parameters: LayerParameters, name: string, tensors: Tensors): Promise<void> {
  try {
    await into.setParameters(layer, parameters);
  } catch (thrown) {
    if (!(thrown instanceof SpikeletError)) throw thrown;
    const path = thrown.path.replace(/^(?:weights|biases|learnt\.(\w+))/, (found, learnt?: LearntName) => {
      if (found === "biases") return biasIn(tensors, name) ?? found;
      return learnt === undefined ? name : learntName(name, learnt);
    });
    throw new SpikeletError(thrown.code, path, thrown.reason, thrown);
  }
}

/** Shape of the weights of a further input; one-to-one `[units]`, or `[channels, 1, 1, 1]`. */
function inputShape(size: InputSize): number[] {
  return size.inputs === 1 && size.kernel === undefined ? [size.filters] : weightShape(size);
}

function weightShape({ inputs, filters, kernel }: InputSize): number[] {
  const taps = (kernel ?? []).reduce((product, size) => product * size, 1);
  return [filters, inputs / taps, ...(kernel ?? [])];
}

/** Shape of what a layer learns beside weights and biases: `[1]`, `[units]`, `[channels]`, `[inputs]` or `[units, inputs]`. */
function learntShape(name: string, { length }: Float32Array, { filters, inputs, delays }: LayerShape): number[] {
  return name === "delays" && delays === "connection" ? [filters, inputs] : [length];
}

const WITH_NEURONS: ReadonlySet<string> = new Set(["dense", "conv2d", "conv1d", "oneToOne"]);

/** A spiking layer with what has a delay there, if anything. */
type LayerShape = LayerInfo & { delays: DelaysBy | undefined };

function shapesOf({ info, config }: Network): LayerShape[] {
  const spiking = config.network.layers.filter(({ type }) => WITH_NEURONS.has(type));
  return info.layers.map((layer, index) => {
    const given = spiking[index];
    return { ...layer, delays: given?.type === "dense" && given.delays ? (given.delays.by ?? "input") : undefined };
  });
}

/** What training keeps of weights has their shape, and so have delays of connections. */
const OF_WEIGHTS = /\.(moment\d|average|best|delays)$/;

/** What belongs to a further input of a layer. */
const OF_INPUT = /\.inputs\.\d+\.[^.]+$/;

/** Weights by their shape. Files that sort names as text get the order of the numbers in them. */
function weightNames(tensors: Tensors): string[] {
  const isOfLayer = (name: string) => !OF_WEIGHTS.test(name) && !OF_INPUT.test(name);
  const names = [...tensors.keys()].filter((name) => (tensors.get(name)?.shape.length ?? 0) >= 2 && isOfLayer(name));
  const sorted = [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const isNumbered = new Set(names.map((name) => name.replace(/\d+/g, "#"))).size === 1;
  return isNumbered ? sorted : names;
}

function parametersOf(tensors: Tensors, name: string, shape: LayerShape, before: LayerParameters): LayerParameters {
  const weights = inUse(tensors, name);
  if (weights === undefined) {
    throw new SpikeletError(
      "SHAPE_MISMATCH",
      name,
      `is not in the file, which has ${[...tensors.keys()].join(", ") || "no arrays"}`,
    );
  }
  expectShape(name, weights, weightShape(shape));
  const biasName = biasIn(tensors, name);
  const biases = biasName === undefined ? undefined : inUse(tensors, biasName);
  if (biases !== undefined) expectShape(biasName as string, biases, [shape.filters]);
  const learnt = Object.fromEntries(LEARNT.flatMap((what) => learntIn(tensors, name, what, shape, before) ?? []));
  const inputs = (before.inputs ?? []).map((_, number) => inputIn(tensors, name, number, shape.further?.[number] as InputSize));
  return {
    weights: Float32Array.from(weights.values),
    biases: biases === undefined ? new Float32Array(shape.filters) : Float32Array.from(biases.values),
    ...(Object.keys(learnt).length === 0 ? {} : { learnt }),
    ...(inputs.length === 0 ? {} : { inputs }),
  };
}

/** A further input of the layer with these weights. */
function inputIn(tensors: Tensors, weights: string, number: number, size: InputSize): InputParameters {
  const named = (what: string) => weights.replace(/(weights?)$/, `inputs.${number}.${what}`);
  const name = named(weights.endsWith("weights") ? "weights" : "weight");
  const found = inUse(tensors, name);
  if (found === undefined) {
    throw new SpikeletError("SHAPE_MISMATCH", name, "is not in the file: the layer has a further input");
  }
  expectShape(name, found, inputShape(size));
  const delays = inUse(tensors, named("delays"));
  return {
    weights: Float32Array.from(found.values),
    ...(delays === undefined ? {} : { learnt: { delays: Float32Array.from(delays.values) } }),
  };
}

/**
 * What a layer learns beside weights and biases, if the file has it; whether the layer learns it at all is seen where it is set.
 */
function learntIn(
  tensors: Tensors,
  weights: string,
  what: LearntName,
  shape: LayerShape,
  { learnt }: LayerParameters,
): [[LearntName, Float32Array]] | undefined {
  const name = learntName(weights, what);
  const array = inUse(tensors, name);
  if (array === undefined || name === weights) return undefined;
  const present = learnt?.[what];
  if (present !== undefined) expectShape(name, array, learntShape(what, present, shape));
  const values = Float32Array.from(array.values);
  return [[what, isOfCheckpoint(weights) && what.endsWith("Decay") ? values.map(decayOf) : values]];
}

/** What a network computes with: in a checkpoint the average, where training keeps one. */
function inUse(tensors: Tensors, name: string): NumberArray | undefined {
  return tensors.get(`${name}.average`) ?? tensors.get(name);
}

/** Name of the array in which a layer with these weights has what it learns. */
function learntName(weights: string, what: LearntName): string {
  return weights.replace(/weights?$/, what);
}

/** Checkpoints have u of a decay, 1 / (1 + e^−u). */
const isOfCheckpoint = (weights: string): boolean => weights.endsWith("weights");
/** Single floats round to 0 and 1, which no learnt decay is: the core takes the numbers beside them, too. */
const decayOf = (u: number): number => Math.min(Math.max(1 / (1 + Math.exp(-u)), MIN_DECAY), MAX_DECAY);
const [MIN_DECAY, MAX_DECAY] = [2 ** -126, 1 - 2 ** -24];

/** The name of the biases that belong to these weights, if the file has any. */
function biasIn(tensors: Tensors, name: string): string | undefined {
  const candidates = [
    name.replace(/weights$/, "biases"),
    name.replace(/weight$/, "bias"),
    name.replace(/layers_module\.(\d+)\.weight$/, "state_v_bs_param.$1"),
  ];
  return candidates.find((candidate) => candidate !== name && tensors.has(candidate));
}

function expectShape(name: string, { shape }: NumberArray, expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((length, place) => length === expected[place])) return;
  throw new SpikeletError("SHAPE_MISMATCH", name, `must have the shape [${expected.join(", ")}], got [${shape.join(", ")}]`);
}
