import type { LayerParameters } from "spikelet";

/** A connection between two units of neighbouring layers; layer 0 is the input. */
export interface Connection {
  /** Layer that its spikes come from. */
  layer: number;
  from: number;
  to: number;
  /** Against the strongest of its layer, −1 to 1. */
  strength: number;
  /** Steps. */
  delay: number;
}

/** Connections that are drawn between two layers at most: the strongest. */
const MAX = 160;
/** Strength below which none is drawn. */
const MIN = 0.12;

/** The connections that are worth drawing, weak ones first. */
export function connectionsOf(parameters: readonly LayerParameters[]): Connection[] {
  return parameters.flatMap(({ weights, biases, learnt }, layer) => {
    const inputs = weights.length / biases.length;
    const max = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
    const all = Array.from(weights, (weight, k) => ({
      layer,
      from: k % inputs,
      to: Math.floor(k / inputs),
      strength: weight / max,
      delay: learnt?.delays?.[k] ?? 0,
    }));
    return all
      .filter(({ strength }) => Math.abs(strength) > MIN)
      .sort((a, b) => Math.abs(a.strength) - Math.abs(b.strength))
      .slice(-MAX);
  });
}
