import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createNetwork, exportNir, importNir, SpikeletError } from "spikelet";
import { expect, it, vi } from "vitest";
import { damagedFile, damagedFiles, parseShd } from "../damage/parsers.js";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

const DAMAGED = await damagedFiles();

const other = (name: string) => expect.objectContaining({ code: "DATA_FORMAT", message: expect.stringContaining(name) });

it.each([
  ["external_storage", '"/etc/passwd", which is not read'],
  ["external_link", 'shd_test.h5", which is not read'],
  ["linked_through", 'shd_test.h5", which is not read'],
  ["virtual", "labels: is assembled from other data sets"],
])("an SHD file that leads to another one is refused: %s", async (file, message) => {
  await expect(parseShd(await damagedFile(`shd/${file}`))).rejects.toThrow(other(message));
});

it("a NIR file that leads to another one is refused", async () => {
  const bytes = await damagedFile("nir/external_storage");
  await expect(importNir(bytes)).rejects.toThrow(other('"/dev/random", which is not read'));
});

it.each([
  ["shd/times_of_integers", "spikes/times: must hold lists of half floats", parseShd],
  ["shd/units_of_floats", "spikes/units: must hold lists of 2-byte whole numbers", parseShd],
  ["nir/half_floats", "input.shape: has floats of 16 bits", importNir],
])("a file with numbers of another type is refused: %s", async (file, message, read) => {
  await expect(read(await damagedFile(file))).rejects.toThrow(other(message));
});

it("messages are sentences, not what the library prints", async () => {
  for (const [name, bytes] of DAMAGED) {
    if (!/^(nir|shd)\//.test(name)) continue;
    const read = name.startsWith("nir/") ? importNir : parseShd;
    const thrown: unknown = await read(bytes).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(SpikeletError);
    expect(String(thrown)).not.toMatch(/HDF5-DIAG|#000|\n/);
  }
  const lif = await readFile(join(FIXTURES, "exchange/lif.nir"));
  await expect(importNir(lif.subarray(0, lif.length / 2))).rejects.toThrow(
    /^is a damaged HDF5 file \([^\n]+\)$|is not an HDF5 file/,
  );
});

it("each node of a NIR file is looked up once", async () => {
  const layers = Array.from({ length: 20 }, () => ({ type: "dense" as const, units: 2 }));
  using network = await createNetwork({ network: { input: 2, steps: 5, layers } });
  const { bytes } = await exportNir(network);
  const h5wasm = await import("h5wasm");
  const listed = vi.spyOn(await h5wasm.ready, "get_names");
  await importNir(bytes, { h5wasm });
  // The list of nodes, and the fields of each: input, output, and two of every layer.
  expect(listed).toHaveBeenCalledTimes(1 + 2 + 2 * layers.length);
  listed.mockRestore();
});

it("a library that has no memory to start is not called missing", async () => {
  const ready = Promise.reject(new RangeError("WebAssembly.Memory(): could not allocate memory"));
  ready.catch(() => undefined);
  const h5wasm = { ready } as unknown as typeof import("h5wasm");
  const refused = await importNir(new Uint8Array(8), { h5wasm }).catch((thrown: Error) => thrown.message);
  expect(refused).toContain("does not start: WebAssembly.Memory(): could not allocate memory");
  expect(refused).not.toContain("npm i");
});
