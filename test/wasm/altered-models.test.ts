// The same altered files are refused by every reader: in JavaScript, in WebAssembly, and where C is written.

import { createNetwork } from "spikelet";
import { exportC } from "spikelet/export";
import { InferError, load } from "spikelet/infer";
import { load as loadIntegers } from "spikelet/infer/integer";
import { describe, expect, it } from "vitest";
import encoded from "#infer";
import { INTEGER_NETWORK, NETWORK, readModel } from "../../ts/infer/model-file.js";
import { inflate } from "../../ts/infer/wasm/inflate.js";
import { configOf, randomNumbers, strengthen } from "../support/infer-comparison.js";
import { quantized } from "../support/infer-integers.js";
import { type Case, CHAINS, GRAPHS } from "../support/infer-networks.js";
import { resealedAll } from "../support/resealed.js";

const FILES = 10_000;
/** Steps that what is read runs, each with a spike of the first input. */
const STEPS = 3;

/** Numbers that are put in the place of others. */
const NUMBERS = [0, 1, 2, 3, 4, 5, 7, 8, 16, 64, 127, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff];

/** The part of `crates/infer` that reads; it goes on after a refusal, which is a trap. */
class RustReader {
  readonly #exports = new WebAssembly.Instance(
    new WebAssembly.Module(inflate(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)))),
  ).exports as unknown as {
    memory: WebAssembly.Memory;
    allocate(bytes: number): number;
    network(section: number, bytes: number, isWhole: number): number;
  };

  reads(section: Uint8Array, isWhole: boolean): boolean {
    const at = this.#exports.allocate(section.length);
    new Uint8Array(this.#exports.memory.buffer).set(section, at);
    try {
      this.#exports.network(at, section.length, Number(isWhole));
      return true;
    } catch (thrown) {
      if (thrown instanceof WebAssembly.RuntimeError) return false;
      throw thrown;
    }
  }
}

/** Whether a call goes through; the only error that it may throw is that the model is invalid. */
function goesThrough(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (thrown) {
    if (thrown instanceof InferError && thrown.code === "MODEL_INVALID") return false;
    throw thrown;
  }
}

function sectionOf(file: Uint8Array, isWhole: boolean): Uint8Array {
  return readModel(file, isWhole ? INTEGER_NETWORK : NETWORK, (network) => network.all);
}

async function filesOf(given: Case): Promise<{ floats: Uint8Array; whole: Uint8Array | undefined }> {
  using network = await createNetwork(configOf(given));
  await strengthen(network, given);
  const floats = await network.exportModel();
  if (JSON.stringify(given).includes("adlif") || JSON.stringify(given).includes("subtractAfterDecay"))
    return { floats, whole: undefined };
  using integers = await quantized(network, given);
  return { floats, whole: await integers.exportModel() };
}

describe("altered model files", () => {
  it(`are refused by all readers or by none: ${FILES} of them`, async () => {
    const all = await Promise.all(Object.values({ ...CHAINS, ...GRAPHS }).map(filesOf));
    const known = all.flatMap(({ floats, whole }) => [
      { file: floats, isWhole: false },
      ...(whole === undefined ? [] : [{ file: whole, isWhole: true }]),
    ]);
    const random = randomNumbers(11);
    const below = (count: number) => Math.floor(count * random());
    let rust = new RustReader();
    const found = { read: 0, refused: 0 };
    for (let k = 0; k < FILES; k++) {
      const { file, isWhole } = known[k % known.length] as (typeof known)[number];
      const words = sectionOf(file, isWhole).length / 4;
      const view = new DataView(file.buffer, file.byteOffset);
      const changes = Array.from({ length: 1 + below(2) }, (): [word: number, value: number] => {
        // What stands first says how all is read.
        const word = below(random() < 0.7 ? Math.min(words, 80) : words);
        const own = view.getUint32(24 + 4 * word, true);
        const value = random() < 0.3 ? own + (random() < 0.5 ? 1 : -1) : (NUMBERS[below(NUMBERS.length)] ?? 0);
        return [word, value >>> 0];
      });
      const altered = resealedAll(file, changes);
      const inJavaScript = goesThrough(() => {
        const stream = isWhole ? loadIntegers(altered).stream() : load(altered).stream();
        for (let step = 0; step < STEPS; step++) stream.step(new DataView(altered.buffer).getUint32(24, true) > 0 ? [0] : []);
      });
      if (k % 500 === 0) rust = new RustReader();
      const readers = { inJavaScript, inRust: rust.reads(sectionOf(altered, isWhole), isWhole), asC: inJavaScript };
      if (!isWhole) readers.asC = goesThrough(() => exportC(altered));
      expect(readers, `file ${k}, words ${JSON.stringify(changes)}`).toEqual({
        inJavaScript,
        inRust: inJavaScript,
        asC: inJavaScript,
      });
      found[inJavaScript ? "read" : "refused"] += 1;
    }
    expect(Math.min(found.read, found.refused)).toBeGreaterThan(FILES / 10);
  }, 600_000);
});
