import type { LayerTrace } from "spikelet";

/** What gradient descent would change at a step of a unit: the negative gradients. */
export interface Wish {
  step: number;
  membrane: number;
  isSpike: boolean;
  /** V' at the step, by which the timing part divides. */
  slope: number;
  /** −dL/dV of the activation part: positive for a higher membrane. */
  higher: number;
  /** −dL/dt of the spike: positive for a later one. */
  later: number;
  /** dL/dS and dL/dt, as the specification has them. */
  spikeGradient: number;
  timingGradient: number;
  /** Both parts of G, the direct dL/dV. */
  activationPart: number;
  timingPart: number;
}

/** What the rule asks of a unit, step by step. */
export function wishesOf(trace: LayerTrace, unit: number, spikes: readonly number[]): Wish[] {
  const fired = new Set(spikes);
  return Array.from({ length: trace.steps }, (_, step) => {
    const at = step * trace.units + unit;
    const isSpike = fired.has(step);
    const [activationPart, timingGradient] = [trace.activationPart[at] ?? 0, trace.timingGradient[at] ?? 0];
    return {
      step,
      membrane: trace.membrane[at] ?? 0,
      isSpike,
      slope: trace.slope[at] ?? 0,
      higher: -activationPart,
      later: isSpike ? -timingGradient : 0,
      spikeGradient: trace.spikeGradient[at] ?? 0,
      timingGradient,
      activationPart,
      timingPart: trace.timingPart[at] ?? 0,
    };
  });
}

/** Size of the strongest wish of each kind. */
export function strongest(wishes: readonly Wish[]): { higher: number; later: number } {
  return {
    higher: Math.max(0, ...wishes.map(({ higher }) => Math.abs(higher))),
    later: Math.max(0, ...wishes.map(({ later }) => Math.abs(later))),
  };
}
