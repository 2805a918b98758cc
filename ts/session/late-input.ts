import { MAX_STEPS } from "../check/steps.js";
import type { SpikeDataset } from "../datasets/dataset.js";
import type { LateInput } from "../health/warning.js";
import type { Backend } from "../runtime/backend.js";

/** Samples that are looked at. */
const SAMPLES = 100;

/**
 * Input spikes that the encoding of `data` puts at or after the last of `steps` steps, where they are lost; `undefined` where there
 * are none among the first 100 samples. Data that are spikes already are refused by the core instead.
 */
export async function lateInputOf(data: SpikeDataset, steps: number, backend: Backend): Promise<LateInput | undefined> {
  if (!mayBeLate(data, steps)) return undefined;
  const { times } = await (await data.slice(0, SAMPLES).load()).events({ steps: MAX_STEPS, backend });
  const late = times.reduce((count, time) => count + Number(time >= steps), 0);
  if (late === 0) return undefined;
  return { fraction: late / times.length, steps: 1 + times.reduce((last, time) => Math.max(last, time), 0) };
}

/** Whether the times of the spikes follow from the data, not from the length of the simulation, and may lie after it. */
function mayBeLate({ encoding }: SpikeDataset, steps: number): boolean {
  switch (encoding?.type) {
    case "latency":
      return [encoding.first, encoding.last].some((step) => step === undefined || step >= steps);
    case "delta":
    case "levels":
    case "current":
    case "logMel":
      return true;
    default:
      return false;
  }
}
