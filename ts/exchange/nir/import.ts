import { fields } from "../../check/fields.js";
import { steps as stepCount } from "../../check/steps.js";
import { bytes as byteArray } from "../../check/values.js";
import type { LayerConfig, LayerNeuron, NetworkConfig } from "../../generated/config.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { byteLimit, type ReadLimit } from "../../io/byte-budget.js";
import type { LayerParameters } from "../../results.js";
import { DelayReader, withDelays } from "./delays.js";
import { chainOf, type NamedNode, type NirLoop } from "./graph.js";
import { readGraph } from "./hdf5.js";
import { byLayer, type Incoming, isReadout, NeuronReader } from "./imported-neuron.js";
import { Clock, NIR_OPTIONS, type NirOptions } from "./options.js";
import { convolved, pooled, readConvolution, readPool } from "./windows.js";

/** Options of {@link importNir}. */
export interface NirImportOptions extends NirOptions, ReadLimit {
  /** Length of the simulation in steps, which NIR does not contain; 300 by default. */
  steps?: number;
}

const importOptions = fields<NirImportOptions>({ ...NIR_OPTIONS, steps: stepCount, maxBytes: byteLimit });

/** An imported network. */
export interface ImportedNetwork {
  /** For the `network` of a configuration. */
  network: NetworkConfig;
  /** For the option `parameters` of `createNetwork` and `createTrainer`. */
  parameters: LayerParameters[];
  /** Sentences on what is not exactly as in the file; empty if everything is. */
  approximations: string[];
}

/**
 * Reads the network of a NIR file: one chain of `Linear`, `Affine`, `Conv2d` and `Conv1d`, each with its `LIF` or `CubaLIF` neurons,
 * `AvgPool2d`, `SumPool2d` and `Flatten`; neurons may have a `Linear` or `Affine` from and to them, whose spikes arrive one step
 * later. A `Delay` before `Linear` or `Affine` gives the layer delays by input. `LI` or `CubaLI` as the last neurons are a
 * readout, for the losses `membrane` and `trace`. Constants that differ from unit to unit become lists. Needs the npm package
 * `h5wasm`.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged file, and with the node and the field for what this library does not have.
 */
export async function importNir(bytes: Uint8Array, options: NirImportOptions = {}): Promise<ImportedNetwork> {
  const { h5wasm, maxBytes } = importOptions(options, "");
  byteArray(bytes, "bytes");
  const { nodes: chain, loops } = chainOf(await readGraph(bytes, h5wasm, maxBytes === undefined ? {} : { maxBytes }));
  const input = shapeOf(chain[0] as NamedNode);
  const clock = new Clock(options);
  const reader = new NeuronReader(clock);
  const delays = new DelayReader(clock);
  const layers: LayerConfig[] = [];
  const parameters: LayerParameters[] = [];
  const neurons = new Map<number, LayerNeuron>();
  let shape = input;
  let factor = 1;
  for (let place = 1; place < chain.length - 1; place++) {
    const node = chain[place] as NamedNode;
    const next = chain[place + 1] as NamedNode;
    const inputs = unitsOf(shape);
    if (node.type === "Delay") {
      delays.read(node, inputs);
      continue;
    }
    const layer = layerOf(node, shape);
    const fault = layer.config.type === "dense" || layer.config.type === "flatten" ? undefined : delays.fault(node.type);
    if (fault !== undefined) throw fault;
    const loop = layer.weights && loops.get(next.name);
    if (loop !== undefined) loops.delete(next.name);
    const isLast = place + 1 === chain.length - 2;
    if (layer.weights && isReadout(next) && (!isLast || loop !== undefined || layer.config.type !== "dense"))
      throw next.fault("", "never fires: only the last layer may be such a readout, dense and not recurrent");
    const config = loop === undefined ? layer.config : recurrent(layer.config, loop);
    shape = layer.shape;
    factor *= layer.factor;
    if (layer.weights === undefined) {
      layers.push(config);
    } else {
      const units = unitsOf(shape);
      const weights = { ...layer.weights, factor };
      const read = reader.read(next, units, loop === undefined ? weights : withOwn(weights, loop));
      const own = delays.take(inputs, loop, units);
      layers.push(withDelays(config, own));
      parameters.push(own === undefined ? read.parameters : { ...read.parameters, learnt: { delays: own } });
      neurons.set(layers.length - 1, read.neuron);
      factor = 1;
      place += 1;
    }
  }
  const fault = delays.fault("Output");
  if (fault !== undefined) throw fault;
  for (const [name, { weights }] of loops) throw weights.fault("", `leads back to ${name}, which has no neurons`);
  const [units, ...more] = input;
  if (units === undefined || more.length > 2) {
    const shapes = "[units], [channels, length] or [channels, height, width]";
    throw (chain[0] as NamedNode).fault("shape", `must be ${shapes}, got [${input.join(", ")}]`);
  }
  const { common, own } = byLayer(neurons);
  const network = {
    input: more.length === 0 ? units : (input as [number, number] | [number, number, number]),
    steps: options.steps ?? DEFAULTS.network.steps,
    neuron: common,
    layers: layers.map((layer, index) => (own.has(index) ? ({ ...layer, neuron: own.get(index) } as LayerConfig) : layer)),
  };
  return { network, parameters, approximations: [...reader.approximations(), ...delays.approximations()] };
}

const unitsOf = (shape: readonly number[]): number => shape.reduce((units, length) => units * length, 1);

/** A layer, what comes out of it, and what its output must be multiplied with. */
interface ReadLayer {
  config: LayerConfig;
  shape: number[];
  factor: number;
  weights?: { weights: ArrayLike<number>; biases: ArrayLike<number> | undefined; filters: number };
}

function layerOf(node: NamedNode, shape: readonly number[]): ReadLayer {
  switch (node.type) {
    case "Linear":
    case "Affine": {
      const { shape: size, values } = node.array("weight");
      const [units = 0, inputs = 0] = size;
      if (size.length !== 2) throw node.fault("weight", `must have two dimensions, got [${size.join(", ")}]`);
      if (shape.length !== 1 || shape[0] !== inputs)
        throw node.fault("weight", `takes ${inputs} inputs, got [${shape.join(", ")}]`);
      const biases = node.type === "Affine" ? biasesOf(node, units) : undefined;
      return {
        config: { type: "dense", units },
        shape: [units],
        factor: 1,
        weights: { weights: values, biases, filters: units },
      };
    }
    case "Conv2d":
    case "Conv1d":
      return convolution(node, shape);
    case "AvgPool2d":
    case "SumPool2d": {
      const config = readPool(node);
      const [height = 1, width = height] = [config.window].flat();
      return { config, shape: pooled(config, imageOf(node, shape)), factor: node.type === "SumPool2d" ? height * width : 1 };
    }
    case "Flatten": {
      // 1 is what files say whose writer counted the batch.
      if (node.has("start_dim") && node.whole("start_dim") > 1) throw node.fault("start_dim", "must be 0 or 1");
      return { config: { type: "flatten" }, shape: [unitsOf(shape)], factor: 1 };
    }
    case "LI":
    case "CubaLI":
    case "LIF":
    case "CubaLIF":
      throw node.fault("", "has neurons without weights of their own before them");
    default:
      throw node.fault("", `is a ${node.type}, which this library does not support`);
  }
}

function recurrent(config: LayerConfig, { weights }: NirLoop): LayerConfig {
  if (config.type === "dense") return { ...config, recurrent: true };
  throw weights.fault("", `leads from neurons to themselves after a ${config.type} layer: only dense layers can be recurrent`);
}

/** Weights and biases of a dense layer with those of a loop behind them. */
function withOwn({ weights, biases, filters: units, factor }: Incoming, { weights: loop }: NirLoop): Incoming {
  const { shape, values } = loop.array("weight");
  if (shape.length !== 2 || shape.some((length) => length !== units))
    throw loop.fault("weight", `must be [${units}, ${units}], got [${shape.join(", ")}]`);
  const below = weights.length / units;
  const inputs = below + units;
  const rows = Float64Array.from({ length: units * inputs }, (_, k) => {
    const [unit, input] = [Math.floor(k / inputs), k % inputs];
    return input < below ? (weights[unit * below + input] ?? 0) * factor : (values[unit * units + input - below] ?? 0);
  });
  const own = loop.type === "Affine" ? loop.numbers("bias", units) : () => 0;
  return {
    weights: rows,
    biases: Array.from({ length: units }, (_, unit) => (biases?.[unit] ?? 0) + own(unit)),
    filters: units,
    factor: 1,
  };
}

function convolution(node: NamedNode, below: readonly number[]): ReadLayer {
  const { shape: size, values } = node.array("weight");
  const [filters = 0, perGroup = 0, ...kernel] = size;
  const [axes, wanted] = node.type === "Conv1d" ? [1, "length"] : [2, "height, width"];
  if (below.length !== axes + 1) throw node.fault("", `needs [channels, ${wanted}], got [${below.join(", ")}]`);
  if (kernel.length !== axes) {
    throw node.fault(
      "weight",
      `must be [channels, channels of a group of the previous layer, ${wanted}], got [${size.join(", ")}]`,
    );
  }
  const config = readConvolution(node, filters, kernel);
  const channels = perGroup * (config.groups ?? 1);
  if (channels !== below[0]) throw node.fault("weight", `takes ${channels} channels, got ${below[0]}`);
  const weights = { weights: values, biases: biasesOf(node, filters), filters };
  return { config, shape: convolved(config, below), factor: 1, weights };
}

function biasesOf(node: NamedNode, filters: number): number[] {
  const bias = node.numbers("bias", filters);
  return Array.from({ length: filters }, (_, filter) => bias(filter));
}

function imageOf(node: NamedNode, shape: readonly number[]): readonly number[] {
  if (shape.length !== 3) throw node.fault("", `needs [channels, height, width], got [${shape.join(", ")}]`);
  return shape;
}

function shapeOf(node: NamedNode): number[] {
  const lengths = Array.from(node.array("shape").values, Number);
  if (lengths.every((length) => Number.isInteger(length) && length > 0)) return lengths;
  throw node.fault("shape", `must hold lengths, got [${lengths.join(", ")}]`);
}
