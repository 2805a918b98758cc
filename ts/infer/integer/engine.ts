import { outputAt } from "../axis.js";
import { BY_CONNECTION, BY_INPUT, ONE_TO_ONE, type Pool, type Source, type Window } from "../description.js";
import type { Engine } from "../engine.js";
import { clear, type Events } from "../memory.js";
import { type IntegerDescription, type IntegerInput, type IntegerLayer, isLayer } from "./description.js";
import { stepUnits } from "./units.js";

const { floor } = Math;

/** What runs a network of whole numbers step by step; events are 1 and in any order. */
export interface IntegerEngine extends Omit<Engine<Int32Array>, "firedIn"> {
  /** How often a current or a membrane was held within its bits since the start. */
  readonly clamped: number;
}

/** A node on its way: what it sends at this step, a unit as often as its spikes count, and what it sent at the one before. */
interface Running {
  now: number[];
  before: number[];
  run(): void;
  clear(): void;
}

/** The engine in plain JavaScript. */
export class PlainIntegerEngine implements IntegerEngine {
  readonly input: Events = { units: [], values: [] };
  membranes = new Int32Array();
  clamped = 0;
  readonly #nodes: Running[] = [];
  #output: Running | undefined;

  constructor({ nodes, maxState }: IntegerDescription) {
    for (const node of nodes) {
      const running: Running = { now: [], before: [], run: () => {}, clear: () => {} };
      if (isLayer(node)) {
        this.#output = running;
        this.#layer(node, maxState, running);
      } else {
        running.run = () => pass(node, this.#each(node.sources), (unit) => running.now.push(unit));
      }
      this.#nodes.push(running);
    }
  }

  restart(): void {
    this.clamped = 0;
    clear(this.input);
    for (const node of this.#nodes) {
      node.now.length = 0;
      node.before.length = 0;
      node.clear();
    }
  }

  step(): readonly number[] {
    for (const node of this.#nodes) {
      [node.now, node.before] = [node.before, node.now];
      node.now.length = 0;
    }
    for (const node of this.#nodes) node.run();
    clear(this.input);
    return this.#output?.now.slice() ?? [];
  }

  #layer(layer: IntegerLayer, maxState: number, running: Running): void {
    const units = layer.filters * layer.places;
    let slots = 1;
    for (const { delays } of layer.connections) for (const steps of delays) slots = Math.max(slots, 1 + steps);
    // A ring of what arrives at this step and later ones.
    const sums = new Float64Array(4 * slots * units);
    const states = {
      current: new Int32Array(units),
      membrane: new Int32Array(units),
      adaptation: new Int32Array(units),
      fired: new Uint8Array(units),
      blocked: new Uint32Array(units),
    };
    this.membranes = states.membrane;
    let at = 0;
    running.run = () => {
      const row = (delay = 0) => ((at + delay) % slots) * units;
      for (const input of layer.connections) this.#each(input.sources)((unit) => arrive(input, layer, unit, row, sums));
      const arriving = sums.subarray(row(), row() + units);
      this.clamped += stepUnits(layer, states, [maxState, arriving], (unit) => running.now.push(unit));
      arriving.fill(0);
      at = (at + 1) % slots;
    };
    running.clear = () => {
      for (const state of [sums, ...Object.values(states)]) state.fill(0);
    };
  }

  /** Hands over the spikes of sources. */
  #each(sources: readonly Source[]): (take: (unit: number) => void) => void {
    return (take) => {
      for (const [number, lag] of sources) {
        const node = this.#nodes[number - 1];
        for (const unit of node === undefined ? this.input.units : lag > 0 ? node.before : node.now) take(unit);
      }
    };
  }
}

/** Adds what a spike brings through an input; `row` is the first of the sums of the step after so many. */
function arrive(
  { kind, window, weights, delays, delaysBy }: IntegerInput,
  { filters, places }: IntegerLayer,
  unit: number,
  row: (delay?: number) => number,
  sums: Float64Array,
): void {
  const add = (to: number, weight: number) => {
    sums[to] = (sums[to] as number) + (weights[weight] as number);
  };
  if (window) {
    const { channels, groups, rows, columns } = window;
    const [seen, seeing] = [channels / groups, filters / groups];
    const channel = floor(unit / (rows[0] * columns[0]));
    const first = floor(channel / seen) * seeing;
    seenBy(window, unit, (place, tap) => {
      const from = ((channel % seen) * rows[2] * columns[2] + tap) * filters;
      for (let filter = first; filter < first + seeing; filter++) add(row() + filter * places + place, from + filter);
    });
  } else if (kind === ONE_TO_ONE) {
    add(row() + unit, unit);
  } else {
    const units = filters * places;
    const from = unit * units;
    const together = row(delaysBy === BY_INPUT ? delays[unit] : 0);
    for (let k = 0; k < units; k++) add((delaysBy === BY_CONNECTION ? row(delays[from + k]) : together) + k, from + k);
  }
}

/** Calls back with the places of the output that see a unit of the input, and the number of the tap by which each does. */
function seenBy({ rows, columns }: Window, unit: number, take: (place: number, tap: number) => void): void {
  const [height, width] = [rows[0], columns[0]];
  for (let ky = 0; ky < rows[2]; ky++) {
    const y = outputAt(rows, floor((unit % (height * width)) / width), ky);
    for (let kx = 0; y >= 0 && kx < columns[2]; kx++) {
      const x = outputAt(columns, unit % width, kx);
      if (x >= 0) take(y * columns[1] + x, ky * columns[2] + kx);
    }
  }
}

/** Lets spikes through a pool: all that a window sees, or as many as the unit of it with the most has. */
function pass({ selects, window }: Pool, each: (take: (unit: number) => void) => void, send: (unit: number) => void): void {
  const { rows, columns } = window;
  const [places, placesOfOutput] = [rows[0] * columns[0], rows[1] * columns[1]];
  const counts = new Map<number, number>();
  const most = new Map<number, number>();
  each((unit) => {
    const count = (counts.get(unit) ?? 0) + 1;
    counts.set(unit, count);
    seenBy(window, unit, (place) => {
      const output = floor(unit / places) * placesOfOutput + place;
      if (selects && count <= (most.get(output) ?? 0)) return;
      most.set(output, count);
      send(output);
    });
  });
}
