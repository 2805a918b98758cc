import { spikeParts } from "spikelet/plot";
import type { Insight } from "./insight.js";

export type WishKind = "earlier" | "later" | "born" | "gone";

/** What a rule asks of a spike; the timing part moves spikes, the activation part makes and removes them. */
export interface Wish {
  kind: WishKind;
  unit: number;
  step: number;
  /** Size of the gradient against the largest of its layer, 0 to 1. */
  strength: number;
}

/** Weaker wishes than this fraction of the strongest are left out. */
const MIN = 0.02;

/**
 * Descent lowers a membrane with a positive gradient: at a spike it asks the timing part to fire later and the activation part
 * not to fire; between spikes a negative one asks for a spike, at the unit's step where it is strongest.
 */
export function wishesOf(insight: Insight, layer: number): Wish[] {
  const wishes: { kind: WishKind; unit: number; step: number; size: number }[] = [];
  for (const { unit, step, activation, timing } of spikeParts(insight.gradients, { layer })) {
    if (timing !== 0) wishes.push({ kind: timing < 0 ? "earlier" : "later", unit, step, size: Math.abs(timing) });
    if (activation > 0) wishes.push({ kind: "gone", unit, step, size: activation });
  }
  wishes.push(...births(insight, layer));
  const max = Math.max(...wishes.map(({ size }) => size), 0);
  return wishes
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
