import { fields } from "../check/fields.js";
import { instanceOf, listOf, oneOf, text } from "../check/values.js";
import type { NumberArray } from "../datasets/npy.js";
import { SpikeletError } from "../errors.js";
import { byteLimit, type ReadLimit } from "../io/byte-budget.js";
import { type LayerInfo, Network } from "../network.js";
import type { LayerParameters } from "../results.js";
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

/**
 * Weights and biases as other programs read them: `layers.0.weight`, `[units, inputs]` or `[channels, channels below, kernel, kernel]`,
 * and `layers.0.bias`, `[units]` or `[channels]`, for each spiking layer, single floats. PyTorch has the same layout.
 */
export async function exportWeights(from: Network, options: { format: WeightFormat }): Promise<Uint8Array> {
  network(from, "network");
  const { format } = formatOption(options, "");
  const parameters = await from.parameters();
  const tensors = new Map<string, NumberArray>();
  for (const [layer, shape] of from.info.layers.entries()) {
    const { weights, biases } = parameters[layer] as LayerParameters;
    tensors.set(`layers.${layer}.weight`, { dtype: "float32", shape: weightShape(shape), values: weights });
    tensors.set(`layers.${layer}.bias`, { dtype: "float32", shape: [shape.filters], values: biases });
  }
  return WRITERS[format](tensors);
}

/** How {@link importWeights} reads. */
export interface WeightOptions extends ReadLimit {
  /** Names of the weights of each spiking layer, from the input up; those of two or more dimensions in the order of the file unless given. */
  names?: readonly string[];
  backend?: BackendChoice;
}

/**
 * Gives a network the weights of a file: safetensors, a state dictionary of `torch.save`, NPZ, or a checkpoint of this library. An
 * array of two or more dimensions is the weights of the next spiking layer. Its bias is called like it with `bias` for `weight`, or as
 * the authors' code calls it (`state_v_bs_param.0` for `layers_module.0.weight`); without one the biases are 0.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a foreign or damaged file, `SHAPE_MISMATCH` with the name of the array that does not fit;
 * the network is then as it was.
 */
export async function importWeights(into: Network, bytes: Uint8Array, options: WeightOptions = {}): Promise<void> {
  network(into, "network");
  const { names: given, ...reading } = weightOptions(options, "");
  const tensors = await parseTensors(bytes, reading);
  const names = given ?? weightNames(tensors);
  const { layers } = into.info;
  if (names.length !== layers.length) {
    const found = names.length === 0 ? "no weights" : `weights of ${names.length}: ${names.join(", ")}`;
    throw new SpikeletError("SHAPE_MISMATCH", "names", `the network has ${layers.length} spiking layers, the file ${found}`);
  }
  const parameters = layers.map((shape, layer) => parametersOf(tensors, names[layer] as string, shape));
  for (const [layer, given] of parameters.entries()) await into.setParameters(layer, given);
}

function weightShape({ inputs, filters, kernel }: LayerInfo): number[] {
  return kernel === undefined ? [filters, inputs] : [filters, inputs / kernel ** 2, kernel, kernel];
}

/** What training keeps of weights has their shape, and so have delays of connections. */
const OF_WEIGHTS = /\.(moment\d|average|best|delays)$/;

/** Weights by their shape. Files that sort names as text get the order of the numbers in them. */
function weightNames(tensors: Tensors): string[] {
  const names = [...tensors.keys()].filter((name) => (tensors.get(name)?.shape.length ?? 0) >= 2 && !OF_WEIGHTS.test(name));
  const sorted = [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const isNumbered = new Set(names.map((name) => name.replace(/\d+/g, "#"))).size === 1;
  return isNumbered ? sorted : names;
}

function parametersOf(tensors: Tensors, name: string, shape: LayerInfo): LayerParameters {
  const weights = tensors.get(name);
  if (weights === undefined) {
    throw new SpikeletError(
      "SHAPE_MISMATCH",
      name,
      `is not in the file, which has ${[...tensors.keys()].join(", ") || "no arrays"}`,
    );
  }
  expectShape(name, weights, weightShape(shape));
  const biasName = biasNames(name).find((candidate) => candidate !== name && tensors.has(candidate));
  const biases = biasName === undefined ? undefined : tensors.get(biasName);
  if (biases !== undefined) expectShape(biasName as string, biases, [shape.filters]);
  return {
    weights: Float32Array.from(weights.values),
    biases: biases === undefined ? new Float32Array(shape.filters) : Float32Array.from(biases.values),
  };
}

function biasNames(name: string): string[] {
  return [
    name.replace(/weights$/, "biases"),
    name.replace(/weight$/, "bias"),
    name.replace(/layers_module\.(\d+)\.weight$/, "state_v_bs_param.$1"),
  ];
}

function expectShape(name: string, { shape }: NumberArray, wanted: readonly number[]): void {
  if (shape.length === wanted.length && shape.every((length, place) => length === wanted[place])) return;
  throw new SpikeletError("SHAPE_MISMATCH", name, `must have the shape [${wanted.join(", ")}], got [${shape.join(", ")}]`);
}
