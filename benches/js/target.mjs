// What one target does with 784-800-10, in Node and in a page alike.
import { datasets, encode } from "spikelet";
import { syntheticEvents } from "../../dist/cli/bench/events.js";
import { measure } from "../../dist/cli/bench/measure.js";
import { network } from "../../dist/cli/bench/network.js";
import { BenchSession, bytesOf } from "../../dist/cli/bench/session.js";
import { median } from "../../dist/spread.js";

const SIDE = 28;
/** Calls of a kind whose median is taken. */
const CALLS = 300;

/** The samples per file that `digits-file.mjs` made, latency-coded. */
export function digitsOf(bytes) {
  const samples = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const labels = bytes.slice(4, 4 + samples);
  const pixels = bytes.slice(4 + samples);
  return datasets
    .fromImages({ name: "digits", pixels, labels, shape: [SIDE, SIDE] })
    .encode(encode.latency({ first: 0, last: 24 }));
}

/** A network on one thread of a backend, ready to be measured. */
export class Target {
  #session;
  #backend;

  static async open(backend, samples, batch) {
    const target = new Target();
    const config = network(784, [800]);
    const training = { ...config.training, batchSize: batch, threads: 1 };
    target.#backend = backend;
    target.#session = await BenchSession.open({ ...config, training }, samples, { backend, learnt: 64 });
    return target;
  }

  get simd() {
    return this.#session.info.simd;
  }

  /** Samples per second of each repetition; `phase` is `train` or `infer`. */
  async rates(phase, seconds) {
    const [measured] = await measure([() => this.#session[phase]()], seconds, new AbortController().signal);
    return measured.rates;
  }

  /** Spikes per unit and sample of each layer: a silent network would be fast. */
  spikesPerUnit() {
    return this.#session.spikesPerUnit();
  }

  /** Seconds that crossing the boundary takes. */
  async crossings() {
    const batch = syntheticEvents({ samples: 128, inputs: 784, steps: 25, events: 150, classes: 10 });
    const bytes = bytesOf(batch.wire().arrays);
    return {
      "advance(1) of the smallest network, there and back": await this.#smallest(),
      [`copying a batch of 128 in, ${bytes} bytes`]: await this.#copying(batch),
    };
  }

  async #smallest() {
    const config = { ...network(1, [1], 1), training: { batchSize: 1, epochs: 1_000_000, threads: 1 } };
    const session = await this.#backend.createSession(JSON.stringify(config));
    const { descriptor, arrays } = syntheticEvents({ samples: 1, inputs: 1, steps: 1, events: 1, classes: 1 }).wire();
    await session.begin(JSON.stringify({ train: await session.addDataset(descriptor, arrays) }));
    const seconds = await medianSeconds(async () => JSON.parse(await session.advance(1)));
    session.dispose();
    return seconds;
  }

  async #copying(batch) {
    const session = await this.#backend.createSession(JSON.stringify(network(784, [800])));
    // The arrays are handed over, so that each call needs its own; making them is not part of it.
    const seconds = await medianSeconds(
      async ({ descriptor, arrays }) => session.removeDataset(await session.addDataset(descriptor, arrays)),
      () => batch.wire(),
    );
    session.dispose();
    return seconds;
  }

  close() {
    this.#session[Symbol.dispose]?.();
  }
}

/** A clock of a page is coarse (0.1 ms), so that several calls share a reading. */
async function medianSeconds(work, prepare = () => undefined, together = 20) {
  const found = [];
  for (let k = 0; k < CALLS / together; k++) {
    const arguments_ = Array.from({ length: together }, prepare);
    const start = performance.now();
    for (const argument of arguments_) await work(argument);
    found.push((performance.now() - start) / 1000 / together);
  }
  return median(found);
}
