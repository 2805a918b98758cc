import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync, zipSync } from "fflate";
import { datasets, importNir, parseNpy, parseNpz, parseTensors } from "spikelet";
import { wav } from "../support/wav.js";

export const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** Files that once did harm, by `parser/name`. */
export async function damagedFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map(Object.entries(unzipSync(await readFile(join(FIXTURES, "damaged.zip")))));
}

/** One of {@link damagedFiles}; a name that is not there fails the test. */
export async function damagedFile(name: string): Promise<Uint8Array> {
  const bytes = (await damagedFiles()).get(name);
  if (bytes === undefined) throw new Error(`damaged.zip has no ${name}`);
  return bytes;
}

/** What reads files of others, and whole files to damage. */
export interface Parser {
  name: string;
  files: () => Promise<Uint8Array[]>;
  parse: (bytes: Uint8Array) => Promise<unknown>;
}

const read = async (...names: string[]) => {
  return Promise.all(names.map(async (name) => new Uint8Array(await readFile(join(FIXTURES, name)))));
};

/** An NPY file of 2 × 4 single floats. */
function npy(): Uint8Array {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }".padEnd(117).concat("\n");
  const numbers = new Uint8Array(Float32Array.from({ length: 8 }, (_, k) => k).buffer);
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00", "latin1"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    numbers,
  ]);
}

/** The data set reads files, so that the bytes stand in for one of the two. */
export async function parseShd(bytes: Uint8Array): Promise<unknown> {
  const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
  try {
    await writeFile(join(dir, "shd_train.h5"), bytes);
    await writeFile(join(dir, "shd_test.h5"), await readFile(join(FIXTURES, "shd_test.h5")));
    return await datasets.shd({ dir });
  } finally {
    await rm(dir, { recursive: true });
  }
}

const TONE = Array.from({ length: 12 }, (_, t) => Math.sin(t));

const TORCH = ["authors.pt", "authors_legacy.pt", "mixed.pt", "mixed_protocol_4.pt", "sequential.pt"];

export const PARSERS: readonly Parser[] = [
  {
    name: "nir",
    files: () => read("exchange/lif.nir", "exchange/cuba_lif.nir", "exchange/convolution.nir"),
    parse: (bytes) => importNir(bytes),
  },
  { name: "torch", files: () => read(...TORCH.map((name) => `exchange/${name}`)), parse: (bytes) => parseTensors(bytes) },
  { name: "safetensors", files: () => read("exchange/mixed.safetensors"), parse: (bytes) => parseTensors(bytes) },
  { name: "npy", files: async () => [npy()], parse: (bytes) => parseNpy(bytes) },
  {
    name: "npz",
    files: async () => [zipSync({ "a.npy": npy(), "b.npy": npy() }, { level: 0 }), zipSync({ "a.npy": npy(), "b.npy": npy() })],
    parse: (bytes) => parseNpz(bytes),
  },
  {
    name: "wav",
    files: async () =>
      [
        { format: 1, bits: 16 },
        { format: 3, bits: 32 },
      ].map((kind) => wav({ channels: [TONE, TONE], sampleRate: 8000, ...kind })),
    parse: async (bytes) => datasets.fromWav({ files: [bytes] }),
  },
  { name: "shd", files: () => read("shd_train.h5"), parse: parseShd },
];
