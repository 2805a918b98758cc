import code from "#wasm-kernels";
import { SpikeletError } from "../errors.js";
import { inflate } from "../io/inflate.js";
import type { CaseDescription, KernelCase, KernelHost } from "./kernels.js";
import { checkSimd } from "./simd-probe.js";

/** Exports of the module: numbers are addresses in its memory, but for counts. */
interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  catalogue(): number;
  level(): number;
  open(name: number, length: number, values: number, count: number): number;
  close(of: number): void;
  description(of: number): number;
  run(of: number, isPlain: number, times: number): void;
  differences(of: number): number;
  array(of: number, which: number, index: number): number;
}

const INPUTS = 0;
const OUTPUTS = 1;
const EXPECTED = 2;

/**
 * Kernels in WebAssembly, on one thread.
 *
 * @throws {SpikeletError} `SIMD_UNSUPPORTED`
 */
export async function wasmKernels(): Promise<KernelHost> {
  checkSimd();
  const { instance } = await WebAssembly.instantiate(await bytesOf(code), {});
  const module = instance.exports as unknown as Exports;
  return {
    kind: "wasm",
    levels: [textAt(module, module.level())],
    catalogue: JSON.parse(textAt(module, module.catalogue())),
    open: (name, values) => new WasmCase(module, name, values),
  };
}

class WasmCase implements KernelCase {
  readonly #module: Exports;
  readonly #case: number;

  constructor(module: Exports, name: string, values: readonly number[]) {
    const text = new TextEncoder().encode(name);
    const nameAt = module.allocate(text.length);
    const valuesAt = module.allocate(8 * values.length);
    new Uint8Array(module.memory.buffer, nameAt, text.length).set(text);
    new Float64Array(module.memory.buffer, valuesAt, values.length).set(values);
    this.#module = module;
    this.#case = module.open(nameAt, text.length, valuesAt, values.length);
    if (this.#case === 0) {
      throw new SpikeletError("CONFIG_INVALID", "kernel", `must name one that there is, got ${name} with ${values.join(", ")}`);
    }
  }

  describe(): CaseDescription {
    return JSON.parse(textAt(this.#module, this.#module.description(this.#case)));
  }

  run(way: string, times: number): void {
    this.#module.run(this.#case, way === "plain" ? 1 : 0, times);
  }

  differences(): number {
    return this.#module.differences(this.#case);
  }

  inputs(): Uint8Array[] {
    return this.#arrays(INPUTS, this.describe().inputs.length);
  }

  outputs(): Uint8Array[] {
    return this.#arrays(OUTPUTS, this.describe().outputs.length);
  }

  expected(): Uint8Array[] {
    return this.#arrays(EXPECTED, this.describe().outputs.length);
  }

  #arrays(which: number, count: number): Uint8Array[] {
    const module = this.#module;
    return Array.from({ length: count }, (_, index) => bytesAt(module, module.array(this.#case, which, index)));
  }

  dispose(): void {
    this.#module.close(this.#case);
  }
}

async function bytesOf(module: string): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(module), (character) => character.charCodeAt(0));
  const pieces: BlobPart[] = [];
  await inflate(packed, "deflate-raw", (piece) => pieces.push(piece as Uint8Array<ArrayBuffer>));
  return new Blob(pieces).arrayBuffer();
}

/** A copy of what a view shows: two words, address and number of bytes. */
function bytesAt({ memory }: Exports, view: number): Uint8Array {
  const [address = 0, length = 0] = new Uint32Array(memory.buffer, view, 2);
  return new Uint8Array(memory.buffer, address, length).slice();
}

function textAt(module: Exports, view: number): string {
  return new TextDecoder().decode(bytesAt(module, view));
}
