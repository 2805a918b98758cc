import type { Dataset, Group } from "h5wasm";
import { SpikeletError } from "../../errors.js";
import { ByteBudget, type ReadLimit } from "../../io/byte-budget.js";
import { checkedLength, type FileSystem, readAlone, unusable } from "../../io/hdf5.js";
import { checkHeaps } from "../../io/hdf5-heaps.js";
import type { NirArray, NirGraph, NirNode } from "./graph.js";

type Library = typeof import("h5wasm");

/** The npm package `h5wasm`. */
export interface H5wasm {
  readonly ready: Promise<unknown>;
  readonly File: unknown;
}

/** Version of the `nir` package whose layout this is. */
const VERSION = "1.0";
/** Bytes of texts that are read at a time. */
const TEXTS_AT_A_TIME = 2 ** 20;

/** The bytes of a NIR file: HDF5 with a group for each node, whose data sets are its type and its fields. */
export async function writeGraph({ nodes, edges }: NirGraph, h5wasm: H5wasm | undefined): Promise<Uint8Array> {
  return withFile(await loadH5wasm(h5wasm), { mode: "w", maxBytes: Number.POSITIVE_INFINITY }, (file) => {
    file.create_dataset({ name: "version", data: VERSION });
    const root = file.create_group("node");
    root.create_dataset({ name: "type", data: "NIRGraph" });
    root.create_dataset({ name: "edges", data: edges.flat(), shape: [edges.length, 2] });
    const group = root.create_group("nodes");
    for (const [name, node] of nodes) writeNode(group.create_group(name), node);
  });
}

function writeNode(group: Group, { type, fields }: NirNode): void {
  group.create_dataset({ name: "type", data: type });
  for (const [name, field] of fields) {
    if (typeof field === "string") group.create_dataset({ name, data: field });
    else group.create_dataset({ name, data: field.values, shape: [...field.shape] });
  }
}

/**
 * Reads a NIR file.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the place in the file.
 */
export async function readGraph(bytes: Uint8Array, h5wasm: H5wasm | undefined, limit: ReadLimit = {}): Promise<NirGraph> {
  const longestText = checkHeaps(bytes);
  const budget = new ByteBudget(bytes.length, limit);
  let graph: NirGraph | undefined;
  await withFile(await loadH5wasm(h5wasm), { mode: "r", bytes, maxBytes: budget.maxBytes }, (file) => {
    graph = new GraphReader(budget, longestText).read(file);
  });
  return graph as unknown as NirGraph;
}

/** Reads a graph within the bytes that its file may take. */
class GraphReader {
  readonly #budget: ByteBudget;
  /** Bytes of the longest text in the file. */
  readonly #longestText: number;

  constructor(budget: ByteBudget, longestText: number) {
    this.#budget = budget;
    this.#longestText = longestText;
  }

  read(file: Group): NirGraph {
    const root = member(file, "node", isGroup);
    const type = this.#text(root, "type");
    if (type !== "NIRGraph") throw new SpikeletError("DATA_FORMAT", "node.type", `must be NIRGraph, got ${type}`);
    return this.#graph(root, "");
  }

  /** The graph of a group, whose nodes' names begin with `outer` where errors tell of them. */
  #graph(group: Group, outer: string): NirGraph {
    const edges = this.#pairs(member(group, "edges", isDataset), `${outer}edges`);
    const nodes = member(group, "nodes", isGroup);
    return { nodes: new Map(nodes.keys().map((name) => [name, this.#node(member(nodes, name, isGroup), name, outer)])), edges };
  }

  #node(group: Group, name: string, outer: string): NirNode {
    const type = this.#text(group, "type");
    const fields = new Map<string, NirArray | string>();
    const path = `${outer}${name}`;
    if (type === "NIRGraph") {
      if (outer === "") return { type, fields, graph: this.#graph(group, `${path}.`) };
      throw new SpikeletError("DATA_FORMAT", path, "is a graph nested more than two deep, which is not supported");
    }
    for (const field of group.keys()) {
      const found = group.get(field);
      refuseLink(found, `${path}.${field}`);
      if (field === "type" || !isDataset(found)) continue;
      const value = this.#field(found, `${path}.${field}`);
      if (value !== undefined) fields.set(field, value);
    }
    return { type, fields };
  }

  /** Numbers or a text; anything else is left unread. */
  #field(dataset: Dataset, path: string): NirArray | string | undefined {
    const { type, shape, size } = dataset.metadata;
    if (type === STRING) return shape?.length === 0 ? this.#word(dataset, path) : undefined;
    if (type !== INTEGER && type !== FLOAT && type !== ENUM) return undefined;
    if (type === FLOAT && size !== 4 && size !== 8) {
      throw new SpikeletError("DATA_FORMAT", path, `has floats of ${8 * size} bits: only those of 32 and 64 are read`);
    }
    checkedLength(dataset.metadata, path, this.#budget);
    const { value } = dataset;
    if (typeof value === "number" || typeof value === "bigint") return { shape: [], values: Float64Array.of(Number(value)) };
    if (value instanceof Float32Array || value instanceof Float64Array) return { shape: shape ?? [], values: value };
    if (!ArrayBuffer.isView(value)) return undefined;
    return { shape: shape ?? [], values: Float64Array.from(value as unknown as ArrayLike<number>, Number) };
  }

  #text(group: Group, name: string): string {
    return this.#word(member(group, name, isDataset), `${group.path}/${name}`);
  }

  #word(dataset: Dataset, path: string): string {
    const { metadata } = dataset;
    const length = checkedLength(metadata, path, this.#budget);
    if (metadata.type === STRING && metadata.vlen) this.#budget.take(length * this.#longestText, path);
    const { value } = metadata.type === STRING && length === 1 ? dataset : { value: undefined };
    const word = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (typeof word === "string") return word;
    throw new SpikeletError("DATA_FORMAT", path, "must be a text");
  }

  /** Pairs of texts, a few at a time, since all of them may be the same long one. */
  #pairs(dataset: Dataset, path: string): [string, string][] {
    const { metadata } = dataset;
    const [rows = 0, columns, ...more] = metadata.shape ?? [];
    const wrong = () => new SpikeletError("DATA_FORMAT", path, "must be pairs of names");
    // No edges at all are written as an array of one dimension.
    if (rows === 0) return [];
    if (metadata.type !== STRING || columns !== 2 || more.length > 0) throw wrong();
    checkedLength(metadata, path, this.#budget);
    const atATime = Math.max(1, Math.floor(TEXTS_AT_A_TIME / Math.max(1, metadata.vlen ? this.#longestText : metadata.size)));
    const pairs: [string, string][] = [];
    for (let start = 0; start < rows; start += atATime) {
      const words = dataset.slice([[start, Math.min(start + atATime, rows)], []]);
      if (!Array.isArray(words)) throw wrong();
      for (let k = 0; k < words.length; k += 2) {
        const [from, to] = [words[k], words[k + 1]];
        if (typeof from !== "string" || typeof to !== "string") throw wrong();
        this.#budget.take(from.length + to.length, path);
        pairs.push([from, to]);
      }
    }
    return pairs;
  }
}

/** Classes of the elements of a data set, as HDF5 numbers them. */
const [INTEGER, FLOAT, STRING, ENUM] = [0, 1, 3, 8];

const isGroup = (entity: unknown): entity is Group => typeof entity === "object" && entity !== null && "create_group" in entity;
const isDataset = (entity: unknown): entity is Dataset =>
  typeof entity === "object" && entity !== null && "metadata" in entity && "shape" in entity;

function member<T>(group: Group, name: string, is: (entity: unknown) => entity is T): T {
  const path = `${group.path}/${name}`.replace("//", "/");
  const found = group.get(name);
  refuseLink(found, path);
  if (is(found)) return found;
  throw new SpikeletError("DATA_FORMAT", path, "is missing: this is not a NIR file");
}

function refuseLink(entity: unknown, path: string): void {
  if (typeof entity === "object" && entity !== null && "filename" in entity && "obj_path" in entity) {
    throw new SpikeletError("DATA_FORMAT", path, `leads to another file, ${JSON.stringify(entity.filename)}, which is not read`);
  }
}

let files = 0;

/** A file in h5wasm's own memory. */
interface MemoryFile {
  mode: "r" | "w";
  /** What it holds, where it is read. */
  bytes?: Uint8Array;
  /** By how much the memory of the library may grow. */
  maxBytes: number;
}

/** Works on a file and returns its bytes. */
async function withFile(
  h5wasm: Library,
  { mode, bytes, maxBytes }: MemoryFile,
  work: (file: InstanceType<Library["File"]>) => void,
): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const name = `/spikelet-${++files}.h5`;
  if (bytes !== undefined) FS.writeFile(name, bytes);
  try {
    readAlone(FS as FileSystem, name, maxBytes, () => {
      const file = openFile(h5wasm, name, mode);
      try {
        work(file);
        file.flush();
      } finally {
        file.close();
      }
    });
    return bytes ?? FS.readFile(name);
  } finally {
    FS.unlink(name);
  }
}

function openFile(h5wasm: Library, name: string, mode: "r" | "w"): InstanceType<Library["File"]> {
  try {
    return new h5wasm.File(name, mode);
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", "", "is not an HDF5 file", cause);
  }
}

async function loadH5wasm(given: H5wasm | undefined): Promise<Library> {
  // Not for bundlers to follow: the package is optional, and a page gives it.
  const name = "h5wasm";
  try {
    const h5wasm = (given ?? (await import(/* @vite-ignore */ /* webpackIgnore: true */ name))) as Library;
    const module = await h5wasm.ready;
    // Errors of the library are thrown, not printed.
    module.activate_throwing_error_handler();
    return h5wasm;
  } catch (cause) {
    throw unusable(
      cause,
      "NIR files are HDF5, read and written by an npm package that is not installed: npm i h5wasm, and in a page pass it",
    );
  }
}
