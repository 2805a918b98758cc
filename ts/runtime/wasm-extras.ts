import { SpikeletError } from "../errors.js";
import { checkVersion } from "./same-version.js";
import { compiled, type WasmSource } from "./wasm-compiled.js";

/** Exports of the second module: numbers are addresses in its memory, but for counts. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  allocate(words: number): number;
  call(args: number, words: number): number;
  release(): void;
}

type Argument = string | number | ArrayBufferView | undefined;

/** Calls a function of the module by its name. */
type Call = (name: string, args: readonly Argument[]) => unknown;

/** Gets the second module, where it is needed. */
export type ExtrasSource = () => WasmSource | Promise<WasmSource>;

/** Bytes of a word. */
const WORD = 8;
/** The length of an argument that is left out. */
const NONE = 0xffff_ffff;

/** The one instance of this JavaScript realm. */
let instance: Promise<Call> | undefined;

/** What pages rarely use, in a WebAssembly module of its own, which is loaded when it is first called. */
export class Extras {
  readonly #source: ExtrasSource;
  readonly #run: <T>(work: () => T) => T;

  /** @param run calls the module, and finds out whether it has stopped. */
  constructor(source: ExtrasSource, run: <T>(work: () => T) => T) {
    this.#source = source;
    this.#run = run;
  }

  /**
   * Calls a function.
   *
   * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when the module can't be had or is of another version.
   */
  async call<T>(name: string, ...args: readonly Argument[]): Promise<T> {
    instance ??= instantiate(this.#source);
    const loading = instance;
    let call: Call;
    try {
      call = await loading;
    } catch (error) {
      if (instance === loading) instance = undefined;
      throw error;
    }
    return this.#run(() => call(name, args)) as T;
  }
}

async function instantiate(get: ExtrasSource): Promise<Call> {
  let source: WasmSource | undefined;
  let call: Call;
  let found: unknown;
  try {
    source = await get();
    const { exports } = await WebAssembly.instantiate(await compiled(source), {});
    call = callOf(exports as unknown as Exports);
    found = call("version", []);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    const where = source instanceof URL ? ` from ${source}` : "";
    const how = "the package exports it as spikelet/spikelet-extras.wasm, see docs/guides/browser.md";
    const message = `the second WebAssembly can't be loaded${where} (${what}): ${how}`;
    throw new SpikeletError("BACKEND_UNAVAILABLE", "extrasWasmUrl", message, cause);
  }
  checkVersion(found, "the second WebAssembly");
  return call;
}

function callOf(module: Exports): Call {
  return (name, args) => {
    const given = [name, ...args].map(bytesOf);
    const words = given.reduce((sum, bytes) => sum + 1 + Math.ceil((bytes?.length ?? 0) / WORD), 0);
    const start = module.allocate(words) >>> 0;
    let at = start;
    for (const bytes of given) {
      new DataView(module.memory.buffer).setUint32(at, bytes?.length ?? NONE, true);
      at += WORD;
      if (bytes === undefined) continue;
      new Uint8Array(module.memory.buffer).set(bytes, at);
      at += WORD * Math.ceil(bytes.length / WORD);
    }
    const answer = module.call(start, words) >>> 0;
    const [isError, value] = new Reader(module.memory.buffer, answer).answer();
    module.release();
    if (isError) throw Object.assign(new Error(), value);
    return value;
  };
}

function bytesOf(argument: Argument): Uint8Array | undefined {
  if (typeof argument === "string") return new TextEncoder().encode(argument);
  const view = typeof argument === "number" ? Float64Array.of(argument) : argument;
  return view && new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Arrays by their kinds, of which 3 is the first. */
const ARRAYS: readonly { new (bytes: ArrayBuffer): ArrayBufferView; readonly BYTES_PER_ELEMENT: number }[] = [
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
];

/** Reads the description of an answer, and copies what it points at. */
class Reader {
  readonly #buffer: ArrayBuffer;
  readonly #words: DataView;
  #at: number;

  constructor(buffer: ArrayBuffer, at: number) {
    this.#buffer = buffer;
    this.#words = new DataView(buffer);
    this.#at = at;
  }

  answer(): [isError: boolean, value: unknown] {
    return [this.#next() === 1, this.#value()];
  }

  #next(): number {
    this.#at += 4;
    return this.#words.getUint32(this.#at - 4, true);
  }

  #value(): unknown {
    const kind = this.#next();
    switch (kind) {
      case 0:
        return undefined;
      case 1:
        this.#at += 8;
        return this.#words.getFloat64(this.#at - 8, true);
      case 2:
        return new TextDecoder().decode(this.#bytes(1));
      case 9:
        return Array.from({ length: this.#next() }, () => this.#value());
      case 10:
        return Object.fromEntries(Array.from({ length: this.#next() }, () => [this.#value(), this.#value()]));
      default: {
        const type = ARRAYS[kind - 3];
        return type && new type(this.#bytes(type.BYTES_PER_ELEMENT));
      }
    }
  }

  /** A copy of so many entries as the description says, of so many bytes each. */
  #bytes(width: number): ArrayBuffer {
    const length = this.#next() * width;
    const start = this.#next();
    return this.#buffer.slice(start, start + length);
  }
}
