import type { LayerNeuron, NeuronConfig, PerUnit, Reset } from "../../generated/config.js";
import type { NamedNode } from "./graph.js";
import { type Clock, rounded } from "./options.js";

/** What leads into the membranes of a layer. */
export interface Incoming {
  units: number;
  /** Units with constants and a bias of their own. */
  filters: number;
  /** Weights of each input, with what they must be multiplied with. */
  inputs: readonly { weights: ArrayLike<number>; rows: number; factor: number }[];
  /** Sums over all inputs, one for each filter; undefined where none has biases. */
  biases: readonly number[] | undefined;
}

/** Weights of each input, biases, and the neuron. */
export interface ReadNeurons {
  weights: Float32Array[];
  biases: Float32Array;
  neuron: LayerNeuron;
}

/** What to know of a file whose writer may have left the reset mechanism out, by the node that it writes. */
const writtenBy = (library: string) =>
  `a spike resets the membrane to 0, as the file says; ${library} writes the same for its default, which subtracts the threshold: ` +
  "such neurons fire less here, unless the option reset says otherwise";
const SOFT_RESETS: Readonly<Record<string, string>> = {
  LIF: writtenBy("snnTorch"),
  CubaLIF: writtenBy("snnTorch"),
  IF: writtenBy("sinabs"),
};

/** Relative error of a gain of 1 whose time constants are single floats, as those of snnTorch. */
const UNIT_GAIN_TOLERANCE = 1e-5;

/** Whether a node's neurons never fire. */
export const isReadout = ({ type }: NamedNode): boolean => type === "LI" || type === "CubaLI" || type === "I";

/**
 * Neurons of NIR as neurons of this library.
 *
 * With d = 1 − decay, `LIF` is V ← (1 − d) V + d (v_leak + r x), and `CubaLIF` has I ← (1 − dₛ) I + dₛ w_in x in the place of x;
 * a spike resets V alone. `IF` is V ← V + r x. `LI`, `CubaLI` and `I` are the same without spikes.
 * Ours is I ← currentDecay · I + currentGain · W s, V ← membraneDecay · V + I + b.
 */
export class NeuronReader {
  readonly #clock: Clock;
  readonly #reset: Reset | undefined;
  readonly #approximations = new Set<string>();

  /** @param reset of neurons that fire, that of the file by default */
  constructor(clock: Clock, reset: Reset | undefined) {
    this.#clock = clock;
    this.#reset = reset;
  }

  /** Weights, biases and constants of a layer whose neurons are those of a node. */
  read(node: NamedNode, { units, filters, inputs, biases }: Incoming): ReadNeurons {
    const { type } = node;
    const hasCurrent = type === "CubaLIF" || type === "CubaLI";
    const hasLeak = type !== "IF" && type !== "I";
    const field = (name: string) => byFilter(node, name, units, filters);
    const decay = (name: string) => field(name).map((tau) => this.#decay(node, name, tau));
    const resistance = field("r");
    const membraneDecay = hasLeak ? decay(hasCurrent ? "tau_mem" : "tau") : resistance.map(() => 1);
    const currentDecay = hasCurrent ? decay("tau_syn") : membraneDecay.map(() => 0);
    const leak = hasLeak ? field("v_leak") : resistance.map(() => 0);
    const scale = hasCurrent ? field("w_in") : resistance.map(() => 1);
    const membraneStep = (filter: number) => (hasLeak ? 1 - at(membraneDecay, filter) : 1);
    if (hasCurrent && biases?.some((bias) => bias !== 0)) {
      this.#approximations.add(`a bias before ${type} neurons builds up over their current in NIR, here it is there at once`);
    }
    const gains = scale.map((input, filter) => {
      const gain = input * (1 - at(currentDecay, filter)) * at(resistance, filter) * membraneStep(filter);
      if (Number.isFinite(gain)) return rounded(gain);
      throw node.fault("r", `must give a finite gain, got ${gain}`);
    });
    // Gains of this library are above 0; others go into the weights.
    const areOurs = gains.every((gain) => gain > 0);
    const hasUnitGains = gains.every((gain) => Math.abs(gain - 1) < UNIT_GAIN_TOLERANCE) && leak.every((value) => value === 0);
    const soft = SOFT_RESETS[type];
    if (soft !== undefined && hasUnitGains && this.#reset === undefined) this.#approximations.add(soft);
    const neuron: LayerNeuron = {
      currentDecay: perUnit(currentDecay),
      membraneDecay: perUnit(membraneDecay),
      gain: "manual",
      currentGain: areOurs ? perUnit(gains) : 1,
      membraneGain: 1,
      biasGain: 1,
      ...(isReadout(node) ? { type: "leaky" } : this.#spiking(node, field, hasCurrent)),
    };
    return {
      weights: inputs.map(({ weights, rows, factor }) => {
        const perRow = weights.length / rows;
        const gainOf = (k: number) => (areOurs ? 1 : at(gains, Math.floor((Math.floor(k / perRow) * filters) / rows)));
        return Float32Array.from(weights, (weight, k) => weight * factor * gainOf(k));
      }),
      biases: Float32Array.from({ length: filters }, (_, filter) => {
        const current = at(resistance, filter) * at(scale, filter) * (biases?.[filter] ?? 0);
        return membraneStep(filter) * (at(leak, filter) + current);
      }),
      neuron,
    };
  }

  /** What is not as in the file, in sentences. */
  approximations(): string[] {
    return [...this.#approximations];
  }

  #decay(node: NamedNode, field: string, tau: number): number {
    const decay = this.#clock.decay(tau);
    if (decay === undefined) throw node.fault(field, `must be a time constant of at least a step, got ${tau}`);
    return decay;
  }

  /** What a neuron has that fires. */
  #spiking(node: NamedNode, field: (name: string) => number[], hasCurrent: boolean): LayerNeuron {
    const threshold = field("v_threshold");
    const low = threshold.find((value) => !(value > 0));
    if (low !== undefined) throw node.fault("v_threshold", `must be above 0, got ${low}`);
    if (node.has("v_reset") && field("v_reset").some((reset) => reset !== 0)) throw node.fault("v_reset", "must be 0");
    return { threshold: perUnit(threshold), reset: this.#reset ?? (hasCurrent ? "membrane" : "all") };
  }
}

/** The neuron of the network, with what its first layer has for all units, and what other layers have instead, by their index. */
export function byLayer(neurons: ReadonlyMap<number, LayerNeuron>): { common: NeuronConfig; own: Map<number, LayerNeuron> } {
  const [first = {}] = neurons.values();
  const common = Object.fromEntries(Object.entries(first).filter(([, value]) => !Array.isArray(value))) as LayerNeuron;
  const own = new Map<number, LayerNeuron>();
  for (const [index, neuron] of neurons) {
    const differing = Object.entries(neuron).filter(([field, value]) => common[field as keyof LayerNeuron] !== value);
    if (differing.length > 0) own.set(index, Object.fromEntries(differing) as LayerNeuron);
  }
  return { common, own };
}

/** Numbers that all places of a channel share, by channel. */
function byFilter(node: NamedNode, field: string, units: number, filters: number): number[] {
  const of = node.numbers(field, units);
  const places = units / filters;
  for (let unit = 0; unit < units; unit++) {
    if (!Number.isFinite(of(unit))) throw node.fault(field, `must be finite, got ${of(unit)}`);
    if (of(unit) !== of(unit - (unit % places))) throw node.fault(field, "must be the same at all places of a channel");
  }
  return Array.from({ length: filters }, (_, filter) => of(filter * places));
}

const at = (values: readonly number[], filter: number): number => values[filter] as number;

/** One number where all are the same. */
function perUnit(values: number[]): PerUnit {
  const [first = 0] = values;
  return values.every((value) => value === first) ? first : values;
}
