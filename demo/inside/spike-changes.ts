import { spikeParts } from "spikelet/plot";
import type { Insight } from "./insight.js";

export type SpikeChangeKind = "earlier" | "later" | "born" | "gone";

/** A change that a rule asks for; its timing part moves spikes, its activation part makes and removes them. */
export interface SpikeChange {
  kind: SpikeChangeKind;
  unit: number;
  step: number;
  /** Size of the gradient against the largest of its layer, 0 to 1. */
  strength: number;
}

/** Fraction of the strongest change below which one is left out. */
const MIN = 0.02;

/**
 * The changes that a rule asks for in the spikes of a layer. Gradient descent lowers a membrane that has a positive gradient: at a
 * spike, the timing part then asks for a later one and the activation part for none. Between spikes, a negative gradient asks for a
 * spike, at the step of the unit where it is most negative.
 */
export function spikeChanges(insight: Insight, layer: number): SpikeChange[] {
  const changes: { kind: SpikeChangeKind; unit: number; step: number; size: number }[] = [];
  for (const { unit, step, activation, timing } of spikeParts(insight.gradients, { layer })) {
    if (timing !== 0) changes.push({ kind: timing < 0 ? "earlier" : "later", unit, step, size: Math.abs(timing) });
    if (activation > 0) changes.push({ kind: "gone", unit, step, size: activation });
  }
  changes.push(...births(insight, layer));
  const max = Math.max(...changes.map(({ size }) => size), 0);
  return changes
    .filter(({ size }) => size > MIN * max)
    .map(({ kind, unit, step, size }) => ({ kind, unit, step, strength: size / max }));
}

function* births({ gradients, layers, steps }: Insight, layer: number) {
  const trace = gradients.trace?.[layer];
  if (trace === undefined) return;
  const { times = [], units = [] } = layers[layer] ?? {};
  const fired = new Set(Array.from(times, (step, k) => step * trace.units + (units[k] ?? 0)));
  for (let unit = 0; unit < trace.units; unit++) {
    let [step, min] = [0, 0];
    for (let t = 0; t < steps; t++) {
      const direct = trace.direct[t * trace.units + unit] ?? 0;
      if (direct < min && !fired.has(t * trace.units + unit)) [step, min] = [t, direct];
    }
    if (min < 0) yield { kind: "born" as const, unit, step, size: -min };
  }
}
