import type { Dataset, Group } from "h5wasm";
import { SpikeletError } from "../../errors.js";
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
/** Deflate can't shrink by more than this; what claims to is not unpacked. */
const MOST_SHRINKING = 1032;

/** The bytes of a NIR file: HDF5 with a group for each node, whose data sets are its type and its fields. */
export async function writeGraph({ nodes, edges }: NirGraph, h5wasm: H5wasm | undefined): Promise<Uint8Array> {
  return withFile(await loadH5wasm(h5wasm), "w", undefined, (file) => {
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
export async function readGraph(bytes: Uint8Array, h5wasm: H5wasm | undefined): Promise<NirGraph> {
  checkHeaps(bytes);
  let graph: NirGraph | undefined;
  await withFile(await loadH5wasm(h5wasm), "r", bytes, (file) => {
    const budget = { bytes: bytes.length * MOST_SHRINKING };
    const root = member(file, "node", isGroup);
    const type = text(root, "type");
    if (type !== "NIRGraph") throw new SpikeletError("DATA_FORMAT", "node.type", `must be NIRGraph, got ${type}`);
    const words = strings(member(root, "edges", isDataset), "edges", budget);
    const edges = Array.from({ length: words.length / 2 }, (_, k): [string, string] => [
      words[2 * k] ?? "",
      words[2 * k + 1] ?? "",
    ]);
    const group = member(root, "nodes", isGroup);
    const nodes = new Map(group.keys().map((name) => [name, readNode(member(group, name, isGroup), name, budget)]));
    graph = { nodes, edges };
  });
  return graph as unknown as NirGraph;
}

/** Bytes that may still be unpacked. */
interface Budget {
  bytes: number;
}

function readNode(group: Group, name: string, budget: Budget): NirNode {
  const type = text(group, "type");
  const fields = new Map<string, NirArray | string>();
  for (const field of group.keys()) {
    const found = group.get(field);
    if (field === "type" || !isDataset(found)) continue;
    const value = readField(found, `${name}.${field}`, budget);
    if (value !== undefined) fields.set(field, value);
  }
  return { type, fields };
}

function readField(dataset: Dataset, path: string, budget: Budget): NirArray | string | undefined {
  const { value, shape } = contentOf(dataset, path, budget);
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return { shape: [], values: Float64Array.of(Number(value)) };
  if (value instanceof Float32Array || value instanceof Float64Array) return { shape, values: value };
  if (ArrayBuffer.isView(value)) return { shape, values: Float64Array.from(value as unknown as ArrayLike<number>, Number) };
  return undefined;
}

function strings(dataset: Dataset, path: string, budget: Budget): string[] {
  const { value, shape } = contentOf(dataset, path, budget);
  const words = Array.isArray(value) ? value.flat() : [];
  if (shape.length === 2 && shape[1] === 2 && words.every((word) => typeof word === "string")) return words as string[];
  throw new SpikeletError("DATA_FORMAT", path, "must be pairs of names");
}

function text(group: Group, name: string): string {
  const { value } = contentOf(member(group, name, isDataset), name, { bytes: Number.POSITIVE_INFINITY });
  if (typeof value === "string") return value;
  throw new SpikeletError("DATA_FORMAT", `${group.path}/${name}`, "must be a text");
}

function contentOf(dataset: Dataset, path: string, budget: Budget): { value: unknown; shape: number[] } {
  const shape = dataset.shape ?? [];
  budget.bytes -= shape.reduce((size, length) => size * length, dataset.metadata.size);
  if (budget.bytes < 0)
    throw new SpikeletError("DATA_FORMAT", path, `claims to be [${shape.join(", ")}], more than the file can hold`);
  return { value: dataset.value, shape };
}

const isGroup = (entity: unknown): entity is Group => typeof entity === "object" && entity !== null && "create_group" in entity;
const isDataset = (entity: unknown): entity is Dataset =>
  typeof entity === "object" && entity !== null && "metadata" in entity && "shape" in entity;

function member<T>(group: Group, name: string, is: (entity: unknown) => entity is T): T {
  const found = group.keys().includes(name) ? group.get(name) : null;
  if (is(found)) return found;
  throw new SpikeletError("DATA_FORMAT", `${group.path}/${name}`.replace("//", "/"), "is missing: this is not a NIR file");
}

let files = 0;

/** Works on a file in h5wasm's own memory, with the bytes of one that is read, and returns the bytes. */
async function withFile(
  h5wasm: Library,
  mode: "r" | "w",
  bytes: Uint8Array | undefined,
  work: (file: InstanceType<Library["File"]>) => void,
): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const name = `/spikelet-${++files}.h5`;
  if (bytes !== undefined) FS.writeFile(name, bytes);
  try {
    const file = openFile(h5wasm, name, mode);
    try {
      work(file);
      file.flush();
    } catch (thrown) {
      if (thrown instanceof SpikeletError) throw thrown;
      throw new SpikeletError("DATA_FORMAT", "", thrown instanceof Error ? thrown.message : String(thrown), thrown);
    } finally {
      file.close();
    }
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
    const message =
      "NIR files are HDF5, read and written by an npm package that is not there: npm i h5wasm, and in a page give it";
    throw new SpikeletError("DATA_FORMAT", name, message, cause);
  }
}
