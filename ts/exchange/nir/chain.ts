import type { NirNode } from "./graph.js";
import { node, type ShapedNode, whole } from "./nodes.js";

/** Nodes one after the other, some with a way back to themselves. */
export class Chain {
  readonly #nodes = new Map<string, NirNode>();
  readonly #edges: [string, string][] = [];
  #last: string | undefined;
  /** Shape of what comes out of the last node. */
  shape: number[];

  constructor(shape: number[]) {
    this.shape = shape;
    this.add("input", { node: node("Input", { shape: whole(...shape) }), shape });
  }

  add(name: string, { node, shape }: ShapedNode): void {
    this.#nodes.set(name, node);
    if (this.#last !== undefined) this.#edges.push([this.#last, name]);
    this.#last = name;
    this.shape = shape;
  }

  /** Takes what comes out of the last node through others back to it. */
  loop(...way: [string, NirNode][]): void {
    const last = this.#last as string;
    let before = last;
    for (const [name, node] of way) {
      this.#nodes.set(name, node);
      this.#edges.push([before, name]);
      before = name;
    }
    this.#edges.push([before, last]);
  }

  finish(): { nodes: Map<string, NirNode>; edges: [string, string][] } {
    this.add("output", { node: node("Output", { shape: whole(...this.shape) }), shape: this.shape });
    return { nodes: this.#nodes, edges: this.#edges };
  }
}
