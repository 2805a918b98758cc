import { SpikeletError } from "../../errors.js";
import { type GraphNode, graphOf, type Source } from "../../graph/graph.js";
import type { Network } from "../../network.js";
import type { LayerParameters } from "../../results.js";
import { delayNode } from "./delays.js";
import { approximationsOf, LATE } from "./exported-approximations.js";
import type { ExportedInput } from "./exported-inputs.js";
import { type ExportedLayer, type ExportHow, exportedLayers } from "./exported-layers.js";
import type { NirNode } from "./graph.js";
import { endNode, flattenNode, isIdentity, neuronsNode, weightsNode } from "./nodes.js";
import type { Clock } from "./options.js";
import { refuseOtherOrder } from "./refused-order.js";
import { poolNode } from "./windows.js";
import { WrittenGraph } from "./written-graph.js";

/**
 * The graph of a network, and sentences on what another program will compute differently.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what NIR can't express.
 */
export function exportedGraph(
  network: Network,
  parameters: readonly LayerParameters[],
  how: ExportHow,
): { graph: WrittenGraph; approximations: string[] } {
  const { network: config } = network.config;
  const nodes = graphOf(config);
  const exporter = new Exporter(nodes, [config.input].flat(), exportedLayers(network, nodes, parameters, how), how.clock);
  return { graph: exporter.graph, approximations: [...exporter.approximations] };
}

/** The node to which what arrives at a layer leads, and that from which its spikes come. */
interface Names {
  entry: string;
  exit: string;
}

class Exporter {
  readonly graph: WrittenGraph;
  readonly approximations = new Set<string>();
  readonly #clock: Clock;
  readonly #input: string;
  readonly #names: readonly Names[];

  constructor(nodes: readonly GraphNode[], input: readonly number[], layers: ReadonlyMap<number, ExportedLayer>, clock: Clock) {
    this.#clock = clock;
    this.graph = new WrittenGraph(nodes.flatMap(({ layer }) => layer.name ?? []));
    this.#input = this.graph.add("input", endNode("Input", input));
    // Later layers can be sources of earlier ones, so all layers come before the edges.
    this.#names = nodes.map((node, index) => {
      const layer = layers.get(index);
      return layer === undefined ? this.#passive(node, index) : this.#spiking(node, index, layer);
    });
    for (const [index, node] of nodes.entries()) {
      const layer = layers.get(index);
      if (layer === undefined) this.#connect(node.own.sources, index);
      else for (const [number, input] of layer.inputs.entries()) this.#lead(input, node, { ...layer, index, number });
      for (const sentence of layer === undefined ? [] : approximationsOf(layer, index)) this.approximations.add(sentence);
    }
    const { shape } = nodes.at(-1) as GraphNode;
    this.graph.add("output", endNode("Output", shape), [this.#exit({ layer: nodes.length - 1, isFeedback: false })]);
    refuseOtherOrder(
      nodes,
      this.graph,
      this.#names.map(({ exit }) => exit),
    );
  }

  #spiking({ layer, shape }: GraphNode, index: number, { biases, neuron, biased }: ExportedLayer): Names {
    return alike(this.#add(layer, `neuron${index}`, neuronsNode(shape, biases, neuron, biased === -1)));
  }

  /** Adds the node from which the spikes of a layer come. */
  #add({ name }: GraphNode["layer"], otherwise: string, node: NirNode): string {
    return name === undefined ? this.graph.add(otherwise, node) : this.graph.addGiven(name, node);
  }

  /** A layer without neurons. */
  #passive({ layer, own }: GraphNode, index: number): Names {
    const name = `${layer.type}${index}`;
    const [channels = 1, height, width] = own.shape;
    if (layer.type === "flatten") return alike(this.#add(layer, name, flattenNode(own.shape)));
    if (layer.type === "avgPool2d") return alike(this.#add(layer, name, poolNode(layer)));
    if (layer.type === "globalAvgPool" && height !== undefined && width !== undefined) {
      const pool = this.graph.add(`avgPool2d${index}`, poolNode({ window: [height, width] }));
      const flatten = this.#add(layer, name, flattenNode([channels, 1, 1]));
      this.graph.connect(pool, flatten);
      return { entry: pool, exit: flatten };
    }
    const over = own.shape.length === 2 ? " over sequences" : "";
    throw new SpikeletError("CONFIG_INVALID", `network.layers[${index}].type`, `NIR has no node for ${layer.type}${over}`);
  }

  /** Leads spikes to a layer without neurons. */
  #connect(sources: readonly Source[], index: number): void {
    for (const source of sources) this.graph.connect(this.#exit(source), this.#names[index]?.entry as string);
    if (sources.some(({ isFeedback }) => isFeedback)) this.approximations.add(LATE);
  }

  /** Leads an input to its neurons, through a delay and weights; fixed weights of 1 need no node. */
  #lead(
    { wires, sources, from, weights, delays, names, isFixed }: ExportedInput,
    { shape }: GraphNode,
    { neuron, biases, biased, index, number }: ExportedLayer & { index: number; number: number },
  ): void {
    const node = weightsNode(wires, { from, to: shape }, weights, neuron, biased === number ? biases : undefined);
    const exits = sources.map((source) => this.#exit(source));
    const neurons = this.#names[index]?.entry as string;
    if (isFixed && isIdentity(node) && !exits.some((exit) => this.graph.has(exit, neurons))) {
      for (const exit of exits) this.graph.connect(exit, neurons);
      return;
    }
    const before = delays === undefined ? exits : [this.graph.add(names.delay, delayNode(delays, from, this.#clock), exits)];
    this.graph.connect(this.graph.add(names.weights, node, before), neurons);
  }

  #exit({ layer }: Source): string {
    return layer === null ? this.#input : (this.#names[layer]?.exit as string);
  }
}

const alike = (name: string): Names => ({ entry: name, exit: name });
