import type { Choice } from "./recommendation.js";
import { withDelays } from "./signals.js";

const LAST_INPUT = 30;

/** What suits a few numbers a sample: one spike each, learnt delays, a readout. */
export function tableChoice(units: number): Choice {
  const why = "One spike for each value, earlier for a larger one; 0 is a value like others and gives a spike, too.";
  return {
    preset: "signals",
    encoding: { type: "latency", first: 0, last: LAST_INPUT, skipZero: false },
    ...withDelays(units, LAST_INPUT, [{ setting: "encoding", why }]),
  };
}
