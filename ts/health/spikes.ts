import type { Metrics } from "../generated/config.js";
import type { LayerSize } from "../network-info.js";
import { LIMITS } from "./limits.js";
import type { LateInput, Sign } from "./warning.js";

/** Silent and saturated layers in a pass over samples. */
export function signsOfSpikes(metrics: Metrics, layers: readonly LayerSize[], steps: number): Sign[] {
  const silent = silentLayer(metrics, layers);
  const signs = silent === undefined ? [] : [silent];
  // A sample without an output spike runs to the end, and decides there.
  if (metrics.decisionStep !== undefined && metrics.decisionStep.median >= steps && silent === undefined) {
    signs.push({
      code: "SILENT_OUTPUT",
      layer: layers.length - 1,
      message: "no output fires in half of the samples or more: they count as class 0",
    });
  }
  for (const [layer, share] of metrics.saturatedFraction.entries()) {
    if (share < LIMITS.saturatedFraction) continue;
    const message = `${nameOf(layer, layers.length)} is saturated: ${Math.round(100 * share)} % of its units fire in half of the steps or more`;
    signs.push({ code: "SATURATED_LAYER", layer, message });
  }
  return signs;
}

/** Input spikes that come too late. */
export function signOfInput({ fraction, steps: needed }: LateInput, steps: number): Sign {
  const lost = `${figure(100 * fraction)} % of the input spikes come after the last of ${steps} steps and are lost`;
  return { code: "LATE_INPUT", layer: null, message: `${lost}: the last one would need ${needed} steps` };
}

/** The lowest silent hidden layer; those above it get nothing to fire at. */
function silentLayer({ silentFraction, spikes }: Metrics, layers: readonly LayerSize[]): Sign | undefined {
  for (const [layer, { units }] of layers.slice(0, -1).entries()) {
    const perSample = (spikes.perUnit[layer] ?? 0) * units;
    if (perSample >= LIMITS.silentSpikes || (silentFraction[layer] ?? 0) < LIMITS.silentFraction) continue;
    const message = `${nameOf(layer, layers.length)} is silent: ${figure(perSample)} spikes per sample from ${units} units`;
    return { code: "SILENT_LAYER", layer, message };
  }
  return undefined;
}

export function nameOf(layer: number, layers: number): string {
  return layer === layers - 1 ? "the output layer" : `layer ${layer}`;
}

/** Three digits. */
export function figure(value: number): string {
  if (value >= 1e6) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}
