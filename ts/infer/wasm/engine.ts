import encoded from "#infer";
import type { Engine } from "../engine.js";
import { clear, type Events } from "../memory.js";

/** What the module exports; addresses are bytes from the start of its memory. */
interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  network(section: number, bytes: number): number;
  engine(network: number): number;
  units(engine: number, events: number): number;
  values(engine: number, events: number): number;
  step(engine: number, hasValues: number): number;
  fired(engine: number): number;
  membranes(engine: number): number;
  restart(engine: number): void;
}

let compiled: WebAssembly.Module | undefined;

/**
 * Engines of a model in WebAssembly, by the section of its network and the number of its outputs. Memory is not given back while the
 * model lives: an engine that nobody has any more is the next one that is asked for.
 *
 * @throws where the host has no WebAssembly, forbids it, or has no memory for the model.
 */
export function wasmEngines(section: Uint8Array, outputs: number): () => Engine {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const at = wasm.allocate(section.length);
  new Uint8Array(wasm.memory.buffer).set(section, at);
  const model = wasm.network(at, section.length);
  const unused: number[] = [];
  const forgotten = new FinalizationRegistry<number>((engine) => unused.push(engine));
  return () => {
    const number = unused.pop() ?? wasm.engine(model);
    const engine = new WasmEngine(wasm, number, outputs);
    engine.restart();
    forgotten.register(engine, number);
    return engine;
  };
}

const NONE: readonly number[] = [];

class WasmEngine implements Engine {
  readonly input: Events = { units: [], values: [] };
  readonly #wasm: Exports;
  readonly #engine: number;
  readonly #outputs: number;
  #words = new Uint32Array();
  #floats = new Float32Array();
  #membranes = new Float32Array();

  constructor(wasm: Exports, engine: number, outputs: number) {
    this.#wasm = wasm;
    this.#engine = engine;
    this.#outputs = outputs;
    this.#look();
  }

  get membranes(): Float32Array {
    this.#look();
    return this.#membranes;
  }

  restart(): void {
    clear(this.input);
    this.#wasm.restart(this.#engine);
  }

  step(): readonly number[] {
    const { units, values } = this.input;
    const hasValues = values.length > 0;
    if (units.length > 0) {
      // Each call may let the memory grow, which leaves views of it empty.
      const at = this.#wasm.units(this.#engine, units.length) / 4;
      const to = this.#wasm.values(this.#engine, units.length) / 4;
      this.#look();
      for (let k = 0; k < units.length; k++) this.#words[at + k] = units[k] as number;
      if (hasValues) for (let k = 0; k < units.length; k++) this.#floats[to + k] = values[k] as number;
      clear(this.input);
    }
    const count = this.#wasm.step(this.#engine, hasValues ? 1 : 0);
    if (count === 0) return NONE;
    this.#look();
    const at = this.#wasm.fired(this.#engine) / 4;
    return Array.from(this.#words.subarray(at, at + count));
  }

  /** Looks at the memory where it is now. */
  #look(): void {
    const { buffer } = this.#wasm.memory;
    if (this.#words.buffer === buffer) return;
    this.#words = new Uint32Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#membranes = new Float32Array(buffer, this.#wasm.membranes(this.#engine), this.#outputs);
  }
}
