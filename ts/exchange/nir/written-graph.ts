import type { NirGraph, NirNode } from "./graph.js";

/** Nodes under names of their own, and the edges between them. */
export class WrittenGraph implements NirGraph {
  readonly nodes = new Map<string, NirNode>();
  readonly edges: [string, string][] = [];

  readonly #given: ReadonlySet<string>;

  /** @param given names that no other nodes get */
  constructor(given: readonly string[]) {
    this.#given = new Set(given.map(plain));
  }

  /** Adds a node under a given name, as far as HDF5 has it, and returns its name. */
  addGiven(name: string, node: NirNode): string {
    return this.#add(plain(name), node, (taken) => this.nodes.has(taken));
  }

  /** Adds a node under a name of its own, with edges from others, and returns its name. */
  add(name: string, node: NirNode, from: readonly string[] = []): string {
    const own = this.#add(name, node, (taken) => this.nodes.has(taken) || this.#given.has(taken));
    for (const source of from) this.connect(source, own);
    return own;
  }

  #add(wanted: string, node: NirNode, isTaken: (name: string) => boolean): string {
    let name = wanted;
    for (let count = 2; isTaken(name); count++) name = `${wanted}_${count}`;
    this.nodes.set(name, node);
    return name;
  }

  has(from: string, to: string): boolean {
    return this.edges.some(([source, target]) => source === from && target === to);
  }

  connect(from: string, to: string): void {
    this.edges.push([from, to]);
  }
}

/** A name without what HDF5 has for other things: steps into groups, and a group itself. */
const plain = (name: string): string => name.replaceAll("/", "_").replace(/^\.+$/, "_");
