import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import { canonical, type Json } from "../../json.js";
import { type DataSource, type LoadOptions, loadData, splitOf } from "../data.js";
import { hashOf } from "../sample-hash.js";

/** Loads the data of a sweep, the same ones once. */
export class Samples {
  readonly #options: LoadOptions;
  readonly #hashes = new Map<string, Promise<string>>();
  #last: { key: string; data: Promise<SpikeDataset>; split?: Promise<Split> } | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** The three parts; the last that were asked for are kept. */
  split(source: DataSource, steps: number): Promise<Split> {
    const last = this.#load(source, steps);
    last.split ??= last.data.then((data) => splitOf(source, data));
    return last.split;
  }

  /** SHA-256 of the samples before they are encoded, with their targets. */
  hash(source: DataSource, steps: number): Promise<string> {
    const key = keyOf(source, steps, null);
    const known = this.#hashes.get(key) ?? this.#load(source, steps).data.then(hashOf);
    this.#hashes.set(key, known);
    return known;
  }

  #load(source: DataSource, steps: number): { data: Promise<SpikeDataset>; split?: Promise<Split> } {
    const key = keyOf(source, steps, source.encoding);
    if (this.#last?.key !== key) this.#last = { key, data: loadData(source, { ...this.#options, steps }) };
    return this.#last;
  }
}

/** Drawn and recorded spikes depend on the steps of the network, values do not. */
function keyOf({ dataset, dir, options, encoding }: DataSource, steps: number, encoded: Json | DataSource["encoding"]): string {
  return canonical({ dataset, dir, options, steps: encoding === null ? steps : null, encoded: encoded as Json });
}
