import { SpikeletError } from "../../errors.js";
import { flattened } from "./flattened.js";
import { NamedNode, type NirGraph } from "./graph.js";
import { kindOf } from "./kinds.js";
import { ordered } from "./order.js";

/** A layer or the input, and the delays on the way from it. */
export interface DelayedSource {
  name: string;
  delays: NamedNode[];
}

/** Spikes that add, through weights or as they are. */
export interface Arrival {
  weights: NamedNode | undefined;
  sources: DelayedSource[];
}

/** A node with neurons, a pool or `Flatten`, and what arrives there. */
export interface WiredLayer {
  node: NamedNode;
  arrivals: Arrival[];
}

/** The layers of a graph in an order of computation, with what leads to them. */
export interface Wiring {
  input: NamedNode;
  /** The nodes to which the input leads. */
  readers: NamedNode[];
  layers: WiredLayer[];
  output: WiredLayer;
}

/**
 * Finds the layers of a graph.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the node that this library does not have, or has at another place only.
 */
export function wiringOf(given: NirGraph): Wiring {
  const graph = flattened(given);
  const nodes = new Map([...graph.nodes].map(([name, node]) => [name, new NamedNode(name, node)]));
  const nodeOf = (name: string) => nodes.get(name) as NamedNode;
  const before = edgesBefore(graph, nodes);
  const [input, output] = [only(nodes, "Input"), only(nodes, "Output")];
  for (const [to, sources] of before) refuseMisplaced(nodeOf(to), sources.map(nodeOf));
  refuseDead(nodes, before, input, output);
  const arrivals = (name: string) => arrivalsAt(nodeOf(name), before, nodes);
  const layers = new Map<string, Arrival[]>();
  for (const name of before.keys()) {
    const kind = kindOf(nodeOf(name).type);
    if (kind === "neurons" || kind === "layer") layers.set(name, arrivals(name));
  }
  const end = { node: output, arrivals: arrivals(output.name) };
  const sources = new Map([...layers].map(([name, at]) => [name, namesOf(at)]));
  return {
    input,
    readers: [...before].flatMap(([to, from]) => (from.includes(input.name) ? [nodeOf(to)] : [])),
    layers: ordered(sources, lastOf(end, sources, nodeOf)).map((name) => ({
      node: nodeOf(name),
      arrivals: layers.get(name) ?? [],
    })),
    output: end,
  };
}

/** The layers that lead to the output: neurons, or neurons and a `Flatten` behind them. */
function lastOf(
  { node, arrivals }: WiredLayer,
  sources: ReadonlyMap<string, readonly string[]>,
  nodeOf: (name: string) => NamedNode,
): string[] {
  const isSpiking = (name: string) => name !== "" && kindOf(nodeOf(name).type) === "neurons";
  const [last = "", ...others] = namesOf(arrivals);
  const [before = "", ...beside] = nodeOf(last).type === "Flatten" ? (sources.get(last) ?? []) : [];
  if (others.length === 0 && isSpiking(last)) return [last];
  if (others.length === 0 && beside.length === 0 && isSpiking(before)) return [before, last];
  throw node.fault("", "must follow neurons of one node, or one Flatten behind them");
}

const namesOf = (arrivals: readonly Arrival[]) => arrivals.flatMap(({ sources }) => sources.map(({ name }) => name));

/** Names of the nodes before each, in the order of the edges. */
function edgesBefore({ edges }: NirGraph, nodes: ReadonlyMap<string, NamedNode>): Map<string, string[]> {
  const before = new Map<string, Set<string>>();
  for (const [from, to] of edges) {
    const missing = [from, to].find((name) => !nodes.has(name));
    if (missing !== undefined) throw new SpikeletError("DATA_FORMAT", "edges", `there is no ${missing}`);
    const sources = before.get(to) ?? new Set();
    if (sources.has(from)) throw new SpikeletError("DATA_FORMAT", "edges", `${from} leads to ${to} twice`);
    before.set(to, sources.add(from));
  }
  return new Map([...before].map(([to, sources]) => [to, [...sources]]));
}

function only(nodes: ReadonlyMap<string, NamedNode>, type: string): NamedNode {
  const found = [...nodes.values()].filter((node) => node.type === type);
  if (found.length === 1) return found[0] as NamedNode;
  throw new SpikeletError("DATA_FORMAT", "nodes", `there must be one ${type}, got ${found.length}`);
}

function refuseMisplaced(to: NamedNode, sources: readonly NamedNode[]): void {
  const kind = kindOf(to.type);
  if (kind === undefined) throw to.fault("", `is a ${to.type}, which this library does not support`);
  if (kind === "input") throw to.fault("", "is the Input, to which nothing may lead");
  for (const from of sources) {
    const source = kindOf(from.type);
    if (source === "weights" && kind !== "neurons")
      throw to.fault("", `is a ${to.type}: what follows weights must be neurons, IF, LIF, CubaLIF, I, LI or CubaLI`);
    if (source === "output") throw from.fault("", "is the Output, which leads to nothing");
  }
}

/** Refuses nodes that are not on the way from the input to the output. */
function refuseDead(
  nodes: ReadonlyMap<string, NamedNode>,
  before: ReadonlyMap<string, readonly string[]>,
  input: NamedNode,
  output: NamedNode,
): void {
  const after = new Map<string, string[]>();
  for (const [to, sources] of before) {
    for (const from of sources) {
      const targets = after.get(from);
      if (targets === undefined) after.set(from, [to]);
      else targets.push(to);
    }
  }
  const [fed, used] = [reached(input.name, after), reached(output.name, before)];
  for (const name of nodes.keys()) {
    if (fed.has(name) && used.has(name)) continue;
    throw new SpikeletError("DATA_FORMAT", "edges", `${name} is not on a path from the Input to the Output`);
  }
}

function reached(start: string, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set([start]);
  for (const name of found) for (const other of next.get(name) ?? []) found.add(other);
  return found;
}

/** What leads to a layer: each node of weights, and all spikes that come as they are. */
function arrivalsAt(
  target: NamedNode,
  before: ReadonlyMap<string, readonly string[]>,
  nodes: ReadonlyMap<string, NamedNode>,
): Arrival[] {
  const passed = new Set<NamedNode>();
  const sourcesOf = (name: string, delays: NamedNode[]): DelayedSource[] =>
    (before.get(name) ?? []).flatMap((from) => {
      const node = nodes.get(from) as NamedNode;
      if (kindOf(node.type) !== "delay") return [{ name: from, delays }];
      if (passed.has(node)) throw node.fault("", `leads to ${target.name} on more than one way`);
      passed.add(node);
      return sourcesOf(from, [node, ...delays]);
    });
  const weights = (before.get(target.name) ?? []).map((name) => nodes.get(name) as NamedNode).filter((node) => isWeights(node));
  const found: Arrival[] = weights.map((node) => ({ weights: node, sources: sourcesOf(node.name, []) }));
  const asTheyAre = sourcesOf(target.name, []).filter(({ name }) => !isWeights(nodes.get(name) as NamedNode));
  return asTheyAre.length === 0 ? found : [...found, { weights: undefined, sources: asTheyAre }];
}

const isWeights = ({ type }: NamedNode): boolean => kindOf(type) === "weights";
