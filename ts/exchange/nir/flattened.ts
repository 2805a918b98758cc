import { SpikeletError } from "../../errors.js";
import type { NirGraph, NirNode } from "./graph.js";

type Edge = readonly [from: string, to: string];

/** A graph with the nodes of the graphs in it, `outer.inner`, joined where these had an input and an output. */
export function flattened(graph: NirGraph): NirGraph {
  const nodes = new Map<string, NirNode>();
  const edges: Edge[] = [];
  const gates = new Set<string>();
  const entries = new Map<string, string>();
  const exits = new Map<string, string>();
  for (const [outer, node] of graph.nodes) {
    if (node.graph === undefined) {
      nodes.set(outer, node);
      continue;
    }
    for (const [name, inner] of node.graph.nodes) {
      const gate = inner.type === "Input" ? entries : inner.type === "Output" ? exits : undefined;
      if (gate?.has(outer)) throw new SpikeletError("DATA_FORMAT", outer, `has more than one ${inner.type}`);
      gate?.set(outer, `${outer}.${name}`);
      if (gate === undefined) nodes.set(`${outer}.${name}`, inner);
      else gates.add(`${outer}.${name}`);
    }
  }
  for (const [from, to] of graph.edges) edges.push([exits.get(from) ?? from, entries.get(to) ?? to]);
  for (const [outer, node] of graph.nodes) {
    for (const [from, to] of node.graph?.edges ?? []) edges.push([`${outer}.${from}`, `${outer}.${to}`]);
  }
  return { nodes, edges: [...gates].reduce(without, edges) };
}

/** Edges that lead past a node. */
function without(edges: readonly Edge[], gate: string): Edge[] {
  const targets = edges.filter(([from]) => from === gate).map(([, to]) => to);
  return edges.flatMap(([from, to]): Edge[] => {
    if (from === gate) return [];
    return to === gate ? targets.map((target): Edge => [from, target]) : [[from, to]];
  });
}
