import type { Description } from "../description.js";
import { isWhole, type SpikeTrain, schedule } from "../spikes.js";
import { Stream, type StreamAnswer } from "../stream.js";
import type { Ordered, WasmEngine } from "./engine.js";

/** A stream that runs many steps in one call of the module. */
export class WasmStream extends Stream {
  readonly #engine: WasmEngine<Float32Array>;

  constructor(description: Description, engine: WasmEngine<Float32Array>) {
    super(description, engine);
    this.#engine = engine;
  }

  /** @internal */
  override runUntil(spikes: SpikeTrain, steps: number, awaited: number, isAll: boolean): StreamAnswer {
    const events = isOrdered(spikes, steps, this.description) ? spikes : ordered(spikes, steps, this.description);
    const { tally, steps: start } = this;
    const { outputs } = this.description;
    const { taken, times, units, membranes } = this.#engine.run(events, steps, awaited, isAll);
    for (let at = 0; at < membranes.length; at += outputs) tally.add([], membranes.subarray(at, at + outputs));
    for (let k = 0; k < times.length; k++) {
      tally.steps = start + (times[k] as number);
      tally.add([units[k] as number], membranes);
    }
    tally.steps = start + taken;
    return { ...this.decision, start, steps: tally.steps, spikes: { times, units }, membranes };
  }
}

/** Whether events are what a schedule would make of them. */
function isOrdered({ times, units, values }: SpikeTrain, steps: number, { inputs }: Description): boolean {
  if (values !== undefined || times?.length === undefined || times.length !== units?.length) return false;
  let [step, unit] = [0, 0];
  for (let k = 0; k < times.length; k++) {
    const isLater = times[k] !== step;
    if (!isWhole(times[k], step, steps) || !isWhole(units[k], isLater ? 0 : unit, inputs)) return false;
    [step, unit] = [times[k] as number, units[k] as number];
  }
  return true;
}

function ordered(spikes: SpikeTrain, steps: number, description: Description): Ordered {
  const send = schedule(spikes, steps, description);
  const times: number[] = [];
  const events = { units: [] as number[], values: [] as number[] };
  for (let step = 0; step < steps; step++) {
    send(step, events);
    while (times.length < events.units.length) times.push(step);
  }
  return { times, ...events };
}
