import { type Decision, load, type Model, type Stream } from "spikelet/infer";
import { SignalEncoder } from "spikelet/infer/encode";
import type { Activity } from "../inside/insight.js";
import { ENCODING, HIDDEN } from "./digits.mjs";

/** A network that hears one word at a time. */
export class Hearing {
  readonly names: readonly string[];
  readonly #model: Model;
  readonly #stream: Stream;
  readonly #encoder = new SignalEncoder(ENCODING);

  /** @param file a model file. */
  constructor(file: Uint8Array, names: readonly string[]) {
    this.names = names;
    this.#model = load(file);
    this.#stream = this.#model.stream();
  }

  /** Begins a word. */
  begin(): void {
    this.#stream.restart();
    this.#encoder.restart();
  }

  /** Takes the next sound of the word: the network runs the steps that it completes, as many as a sample has at most. */
  hear(sound: Float32Array): Decision {
    for (const fired of this.#encoder.push(sound)) if (!this.isDone) this.#stream.step(fired);
    return this.#stream.decision;
  }

  /** Runs the steps that are left of a sample, in silence. */
  rest(): Decision {
    while (!this.isDone) this.#stream.step();
    return this.#stream.decision;
  }

  /** Whether it has heard as many steps as a sample has. */
  get isDone(): boolean {
    return this.#stream.steps >= this.#model.steps;
  }

  /** Spikes and membranes of the network while it hears a sound, up to the last step of `answer`. */
  look(sound: Float32Array, { to: seen, byCount }: Decision): Activity {
    const { inputs, outputs, steps } = this.#model;
    const sizes = [HIDDEN, outputs];
    const stream = this.#model.stream();
    const fired = new SignalEncoder(ENCODING).push(sound).slice(0, seen);
    const spikes = sizes.map(() => ({ times: [] as number[], units: [] as number[] }));
    const input = { times: fired.flatMap((units, step) => units.map(() => step)), units: fired.flat() };
    const membrane = new Float32Array(seen * outputs);
    for (let step = 0; step < seen; step++) {
      stream.step(fired[step]);
      membrane.set(stream.membranes, step * outputs);
      for (const [layer, { times, units }] of spikes.entries()) {
        for (const unit of stream.firedIn(layer)) {
          times.push(step);
          units.push(unit);
        }
      }
      // A membrane that has fired is reset.
      for (const unit of stream.firedIn(sizes.length - 1)) membrane[step * outputs + unit] = 1;
    }
    const decision = byCount === undefined ? undefined : { output: byCount, step: 0 };
    const names = this.names;
    return { steps, seen, label: undefined, names, decision, input, inputs, layers: spikes, sizes, membranes: membrane };
  }
}
