import encoded from "#infer";
import type { Engine } from "../engine.js";
import { clear, type Events } from "../memory.js";
import { inflate } from "./inflate.js";

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
  events(engine: number, count: number): number;
  run(engine: number, hasValues: number, steps: number, awaited: number, isWhole: number): number;
  view(engine: number, what: number): number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * Engines of a model in WebAssembly, by the section of its network. Memory is not given back while the model lives: an engine that nobody
 * has any more is the next one that is asked for.
 *
 * @throws where the host has no WebAssembly, forbids it, or has no memory for the model.
 */
export function wasmEngines(section: Uint8Array, outputs: number): () => WasmEngine {
  compiled ??= new WebAssembly.Module(inflate(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))));
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

/** What `view` shows. */
const [SPIKES, MEMBRANES] = [0, 1];

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

export class WasmEngine implements Engine {
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

  /** Place and number of words of what steps left behind. */
  #view(what: number): [number, number] {
    const at = this.#wasm.view(this.#engine, what) / 4;
    this.#look();
    return [(this.#words[at] as number) / 4, this.#words[at + 1] as number];
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
