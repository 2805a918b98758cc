import { SpikeletError } from "../../errors.js";

/** An array of numbers of a node; no dimensions for a single number. */
export interface NirArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array;
}

/** A node as the format has it: its type and its fields by their names. */
export interface NirNode {
  readonly type: string;
  readonly fields: ReadonlyMap<string, NirArray | string>;
  /** What a node of type `NIRGraph` consists of. */
  readonly graph?: NirGraph;
}

/** Nodes by their names, and which node's output goes to which. */
export interface NirGraph {
  readonly nodes: ReadonlyMap<string, NirNode>;
  readonly edges: readonly (readonly [string, string])[];
}

/** A node with its name, for errors that say where. */
export class NamedNode {
  readonly name: string;
  readonly #node: NirNode;

  constructor(name: string, node: NirNode) {
    this.name = name;
    this.#node = node;
  }

  get type(): string {
    return this.#node.type;
  }

  has(field: string): boolean {
    return this.#node.fields.has(field);
  }

  array(field: string): NirArray {
    const value = this.#node.fields.get(field);
    if (value === undefined || typeof value === "string") throw this.fault(field, "must be an array of numbers");
    return value;
  }

  /** The numbers of a field that has one, or one for each of `count`. */
  numbers(field: string, count: number): (index: number) => number {
    const { values } = this.array(field);
    if (values.length !== 1 && values.length !== count) {
      throw this.fault(field, `must have 1 or ${count} entries, got ${values.length}`);
    }
    return (index) => Number(values.length === 1 ? values[0] : values[index]);
  }

  /** The whole number that all entries of a field are. */
  whole(field: string): number {
    const { values } = this.array(field);
    const first = Number(values[0]);
    if (values.every((value) => value === first) && Number.isInteger(first)) return first;
    throw this.fault(field, `must be one whole number, got [${values.join(", ")}]`);
  }

  /** Whether a field is this word. */
  is(field: string, word: string): boolean {
    return this.#node.fields.get(field) === word;
  }

  /** What is wrong with a field, or with the node where there is none. */
  fault(field: string, message: string): SpikeletError {
    return new SpikeletError("DATA_FORMAT", field === "" ? this.name : `${this.name}.${field}`, message);
  }
}

/** The way of a node's output back to it. */
export interface NirLoop {
  weights: NamedNode;
  /** What its spikes wait for before the weights. */
  delay: NamedNode | undefined;
}

/** A graph that is one chain, from its input to its output. */
export interface NirChain {
  nodes: NamedNode[];
  /** By the name of the node to which they lead back. */
  loops: Map<string, NirLoop>;
}

/** The chain of a graph. */
export function chainOf(graph: NirGraph): NirChain {
  const flat = flattened(graph);
  const { nodes } = flat;
  const { loops, names, edges } = withoutLoops(flat);
  const next = new Map<string, string>();
  const reached = new Set<string>();
  for (const [from, to] of edges) {
    if (!nodes.has(from) || !nodes.has(to))
      throw new SpikeletError("DATA_FORMAT", "edges", `there is no ${nodes.has(from) ? to : from}`);
    if (next.has(from))
      throw new SpikeletError("DATA_FORMAT", "edges", `${from} goes to two nodes: only a chain of nodes can be read`);
    if (reached.has(to))
      throw new SpikeletError("DATA_FORMAT", "edges", `${to} gets two inputs: only a chain of nodes can be read`);
    next.set(from, to);
    reached.add(to);
  }
  const inputs = [...nodes].filter(([, { type }]) => type === "Input").map(([name]) => name);
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw new SpikeletError("DATA_FORMAT", "nodes", `there must be one Input, got ${inputs.length}`);
  }
  const chain: NamedNode[] = [];
  for (let name: string | undefined = input; name !== undefined; name = next.get(name)) {
    chain.push(new NamedNode(name, nodes.get(name) as NirNode));
    if (chain.length > nodes.size) throw new SpikeletError("DATA_FORMAT", "edges", "the nodes form a ring");
  }
  const last = chain.at(-1) as NamedNode;
  if (last.type !== "Output") throw last.fault("", "ends the chain, which must end with an Output");
  if (chain.length + names.size < nodes.size)
    throw new SpikeletError("DATA_FORMAT", "edges", "some nodes are not on the path from Input to Output");
  return { nodes: chain, loops };
}

/** A graph with the nodes of the graphs in it, `outer.inner`, joined where these had an input and an output. */
function flattened(graph: NirGraph): NirGraph {
  const nodes = new Map<string, NirNode>();
  const edges: [string, string][] = [];
  const entries = new Map<string, string[]>();
  const exits = new Map<string, string[]>();
  for (const [outer, node] of graph.nodes) {
    if (node.graph === undefined) {
      nodes.set(outer, node);
      continue;
    }
    entries.set(outer, []);
    exits.set(outer, []);
    const typeOf = (name: string) => node.graph?.nodes.get(name)?.type;
    for (const [name, inner] of node.graph.nodes) {
      if (inner.type !== "Input" && inner.type !== "Output") nodes.set(`${outer}.${name}`, inner);
    }
    for (const [from, to] of node.graph.edges) {
      if (typeOf(from) === "Input" && typeOf(to) === "Output") {
        throw new SpikeletError(
          "DATA_FORMAT",
          `${outer}.edges`,
          "an input leads to an output: only a chain of nodes can be read",
        );
      }
      if (typeOf(from) === "Input") append(entries, outer, `${outer}.${to}`);
      else if (typeOf(to) === "Output") append(exits, outer, `${outer}.${from}`);
      else edges.push([`${outer}.${from}`, `${outer}.${to}`]);
    }
  }
  for (const [from, to] of graph.edges) {
    for (const source of exits.get(from) ?? [from]) {
      for (const target of entries.get(to) ?? [to]) edges.push([source, target]);
    }
  }
  return { nodes, edges };
}

function append(lists: Map<string, string[]>, key: string, entry: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}

/** A graph without the nodes that lead from a node back to it. */
interface Unlooped {
  loops: Map<string, NirLoop>;
  /** Nodes of the loops. */
  names: Set<string>;
  edges: NirGraph["edges"];
}

/** Takes weights that lead from a node to the same node out of a graph, with a delay before them. */
function withoutLoops({ nodes, edges }: NirGraph): Unlooped {
  const sources = new Map<string, string[]>();
  const targets = new Map<string, string[]>();
  for (const [from, to] of edges) {
    append(sources, to, from);
    append(targets, from, to);
  }
  const only = (names: string[] | undefined) => (names?.length === 1 ? names[0] : undefined);
  const loops = new Map<string, NirLoop>();
  const names = new Set<string>();
  for (const [name, node] of nodes) {
    if (node.type !== "Linear" && node.type !== "Affine") continue;
    const before = only(sources.get(name)) ?? "";
    const isDelayed = nodes.get(before)?.type === "Delay" && only(targets.get(before)) === name;
    const source = isDelayed ? only(sources.get(before)) : before;
    if (!source || source !== only(targets.get(name))) continue;
    if (loops.has(source)) throw new SpikeletError("DATA_FORMAT", "edges", `${source} has more than one loop to itself`);
    const delay = isDelayed ? new NamedNode(before, nodes.get(before) as NirNode) : undefined;
    loops.set(source, { weights: new NamedNode(name, node), delay });
    for (const part of isDelayed ? [before, name] : [name]) names.add(part);
  }
  return { loops, names, edges: edges.filter(([from, to]) => !names.has(from) && !names.has(to)) };
}
