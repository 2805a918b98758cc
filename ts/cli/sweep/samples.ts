import type { Split } from "../../datasets/dataset.js";
import { canonical, type Json } from "../../json.js";
import { sha256 } from "../../sweep/identity.js";
import { type DataSource, type LoadOptions, loadData, loadSplit } from "../data.js";

/** Loads the data of a sweep, the same ones once. */
export class Samples {
  readonly #options: LoadOptions;
  readonly #hashes = new Map<string, Promise<string>>();
  #last: { key: string; split: Promise<Split> } | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** The three parts; the last that were asked for are kept. */
  split(source: DataSource, steps: number): Promise<Split> {
    const key = keyOf(source, steps, source.encoding);
    if (this.#last?.key !== key) this.#last = { key, split: loadSplit(source, { ...this.#options, steps }) };
    return this.#last.split;
  }

  /** SHA-256 of the samples before they are encoded, with their targets. */
  hash(source: DataSource, steps: number): Promise<string> {
    const key = keyOf(source, steps, null);
    const known = this.#hashes.get(key) ?? this.#hashed(source, steps);
    this.#hashes.set(key, known);
    return known;
  }

  async #hashed(source: DataSource, steps: number): Promise<string> {
    const data = await loadData(source, { ...this.#options, steps });
    const { shape, testSamples = null, validationSamples = null } = data.info;
    // `rows` numbers the samples for random encodings; it is no part of them.
    const { rows: _, ...arrays } = data.wire().arrays;
    const parts = [new TextEncoder().encode(canonical({ shape: [...shape], testSamples, validationSamples }))];
    for (const [name, array] of Object.entries(arrays).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const bytes = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
      parts.push(new TextEncoder().encode(`${name} ${array.constructor.name} ${await sha256(bytes)}`));
    }
    return sha256(joined(parts));
  }
}

/** Drawn and recorded spikes depend on the steps of the network, values do not. */
function keyOf({ dataset, dir, options, encoding }: DataSource, steps: number, encoded: Json | DataSource["encoding"]): string {
  return canonical({ dataset, dir, options, steps: encoding === null ? steps : null, encoded: encoded as Json });
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
