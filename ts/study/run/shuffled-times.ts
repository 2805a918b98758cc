import type { SpikeDataset } from "../../datasets/dataset.js";
import { mulberry32 } from "../../random.js";
import { SpikeEvents } from "../../spikes.js";

/** Far from what seeds of drawn data are: the draws of one would tell what was exchanged. */
const SEED = 0x9e3779b9;

/**
 * The samples with the times of their spikes exchanged at random within each sample: every unit fires as often as before, and every
 * step has as many spikes, but which unit fires when says nothing any more.
 */
export async function withShuffledTimes(data: SpikeDataset, steps: number): Promise<SpikeDataset> {
  const { offsets, times, units, values } = await data.events({ steps });
  const exchanged = { units: units.slice(), values: values?.slice() };
  const draw = mulberry32(SEED);
  for (let sample = 0; sample + 1 < offsets.length; sample++) {
    const start = Number(offsets[sample]);
    for (let last = Number(offsets[sample + 1]) - 1; last > start; last--) {
      const other = start + Math.floor(draw() * (last - start + 1));
      exchange(exchanged.units, last, other);
      if (exchanged.values) exchange(exchanged.values, last, other);
    }
  }
  return data.withEvents({ ...data.info, steps }, new SpikeEvents({ offsets, times, ...exchanged }));
}

function exchange(array: Uint32Array | Float32Array, a: number, b: number): void {
  [array[a], array[b]] = [Number(array[b]), Number(array[a])];
}
