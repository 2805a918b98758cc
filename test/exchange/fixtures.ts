import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A file of test/fixtures/exchange; the scripts of test/exchange make them. */
export async function fixture(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(fileURLToPath(new URL(`../fixtures/exchange/${name}`, import.meta.url))));
}

/** What the scripts fill an array with: entry k is (k + 1) / 16. */
export function filled(length: number): Float32Array {
  return Float32Array.from({ length }, (_, k) => (k + 1) / 16);
}
