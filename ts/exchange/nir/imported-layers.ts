import type { LayerConfig, LayerInput, LayerNeuron } from "../../generated/config.js";
import { outputShape, unitsOf } from "../../graph/graph.js";
import { asInput, asLayer, type Connection, canBeOwn, connectionOf, currentsShape } from "./connections.js";
import { delaysOf } from "./delays.js";
import type { NamedNode } from "./graph.js";
import { isReadout, type NeuronReader } from "./imported-neuron.js";
import { kindOf } from "./kinds.js";
import type { Signal, Signals } from "./signal.js";
import { readPool } from "./windows.js";
import type { Arrival, WiredLayer } from "./wiring.js";

/** Weights of an input and its delays. */
export interface ReadInput {
  weights: Float32Array;
  delays: Float32Array | undefined;
}

/** A layer of the configuration, with the names of nodes as those of its sources. */
export interface ReadLayer {
  name: string;
  config: LayerConfig;
  sources: string[];
  further: { sources: string[]; input: LayerInput }[];
  /** What a layer with neurons has beside. */
  neurons?: { neuron: LayerNeuron; own: ReadInput; recurrent: ReadInput | undefined; further: ReadInput[]; biases: Float32Array };
}

/** What comes out of a layer, from those of its sources that are known. */
export function outputOf({ node, arrivals }: WiredLayer, signals: Signals): Signal {
  if (kindOf(node.type) === "neurons") {
    for (const { weights, sources } of arrivals) {
      const shape = currentsShape(weights, signals.known(weights ?? node, sources));
      if (shape !== undefined) return { shape, factor: 1, averaged: 1 };
    }
    throw node.fault("", "nothing says how many units it has: it is fed by itself alone");
  }
  const signal = signals.known(node, sourcesOf(arrivals));
  if (signal === undefined) throw node.fault("", "is in a loop without neurons");
  if (node.type === "Flatten") {
    // 1 is what files say whose writer counted the batch.
    if (node.has("start_dim") && node.whole("start_dim") > 1) throw node.fault("start_dim", "must be 0 or 1");
    return { ...signal, shape: [unitsOf(signal.shape)] };
  }
  refuseDelay(signal, node.type);
  const { shape, factor, averaged } = signal;
  if (shape.length !== 3) throw node.fault("", `needs [channels, height, width], got [${shape.join(", ")}]`);
  const pool = readPool(node);
  const [height = 1, width = height] = [pool.window].flat();
  const pooled = outputShape(pool, shape);
  if (pooled.some((length) => !(length > 0))) throw node.fault("kernel_size", `has no place on [${shape.join(", ")}]`);
  const window = height * width;
  return { shape: pooled, factor: node.type === "SumPool2d" ? factor * window : factor, averaged: averaged * window };
}

/** A pool or a flatten layer. */
export function passiveLayer({ node, arrivals }: WiredLayer, signals: Signals): ReadLayer {
  const sources = sourcesOf(arrivals);
  signals.of(node, sources);
  const config: LayerConfig = node.type === "Flatten" ? { type: "flatten" } : readPool(node);
  return { name: node.name, config, sources: sources.map(({ name }) => name), further: [] };
}

/** A layer with neurons, before which others and the input have their places. */
export function spikingLayer(layer: WiredLayer, signals: Signals, reader: NeuronReader, earlier: ReadonlySet<string>): ReadLayer {
  const { node } = layer;
  const { shape } = signals.of(node, [{ name: node.name, delays: [] }]);
  const [own, ...others] = ownFirst(
    layer.arrivals.map((arrival) => arrived(node, arrival, signals)),
    earlier,
  ) as [Arrived, ...Arrived[]];
  if (!canBeOwn(own.connection)) throw node.fault("", "gets weights by unit alone, where units lie in an image or a sequence");
  const isDense = own.connection.kind.type === "dense";
  if (isReadout(node) && !isDense) throw node.fault("", "never fires: such a readout needs Linear or Affine before it");
  const recurrent = isDense
    ? others.find(({ isOfItself, connection }) => isOfItself && connection.kind.type === "dense")
    : undefined;
  const further = others.filter((other) => other !== recurrent);
  const all = [own, ...(recurrent === undefined ? [] : [recurrent]), ...further];
  for (const { connection, weights } of all) {
    const [made, needed] = [connection.shape.join(", "), shape.join(", ")];
    if (made !== needed)
      throw (weights ?? node).fault("", `makes currents of units [${made}], the neurons ${node.name} are [${needed}]`);
  }
  const filters = own.connection.rows;
  const read = reader.read(node, {
    units: unitsOf(shape),
    filters,
    inputs: all.map(({ connection: { weights, rows }, signal: { factor } }) => ({ weights, rows, factor })),
    biases: summed(
      filters,
      all.map(({ connection }) => connection.biases),
    ),
  });
  const inputs = all.map(({ signal }, k) => ({ weights: read.weights[k] as Float32Array, delays: signal.delay?.steps }));
  const [first, second] = inputs as [ReadInput, ReadInput];
  const waits = [own, recurrent].flatMap((one) => one?.signal.delay?.steps ?? []);
  return {
    name: node.name,
    config: {
      ...asLayer(own.connection),
      ...(recurrent === undefined ? {} : { recurrent: true }),
      ...(waits.length === 0 ? {} : { delays: delaysOf(...waits) }),
    } as LayerConfig,
    sources: own.sources,
    further: further.map(({ connection, sources, signal }) => {
      const delays = signal.delay === undefined ? {} : { delays: delaysOf(signal.delay.steps) };
      return { sources, input: { ...asInput(connection, ""), ...delays } as LayerInput };
    }),
    neurons: {
      neuron: read.neuron,
      own: first,
      recurrent: recurrent && second,
      further: inputs.slice(recurrent === undefined ? 1 : 2),
      biases: read.biases,
    },
  };
}

/** Refuses readouts with anything behind them but the output. */
export function refuseReadouts(layers: readonly WiredLayer[], output: readonly Arrival[]): void {
  const sources = new Set(layers.flatMap(({ arrivals }) => sourcesOf(arrivals).map(({ name }) => name)));
  const last = sourcesOf(output)[0]?.name;
  for (const { node } of layers) {
    if (isReadout(node) && (node.name !== last || sources.has(node.name)))
      throw node.fault("", "never fires: only the last layer may be such a readout, the source of no other and not of itself");
  }
}

/** Sources of all arrivals of a layer without neurons. */
export const sourcesOf = (arrivals: readonly Arrival[]) => arrivals.flatMap(({ sources }) => sources);

/** Refuses spikes that still have to wait in front of anything but weights of dense layers. */
export function refuseDelay({ delay }: Signal, type: string): void {
  const message = `delays the input of ${type}: only Linear and Affine may have delays before them`;
  if (delay !== undefined) throw delay.node.fault("", message);
}

interface Arrived {
  weights: NamedNode | undefined;
  sources: string[];
  isOfItself: boolean;
  signal: Signal;
  connection: Connection;
}

function arrived(node: NamedNode, { weights, sources }: Arrival, signals: Signals): Arrived {
  const signal = signals.of(weights ?? node, sources);
  const connection = connectionOf(weights, signal);
  if (connection.kind.type !== "dense") refuseDelay(signal, (weights ?? node).type);
  const names = sources.map(({ name }) => name);
  return { weights, sources: names, isOfItself: names.every((name) => name === node.name), signal, connection };
}

/** Puts the connection first that is best the layer's own: through weights, of sources that say how many units there are. */
function ownFirst(arrivals: readonly Arrived[], earlier: ReadonlySet<string>): Arrived[] {
  const rank = ({ weights, sources, isOfItself, connection }: Arrived) => {
    if (isOfItself) return 4;
    if (!canBeOwn(connection)) return 3;
    return (sources.some((name) => earlier.has(name)) ? 0 : 2) + (weights === undefined ? 1 : 0);
  };
  return [...arrivals].sort((one, other) => rank(one) - rank(other));
}

function summed(filters: number, all: readonly (readonly number[] | undefined)[]): number[] | undefined {
  const given = all.filter((biases) => biases !== undefined);
  if (given.length === 0) return undefined;
  return Array.from({ length: filters }, (_, filter) => given.reduce((sum, biases) => sum + (biases[filter] ?? 0), 0));
}
