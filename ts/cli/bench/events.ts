import { fromSpikes } from "../../datasets/create.js";
import type { SpikeDataset } from "../../datasets/dataset.js";

/** Shape of synthetic event-camera samples. */
export interface EventShape {
  samples: number;
  inputs: number;
  steps: number;
  /** Events per sample. */
  events: number;
  classes: number;
}

/**
 * Events all over the units and steps. Half of them keep to the units of the sample's class, a tenth of all, so that there is
 * something to learn.
 */
export function syntheticEvents({ samples, inputs, steps, events, classes }: EventShape): SpikeDataset {
  const below = generator(1);
  const share = Math.max(1, Math.floor(inputs / classes));
  const labels = Uint32Array.from({ length: samples }, (_, sample) => sample % classes);
  const spikes = Array.from(labels, (label) => {
    const times = new Uint16Array(events);
    const units = new Uint32Array(events);
    for (let k = 0; k < events; k++) {
      // In order of time, as recordings are.
      times[k] = Math.floor((k * steps) / events);
      units[k] = below(2) === 0 ? below(inputs) : ((label * share) % inputs) + below(share);
    }
    return { times, units };
  });
  return fromSpikes({ name: "synthetic events", spikes, labels });
}

/** Whole numbers below a bound, the same in every run (xorshift). */
function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
