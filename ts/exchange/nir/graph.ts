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

  /** The whole numbers of a field that has one, or one for each of `count`. */
  wholes(field: string, count: number): number[] {
    const number = this.numbers(field, count);
    const found = Array.from({ length: count }, (_, index) => number(index));
    if (found.every((value) => Number.isInteger(value) && value >= 0)) return found;
    throw this.fault(field, `must be whole numbers, got [${found.join(", ")}]`);
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
