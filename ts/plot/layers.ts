import { record } from "../check/fields.js";
import { instanceOf, integers, listOf, oneOf, optional, whole, words } from "../check/values.js";
import { DECISIONS } from "../decisions.js";
import type { Prediction } from "../results.js";
import { heldArrays, SpikeEvents } from "../spikes.js";

const spikes = instanceOf(SpikeEvents, "spikes");

const layers = listOf((value, path) => {
  const events = spikes(value, path);
  heldArrays(events, `${path}.`);
  return events;
});

const decision = oneOf(...DECISIONS);

/** What plots read of a prediction is what its type says. */
export function checkPrediction(
  value: unknown,
  path: string,
): asserts value is Pick<Prediction, "layers" | "decision" | "classes" | "decisionStep" | "steps"> {
  const prediction = record(value, path, "DATA_FORMAT");
  layers(prediction["layers"], `${path}.layers`);
  decision(prediction["decision"], `${path}.decision`);
  integers(prediction["classes"], `${path}.classes`);
  words(prediction["steps"], `${path}.steps`);
  optional(words)(prediction["decisionStep"], `${path}.decisionStep`);
}

/** A number of units, of each of which a count can be held. */
export const unitCount = whole(1, 2 ** 24);

/** The spikes themselves, or those of each layer of a prediction. */
export function spikeLayers(of: SpikeEvents | Pick<Prediction, "layers">): SpikeEvents[] {
  if (!(of instanceof SpikeEvents)) return layers(record(of, "prediction", "DATA_FORMAT")["layers"], "prediction.layers");
  heldArrays(of);
  return [of];
}
