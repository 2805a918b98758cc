import { ADLIF, ALIF, type Layer, LEAKY, ONCE, RESET_ALL, RESET_SUBTRACT } from "../../infer/description.js";
import { scaleOfSums } from "./connections.js";
import type { Draft } from "./draft.js";
import type { CLayer } from "./network.js";
import type { Neuron } from "./neuron.js";
import { block, float, type Lines } from "./text.js";

const NAMES = ["LIF", "leaky", "ALIF", "adLIF"];
/** States of smaller magnitude become 0 every so many steps. */
const FLOOR_EVERY = 16;

/**
 * Units in single precision, with the operations and their order of the model file:
 *
 * ```text
 * J = αᵢ J + γ X,   V = αᵥ c + J + b,   V ≥ θ fires         c: V after the reset
 * ALIF:   θ = threshold + κ a,   a = ρ a + S
 * adLIF:  V loses (1 − αᵥ) w,   w = ρ w + u,   u = (1 − ρ) (a c + b S) of this step (symplectic), or of the one before
 * ```
 */
export class FloatNeuron implements Neuron {
  readonly name: string;
  readonly fires: boolean;
  readonly #of: Layer;

  constructor(layer: Layer) {
    this.#of = layer;
    this.name = NAMES[layer.kind] as string;
    this.fires = layer.kind !== LEAKY;
  }

  before(draft: Draft, { number, units }: CLayer): Lines {
    const { kind, refractory } = this.#of;
    const states = ["current", "membrane"];
    if (kind === ALIF || kind === ADLIF) states.push("adaptation");
    if (kind === ADLIF && this.#isForward()) states.push("pending");
    for (const state of states) draft.field("float", `${state}${number}`, units);
    if (this.fires && refractory > 0) draft.field(typeOfSteps(refractory), `blocked${number}`, units);
    draft.helper("flush", () =>
      block("static void flush(float *states, int32_t count)", [
        "for (int32_t k = 0; k < count; k++)",
        "  if (states[k] < 1e-20f && states[k] > -1e-20f) states[k] = 0;",
      ]),
    );
    return block(
      `if (s->step % ${FLOOR_EVERY} == 0)`,
      states.map((state) => `flush(s->${state}${number}, ${units});`),
    );
  }

  update(draft: Draft, layer: CLayer, channel: string, fire: Lines): Lines {
    const { kind, reset, refractory, constants, drives } = this.#of;
    const { number } = layer;
    const constant = (name: string, values: Float32Array) => draft.constant("float", `${name}${number}`, values, channel, float);
    const of = (name: string, which: number) => constant(name, constants[which] as Float32Array);
    const [current, membrane] = [`s->current${number}[k]`, `s->membrane${number}[k]`];
    const scale = scaleOfSums(layer);
    const x = scale === 1 ? "s->arriving[k]" : `(0.0f + ${float(scale)} * s->arriving[k])`;
    const decay = of("membrane_decay", 1);
    const integrate = [
      `${this.fires && reset === RESET_ALL ? "" : "const "}float j = ${current} * ${of("current_decay", 0)} + ${x} * ${of("gain", 2)};`,
      "s->arriving[k] = 0;",
    ];
    const v = `${membrane} * ${decay} + j + ${constant("bias", drives)}`;
    if (!this.fires) return [...integrate, `${current} = j;`, `${membrane} = ${v};`];

    const [adaptation, blocked] = [`s->adaptation${number}[k]`, `s->blocked${number}[k]`];
    const threshold = of("threshold", 4);
    const raised = kind === ALIF ? `${threshold} + ${adaptation} * ${of("adaptation_strength", 6)}` : threshold;
    const theta = raised === threshold ? threshold : "theta";
    const adapts = kind === ALIF || kind === ADLIF;
    const once = refractory === ONCE;
    return [
      ...integrate,
      `float v = ${v};`,
      ...(kind === ADLIF ? [`v = v + (0.0f - (1.0f - ${decay}) * ${adaptation});`] : []),
      ...(refractory > 0 ? block(`if (${blocked} > 0)`, ["v = 0;", ...(once ? [] : [`${blocked}--;`])]) : []),
      ...(theta === threshold ? [] : [`const float theta = ${raised};`]),
      ...(adapts ? [`const int fires = v >= ${theta};`] : []),
      ...block(adapts ? "if (fires)" : `if (v >= ${theta})`, [
        ...fire,
        ...(refractory > 0 ? [`${blocked} = ${once ? 1 : refractory};`] : []),
        ...(reset === RESET_ALL ? ["j = 0;"] : []),
        reset === RESET_SUBTRACT ? `v = v - ${theta} * ${of("drop", 3)};` : "v = 0;",
      ]),
      `${current} = j;`,
      `${membrane} = v;`,
      ...(kind === ALIF ? [`${adaptation} = ${adaptation} * ${of("adaptation_decay", 5)} + (fires ? 1.0f : 0.0f);`] : []),
      ...(kind === ADLIF ? this.#adapt(number, of) : []),
    ];
  }

  /** w = ρ w + u. */
  #adapt(number: number, of: (name: string, which: number) => string): Lines {
    const [adaptation, pending] = [`s->adaptation${number}[k]`, `s->pending${number}[k]`];
    const rho = of("adaptation_decay", 5);
    const coupled = `${of("subthreshold_coupling", 6)} * v + (fires ? ${of("spike_coupling", 7)} : 0.0f)`;
    const symplectic = this.#of.constants[8] as Float32Array;
    if (!this.#isForward()) return [`${adaptation} = ${adaptation} * ${rho} + (1.0f - ${rho}) * (${coupled});`];
    const isMixed = symplectic.some((flag) => flag !== 0);
    const taken = isMixed ? `(${of("symplectic", 8)} != 0 ? u : ${pending})` : pending;
    return [
      `const float u = (1.0f - ${rho}) * (${coupled});`,
      `${adaptation} = ${adaptation} * ${rho} + ${taken};`,
      `${pending} = u;`,
    ];
  }

  /** Whether a unit takes the coupling of the step before. */
  #isForward(): boolean {
    return (this.#of.constants[8] as Float32Array).some((flag) => flag === 0);
  }
}

/** The smallest type for a number of steps; of a unit that fires once a flag is kept. */
export function typeOfSteps(steps: number): string {
  return steps === ONCE || steps < 2 ** 8 ? "uint8_t" : steps < 2 ** 16 ? "uint16_t" : "uint32_t";
}
