import { type Send, sender } from "./connection.js";
import { type Description, isLayer, type Layer, type Source } from "./description.js";
import { append, clear, type Events, each, Memory } from "./memory.js";
import { neurons } from "./neuron.js";
import { positionOf } from "./order.js";
import { pass } from "./pool.js";

/** A node on its way: what it sends at this step, and what it sent at the one before. */
interface Running {
  now: Events;
  before: Events;
  run(step: number): void;
}

/** What runs a network step by step. */
export interface Engine<Membranes = Float32Array> {
  /** Events of the input at the next step, in order of their units. */
  readonly input: Events;
  /** V of each output after the last step: of a readout its answer. */
  readonly membranes: Membranes;
  /** Units of a layer that fired at the last step, in any order. */
  firedIn(layer: number): readonly number[];
  /** Goes back to before the first step. */
  restart(): void;
  /** Takes a step with the events of `input`, and returns the outputs that fired at it, in order. */
  step(): readonly number[];
}

/** The engine in plain JavaScript. */
export class PlainEngine implements Engine {
  readonly #memory = new Memory();
  readonly input = this.#memory.events();
  membranes!: Float32Array;
  readonly #nodes: Running[] = [];
  readonly #layers: Running[] = [];
  #step = 0;

  constructor({ nodes }: Description) {
    for (const node of nodes) {
      const running: Running = { now: this.#memory.events(), before: this.#memory.events(), run: () => {} };
      if (isLayer(node)) {
        this.#layers.push(running);
        running.run = this.#layer(node, running);
      } else {
        const [collect, through] = [this.#inbox(node.sources), pass(node)];
        running.run = () => through(collect(), running.now);
      }
      this.#nodes.push(running);
    }
  }

  restart(): void {
    this.#step = 0;
    this.#memory.clear();
  }

  step(): readonly number[] {
    for (const node of this.#nodes) {
      [node.now, node.before] = [node.before, node.now];
      clear(node.now);
    }
    for (const node of this.#nodes) node.run(this.#step);
    this.#step += 1;
    clear(this.input);
    // Units of a convolution fire in the order in which they run.
    return this.firedIn(-1).sort((a, b) => a - b);
  }

  firedIn(layer: number): number[] {
    return this.#layers.at(layer)?.now.units.slice() ?? [];
  }

  #layer(layer: Layer, running: Running): (step: number) => void {
    const { filters, places, connections } = layer;
    const drive = this.#memory.floats(filters * places);
    const unitAt = new Uint32Array(drive.length);
    for (let unit = 0; unit < unitAt.length; unit++) {
      unitAt[positionOf(Math.floor(unit / places), unit % places, filters, places)] = unit;
    }
    const { membrane, run } = neurons(layer, unitAt, this.#memory, (unit) => running.now.units.push(unit));
    this.membranes = membrane;
    const inputs = connections.map((connection): [() => Events, Send] => [
      this.#inbox(connection.sources),
      sender(connection, layer, this.#memory),
    ]);
    return (step) => {
      drive.fill(0);
      for (const [collect, send] of inputs) send(collect(), drive);
      run(drive, step);
    };
  }

  /** Collects what sources send. */
  #inbox(sources: readonly Source[]): () => Events {
    const sentBy = ([number, lag]: Source) => {
      const node = this.#nodes[number - 1];
      return node === undefined ? this.input : lag > 0 ? node.before : node.now;
    };
    const [first, more] = sources as [Source, ...Source[]];
    if (!more && first[2] === 0) return () => sentBy(first);
    const all = this.#memory.events();
    return () => {
      clear(all);
      for (const source of sources) each(sentBy(source), (unit, value) => append(all, unit + source[2], value));
      return all;
    };
  }
}
