import encoded from "#infer";
import type { Engine } from "../engine.js";
import { InferError, invalid } from "../errors.js";
import { clear, type Events } from "../memory.js";
import { inflate } from "./inflate.js";

/** What runs a model; by default WebAssembly, and JavaScript where there is none. */
export type EngineChoice = "wasm" | "javascript";

/** What the module exports; addresses are bytes from the start of its memory. */
interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  network(section: number, bytes: number, isWhole: number): number;
  engine(network: number): number;
  units(engine: number, events: number): number;
  values(engine: number, events: number): number;
  step(engine: number, hasValues: number): number;
  fired(engine: number): number;
  membranes(engine: number): number;
  clamped(engine: number): number;
  restart(engine: number): void;
  events(engine: number, count: number): number;
  run(engine: number, hasValues: number, steps: number, awaited: number, isWhole: number): number;
  view(engine: number, what: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** Membranes in the memory of a module. */
type Membranes<T> = new (buffer: ArrayBuffer, at: number, length: number) => T;

/**
 * Engines of a model in WebAssembly, by the section of its network, its outputs, and the type of its membranes. Memory is not given back while the model
 * lives: an engine that nobody has any more is the next one that is asked for.
 *
 * @returns `undefined` where nobody chose it and the host has no WebAssembly, forbids it, or has no memory for the model.
 * @throws {InferError} `CONFIG_INVALID` where it was chosen and that can't be, `MODEL_INVALID` for a section whose contents do not fit each
 * other.
 */
export function wasmEngines<T>(
  section: Uint8Array,
  outputs: number,
  Membranes: Membranes<T>,
  choice: EngineChoice | undefined,
): (() => WasmEngine<T>) | undefined {
  const isWhole = (Membranes as unknown) === Int32Array;
  let wasm: Exports;
  let at: number;
  try {
    [wasm, at] = placed(section);
  } catch (thrown) {
    // A host without WebAssembly, or a Content-Security-Policy that forbids it.
    if (choice === "wasm") throw new InferError("CONFIG_INVALID", "engine", `can't be WebAssembly here: ${String(thrown)}`);
    return undefined;
  }
  const model = untrapped(() => wasm.network(at, section.length, Number(isWhole)));
  const unused = [untrapped(() => wasm.engine(model))];
  const forgotten = new FinalizationRegistry<number>((engine) => unused.push(engine));
  return () => {
    const number = unused.pop() ?? wasm.engine(model);
    const engine = new WasmEngine(wasm, number, outputs, Membranes);
    engine.restart();
    forgotten.register(engine, number);
    return engine;
  };
}

/** A module of its own, and the address of a section in its memory. */
function placed(section: Uint8Array): [wasm: Exports, at: number] {
  compiled ??= new WebAssembly.Module(inflate(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))));
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const at = wasm.allocate(section.length);
  new Uint8Array(wasm.memory.buffer).set(section, at);
  return [wasm, at];
}

/** The module traps where parts of a network do not fit each other. */
function untrapped(call: () => number): number {
  try {
    return call();
  } catch {
    throw invalid("has a network whose parts do not fit each other, or that is too large");
  }
}

const NONE: readonly number[] = [];

/** What `view` shows; then come the spikes of each layer at the last step. */
const [SPIKES, MEMBRANES, LAYERS] = [0, 1, 2];

/** Events in order of their steps, then of their units. */
export interface Ordered {
  times: ArrayLike<number>;
  units: ArrayLike<number>;
  /** Empty: all are 1. */
  values?: ArrayLike<number> | undefined;
}

/** What steps left behind. */
export interface Ran {
  /** Number of steps. */
  taken: number;
  /** Step of each output spike, counted from the first of these. */
  times: Uint16Array;
  units: Uint32Array;
  /** `[step][output]`: membranes of a readout. */
  membranes: Float32Array;
}

export class WasmEngine<T> implements Engine<T> {
  readonly input: Events = { units: [], values: [] };
  readonly #wasm: Exports;
  readonly #engine: number;
  readonly #outputs: number;
  readonly #Membranes: Membranes<T>;
  #words = new Uint32Array();
  #floats = new Float32Array();
  #membranes: T;

  constructor(wasm: Exports, engine: number, outputs: number, Membranes: Membranes<T>) {
    this.#wasm = wasm;
    this.#engine = engine;
    this.#outputs = outputs;
    this.#Membranes = Membranes;
    this.#membranes = this.#look();
  }

  get membranes(): T {
    return this.#look();
  }

  get clamped(): number {
    return this.#wasm.clamped(this.#engine);
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
      const to = hasValues ? this.#wasm.values(this.#engine, units.length) / 4 : 0;
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

  /** Takes up to so many steps, and ends after the one at which so many outputs have fired; units rest in a whole sample. */
  run({ times, units, values = [] }: Ordered, steps: number, awaited: number, isWhole: boolean): Ran {
    const { length } = times;
    const to = this.#wasm.events(this.#engine, length) / 4;
    this.#look();
    this.#words.set(times, to);
    this.#words.set(units, to + length);
    this.#floats.set(values, to + 2 * length);
    const most = Math.min(awaited, 0xffff_ffff);
    const taken = this.#wasm.run(this.#engine, values.length > 0 ? 1 : 0, steps, most, isWhole ? 1 : 0);
    const [spikes, words] = this.#view(SPIKES);
    const ran = { times: new Uint16Array(words / 2), units: new Uint32Array(words / 2) };
    for (let k = 0; k < words / 2; k++) {
      ran.times[k] = this.#words[spikes + 2 * k] as number;
      ran.units[k] = this.#words[spikes + 2 * k + 1] as number;
    }
    const [rows, end] = this.#view(MEMBRANES);
    return { taken, ...ran, membranes: this.#floats.slice(rows, rows + end) };
  }

  firedIn(layer: number): readonly number[] {
    const [at, count] = this.#view(LAYERS + layer);
    return Array.from(this.#words.subarray(at, at + count));
  }

  /** Place and number of words of what steps left behind. */
  #view(what: number): [number, number] {
    const at = this.#wasm.view(this.#engine, what) / 4;
    this.#look();
    return [(this.#words[at] as number) / 4, this.#words[at + 1] as number];
  }

  /** Looks at the memory where it is now. */
  #look(): T {
    const { buffer } = this.#wasm.memory;
    if (this.#words.buffer !== buffer) {
      this.#words = new Uint32Array(buffer);
      this.#floats = new Float32Array(buffer);
      this.#membranes = new this.#Membranes(buffer, this.#wasm.membranes(this.#engine), this.#outputs);
    }
    return this.#membranes;
  }
}
