import { areWhole, BETWEEN_STEPS } from "./delays.js";
import type { ExportedInput } from "./exported-inputs.js";
import type { ExportedLayer } from "./exported-layers.js";

/** What NIR leaves open where a later layer is a source. */
export const LATE = "spikes of a later layer arrive one step later here, NIR states no delay for a way back";

/** What a reader of the file does otherwise than the layer at an index. */
export function approximationsOf({ neuron, inputs, biased }: ExportedLayer, index: number): string[] {
  const found: string[] = [];
  if (neuron.hasCurrent && neuron.resetsCurrent)
    found.push("a spike of a neuron with a synaptic current ends its current here, in NIR the current goes on");
  if (neuron.hasCurrent && biased !== undefined) {
    found.push(
      biased === -1
        ? "a bias is the resting potential v_leak, which some readers refuse or apply to the current too"
        : "a bias is there at once here, in the file it is a current that builds up",
    );
  }
  return [...found, ...inputs.flatMap((input) => ofInput(input, index))];
}

function ofInput({ sources, delays }: ExportedInput, index: number): string[] {
  const feedback = sources.filter(({ isFeedback }) => isFeedback);
  const own =
    delays === undefined
      ? "spikes reach their own layer one step later here, NIR states no delay for a way back"
      : "spikes reach their own layer one step after their delay here, NIR states that delay alone";
  return [
    ...(feedback.some(({ layer }) => layer === index) ? [own] : []),
    ...(feedback.some(({ layer }) => layer !== index) ? [LATE] : []),
    ...(delays !== undefined && !areWhole(delays) ? [BETWEEN_STEPS] : []),
  ];
}
