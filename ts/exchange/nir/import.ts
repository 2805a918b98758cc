import { fields } from "../../check/fields.js";
import { steps as stepCount } from "../../check/steps.js";
import { bytes as byteArray, oneOf } from "../../check/values.js";
import type { NetworkConfig, Reset } from "../../generated/config.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { byteLimit, type ReadLimit } from "../../io/byte-budget.js";
import type { LayerParameters } from "../../results.js";
import { areWhole, BETWEEN_STEPS, DelayReader } from "./delays.js";
import type { NirGraph } from "./graph.js";
import { readGraph } from "./hdf5.js";
import {
  outputOf,
  passiveLayer,
  type ReadLayer,
  refuseDelay,
  refuseReadouts,
  sourcesOf,
  spikingLayer,
} from "./imported-layers.js";
import { assembled } from "./imported-network.js";
import { NeuronReader } from "./imported-neuron.js";
import { inputShape } from "./input-shape.js";
import { kindOf } from "./kinds.js";
import { Clock, NIR_OPTIONS, type NirOptions, RESETS } from "./options.js";
import { Signals } from "./signal.js";
import { mergedPools } from "./whole-pools.js";
import { wiringOf } from "./wiring.js";

/** Options of {@link importNir}. */
export interface NirImportOptions extends NirOptions, ReadLimit {
  /** Length of the simulation in steps, which NIR does not contain; 300 by default. */
  steps?: number;
  /**
   * What a spike does to its unit. By default what the file says: it sets the membrane to 0. snnTorch and sinabs do not write their
   * own resets, which subtract the threshold.
   */
  reset?: Reset;
}

const importOptions = fields<NirImportOptions>({
  ...NIR_OPTIONS,
  steps: stepCount,
  maxBytes: byteLimit,
  reset: oneOf(...RESETS),
});

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
 * Reads the network of a NIR file: `Linear`, `Affine`, `Conv2d`, `Conv1d` and `Scale` in front of `IF`, `LIF` or `CubaLIF` neurons,
 * `AvgPool2d`, `SumPool2d` and `Flatten`, in any graph. What leads to one node adds; connections that close a loop are one step late.
 * Neurons may follow others without weights. A `Delay` before `Linear` or `Affine` gives the layer delays by input. `I`, `LI` or
 * `CubaLI` as the last neurons are a readout, for the losses `membrane` and `trace`. Constants that differ from unit to unit become
 * lists. Needs the npm package `h5wasm`.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged file, and with the node and the field for what this library does not have.
 */
export async function importNir(bytes: Uint8Array, options: NirImportOptions = {}): Promise<ImportedNetwork> {
  const { h5wasm, maxBytes, steps = DEFAULTS.network.steps } = importOptions(options, "");
  byteArray(bytes, "bytes");
  const graph = await readGraph(bytes, h5wasm, maxBytes === undefined ? {} : { maxBytes });
  const { input, ...found } = networkOf(graph, options);
  return { ...found, network: { input, steps, ...found.network } };
}

/** The network of a graph. */
function networkOf(graph: NirGraph, options: NirImportOptions) {
  const wiring = wiringOf(graph);
  const clock = new Clock(options);
  const reader = new NeuronReader(clock, options.reset);
  const signals = new Signals(new DelayReader(clock));
  const shape = inputShape(wiring.input, wiring.readers);
  signals.set(wiring.input.name, { shape, factor: 1, averaged: 1 });
  for (const layer of wiring.layers) signals.set(layer.node.name, outputOf(layer, signals));
  const earlier = new Set([wiring.input.name]);
  const read = wiring.layers.map((layer) => {
    const isSpiking = kindOf(layer.node.type) === "neurons";
    const found = isSpiking ? spikingLayer(layer, signals, reader, earlier) : passiveLayer(layer, signals);
    earlier.add(layer.node.name);
    return found;
  });
  const { node, arrivals } = wiring.output;
  refuseDelay(signals.of(node, sourcesOf(arrivals)), node.type);
  refuseReadouts(wiring.layers, arrivals);
  const layers = mergedPools(read, (name) => signals.of(node, [{ name, delays: [] }]).shape);
  const { parameters, ...network } = assembled(layers, wiring.input.name);
  const [units = 0] = shape;
  return {
    input: (shape.length === 1 ? units : shape) as NetworkConfig["input"],
    network,
    parameters,
    approximations: [...reader.approximations(), ...approximationsOf(layers)],
  };
}

function approximationsOf(layers: readonly ReadLayer[]): string[] {
  const places = new Map(layers.map(({ name }, place) => [name, place]));
  const isLoop = layers.some(({ name, sources, further }, place) =>
    [...sources, ...further.flatMap((input) => input.sources)].some(
      (source) => source !== name && (places.get(source) ?? -1) > place,
    ),
  );
  const delays = layers.flatMap(({ neurons }) => {
    const inputs =
      neurons === undefined ? [] : [neurons.own, ...(neurons.recurrent ? [neurons.recurrent] : []), ...neurons.further];
    return inputs.flatMap(({ delays }) => delays ?? []);
  });
  return [...(isLoop ? [LOOP] : []), ...(delays.every(areWhole) ? [] : [BETWEEN_STEPS])];
}

/** What NIR leaves open in a loop over several layers. */
export const LOOP =
  "in a loop over several layers, spikes reach the first of them one step later; NIR does not say where a loop has its step";
