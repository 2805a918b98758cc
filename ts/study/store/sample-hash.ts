import type { SpikeDataset } from "../../datasets/dataset.js";
import { canonical } from "../../json.js";
import { sha256 } from "./sha256.js";

/** SHA-256 of samples with their targets, and of what splits them; how they are encoded is no part of it. */
export async function hashOf(data: SpikeDataset): Promise<string> {
  const { shape, testSamples = null, validationSamples = null } = data.info;
  // `rows` numbers the samples for random encodings; it is no part of them.
  const { rows: _, ...arrays } = data.wire().arrays;
  const parts = [new TextEncoder().encode(canonical({ shape: [...shape], testSamples, validationSamples }))];
  for (const [name, array] of Object.entries(arrays).sort(([a], [b]) => (a < b ? -1 : 1))) {
    parts.push(new TextEncoder().encode(`${name} ${array.constructor.name} ${await sha256(array)}`));
  }
  return sha256(joined(parts));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0));
  let start = 0;
  for (const part of parts) {
    bytes.set(part, start);
    start += part.length + 1;
  }
  return bytes;
}
