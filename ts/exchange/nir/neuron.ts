import type { NeuronConfig } from "../../generated/config.js";
import type { LayerParameters } from "../../results.js";
import type { NamedNode } from "./graph.js";
import type { Clock } from "./options.js";

/** What stands before neurons. */
export interface Incoming {
  weights: ArrayLike<number>;
  biases: ArrayLike<number> | undefined;
  /** Units with weights of their own. */
  filters: number;
  /** What the input must be multiplied with. */
  factor: number;
}

/** Decays of a layer's neurons. */
export interface Decays {
  currentDecay: number;
  membraneDecay: number;
}

/** A layer's parameters, and its decays where they are not those of the network. */
export interface ReadNeurons {
  parameters: LayerParameters;
  own?: Decays;
}

/** The first layer's neurons, of which the others here have the threshold and the gain; the rest goes into the weights. */
interface Common extends Decays {
  first: NamedNode;
  threshold: number;
  gain: number;
}

/**
 * Neurons of NIR as neurons of this library.
 *
 * With d = 1 − decay, `LIF` is V ← (1 − d) V + d (v_leak + r x), and `CubaLIF` has I ← (1 − dₛ) I + dₛ w_in x in the place of x.
 * Ours is I ← currentDecay · I + gain · W s, V ← membraneDecay · V + I + b.
 */
export class NeuronReader {
  readonly #clock: Clock;
  readonly #approximations = new Set<string>();
  #common: Common | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Weights, biases and decays of a layer whose neurons are those of a node. */
  read(node: NamedNode, units: number, { weights, biases, filters, factor }: Incoming): ReadNeurons {
    const hasCurrent = node.type === "CubaLIF";
    if (!hasCurrent && node.type !== "LIF") {
      throw node.fault("", `is a ${node.type}: what follows weights must be LIF or CubaLIF neurons, which spike`);
    }
    const field = (name: string) => this.#perFilter(node, name, units, filters);
    const decay = (name: string) => this.#decay(node, name, units);
    const [currentDecay, membraneDecay] = hasCurrent ? [decay("tau_syn"), decay("tau_mem")] : [0, decay("tau")];
    const [resistance, leak, threshold] = [field("r"), field("v_leak"), field("v_threshold")];
    const scale = hasCurrent ? field("w_in") : () => 1;
    if (node.has("v_reset")) {
      const reset = field("v_reset");
      for (let filter = 0; filter < filters; filter++) if (reset(filter) !== 0) throw node.fault("v_reset", "must be 0");
    }
    const gain = (filter: number) => scale(filter) * (1 - currentDecay) * resistance(filter) * (1 - membraneDecay);
    const common = this.#agree({ first: node, currentDecay, membraneDecay, threshold: threshold(0), gain: gain(0) });
    if (hasCurrent) this.#approximations.add("a spike of a CubaLIF neuron leaves its current in NIR, here it ends it too");
    if (hasCurrent && biases !== undefined && Array.from(biases).some((bias) => bias !== 0)) {
      this.#approximations.add("a bias before CubaLIF neurons builds up over their current in NIR, here it is there at once");
    }
    const inputs = weights.length / filters;
    const parameters = { weights: new Float32Array(weights.length), biases: new Float32Array(filters) };
    for (let filter = 0; filter < filters; filter++) {
      if (!(threshold(filter) > 0)) throw node.fault("v_threshold", `must be above 0, got ${threshold(filter)}`);
      const level = common.threshold / threshold(filter);
      const weight = level * factor * (gain(filter) / common.gain);
      for (let k = filter * inputs; k < (filter + 1) * inputs; k++) parameters.weights[k] = (weights[k] ?? 0) * weight;
      const current = resistance(filter) * scale(filter) * (biases?.[filter] ?? 0);
      parameters.biases[filter] = level * (1 - membraneDecay) * (leak(filter) + current);
    }
    const isCommon = common.currentDecay === currentDecay && common.membraneDecay === membraneDecay;
    return isCommon ? { parameters } : { parameters, own: { currentDecay, membraneDecay } };
  }

  /** The neuron of layers that have none of their own, and what is not as in the file. */
  finish(): { neuron: NeuronConfig; approximations: string[] } {
    const approximations = [...this.#approximations];
    if (this.#common === undefined) return { neuron: {}, approximations };
    const { currentDecay, membraneDecay, threshold, gain } = this.#common;
    const gains = { gain: "manual", currentGain: gain, membraneGain: 1, biasGain: 1 } as const;
    return { neuron: { currentDecay, membraneDecay, threshold, ...gains }, approximations };
  }

  #agree(found: Common): Common {
    this.#common ??= found;
    const { first: node, gain } = this.#common;
    if (!(gain > 0 && Number.isFinite(gain))) throw node.fault("r", `must give a gain above 0, got ${gain}`);
    return this.#common;
  }

  /** The decay that all entries of a field have. */
  #decay(node: NamedNode, field: string, units: number): number {
    const tau = node.numbers(field, units);
    const decay = this.#clock.decay(tau(0));
    if (decay === undefined) throw node.fault(field, `must be a time constant of at least a step, got ${tau(0)}`);
    for (let unit = 1; unit < units; unit++) {
      if (this.#clock.decay(tau(unit)) !== decay) throw node.fault(field, "must be the same for all neurons");
    }
    return decay;
  }

  /** Numbers that all places of a channel share. */
  #perFilter(node: NamedNode, field: string, units: number, filters: number): (filter: number) => number {
    const of = node.numbers(field, units);
    const places = units / filters;
    for (let unit = 0; unit < units; unit++) {
      if (!Number.isFinite(of(unit))) throw node.fault(field, `must be finite, got ${of(unit)}`);
      if (of(unit) !== of(unit - (unit % places))) throw node.fault(field, "must be the same at all places of a channel");
    }
    return (filter) => of(filter * places);
  }
}
