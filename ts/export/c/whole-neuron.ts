import { ONCE } from "../../infer/description.js";
import type { Draft } from "./draft.js";
import { typeOfSteps } from "./float-neuron.js";
import type { CLayer, WholeConstants } from "./network.js";
import type { Neuron } from "./neuron.js";
import { block, type Lines } from "./text.js";

/**
 * Units in whole numbers (specification 20.2):
 *
 * ```text
 * I = sat(I A_i + 2^F X)   V = sat(c A_v + I / 2^F' + b)   h = sat(h A_ρ + k S[t − 1])   V ≥ θ + h fires
 * ```
 */
export class WholeNeuron implements Neuron {
  readonly name: string;
  readonly fires: boolean;
  readonly #of: WholeConstants;

  constructor(constants: WholeConstants) {
    this.#of = constants;
    this.fires = constants.threshold !== undefined;
    this.name = constants.adaptation ? "ALIF" : this.fires ? "LIF" : "leaky";
  }

  before(draft: Draft, { number, units }: CLayer): Lines {
    const { stateBits, adaptation, refractory } = this.#of;
    const state = `int${stateBits}_t`;
    for (const name of ["current", "membrane"]) draft.field(state, `${name}${number}`, units);
    if (adaptation) {
      draft.field(state, `adaptation${number}`, units);
      draft.field("uint8_t", `fired${number}`, units);
    }
    if (this.fires && refractory > 0) draft.field(typeOfSteps(refractory), `blocked${number}`, units);
    helpers(draft, stateBits);
    return [];
  }

  update(draft: Draft, { number }: CLayer, channel: string, fire: Lines): Lines {
    const { stateBits, weightShift, currentShift, currentDecay, membraneDecay, bias, threshold, reset } = this.#of;
    const constant: Constant = (name, values) => {
      const bounded = values.map((value) => withinReach(value, stateBits));
      return draft.constant("int32_t", `${name}${number}`, bounded, channel, String);
    };
    const [current, membrane] = [`s->current${number}[k]`, `s->membrane${number}[k]`];
    const arriving = stateBits === 16 ? `bounded(s->arriving[k], ${reachOf(weightShift)})` : "(int64_t)s->arriving[k]";
    const driven = currentShift === 0 ? "i" : `i / ${2 ** currentShift}`;
    const cast = stateBits === 16 ? "(int16_t)" : "";
    return [
      `${reset === "all" && this.fires ? "" : "const "}int32_t i = ` +
        `saturated(decayed(${current}, ${constant("current_decay", currentDecay)}) + ${arriving} * ${2 ** weightShift});`,
      "s->arriving[k] = 0;",
      `${this.fires ? "" : "const "}int32_t v = ` +
        `saturated(decayed(${membrane}, ${constant("membrane_decay", membraneDecay)}) + ${driven} + ${constant("bias", bias)});`,
      ...(threshold === undefined ? [] : this.#spike(number, constant("threshold", threshold), constant, fire)),
      `${current} = ${cast}i;`,
      `${membrane} = ${cast}v;`,
    ];
  }

  /** What follows from V: adaptation, block, spike and reset. */
  #spike(number: number, threshold: string, constant: Constant, fire: Lines): Lines {
    const { stateBits, adaptation, reset, refractory } = this.#of;
    const [raised, fired, blocked] = [`s->adaptation${number}[k]`, `s->fired${number}[k]`, `s->blocked${number}[k]`];
    const [wide, cast] = stateBits === 16 ? ["int32_t", "(int16_t)"] : ["int64_t", "(int32_t)"];
    const theta = adaptation ? `${threshold} + h` : threshold;
    const below = `saturated(${stateBits === 16 ? "" : "(int64_t)"}v - (${theta}))`;
    const once = refractory === ONCE;
    return [
      ...(adaptation
        ? [
            `const int32_t raise = ${fired} ? ${constant("adaptation_strength", adaptation.strength)} : 0;`,
            `const ${wide} h = saturated(decayed(${raised}, ${constant("adaptation_decay", adaptation.decay)}) + raise);`,
            `${raised} = ${cast}h;`,
            `${fired} = 0;`,
          ]
        : []),
      ...(refractory > 0 ? block(`if (${blocked} > 0)`, ["v = 0;", ...(once ? [] : [`${blocked}--;`])]).slice(0, -1) : []),
      ...block(`${refractory > 0 ? "} else " : ""}if (v >= ${theta})`, [
        ...fire,
        ...(adaptation ? [`${fired} = 1;`] : []),
        ...(refractory > 0 ? [`${blocked} = ${once ? 1 : refractory};`] : []),
        ...(reset === "all" ? ["i = 0;"] : []),
        ...(reset === "none" ? [] : [`v = ${reset === "subtract" ? below : 0};`]),
      ]),
    ];
  }
}

/** An expression of a constant of a unit. */
type Constant = (name: string, values: number[]) => string;

/** Largest state of 16 bits. */
const MAX = 0x7fff;

/** A constant as it may be added to states of 16 bits in a sum of 32: what is further out saturates too. */
function withinReach(value: number, stateBits: number): number {
  return stateBits === 16 ? Math.max(-3 * MAX, Math.min(3 * MAX, value)) : value;
}

/** Largest magnitude of an X of which 2^F X does not saturate whatever state it is added to. */
function reachOf(weightShift: number): number {
  return Math.ceil((2 * MAX) / 2 ** weightShift);
}

/** sat and the decay of a state; quotients are truncated towards zero. */
function helpers(draft: Draft, stateBits: number): void {
  const [max, wide] = stateBits === 16 ? [MAX, "int32_t"] : [0x7fff_ffff, "int64_t"];
  draft.helper("saturated", () =>
    block(`static int32_t saturated(${wide} x)`, [`return x > ${max} ? ${max} : x < -${max} ? -${max} : (int32_t)x;`]),
  );
  draft.helper("decayed", () =>
    block(`static ${wide} decayed(int32_t state, int32_t decay)`, [`return (${wide})state * decay / 32768;`]),
  );
  if (stateBits !== 16) return;
  draft.helper("bounded", () =>
    block("static int32_t bounded(int32_t x, int32_t reach)", ["return x > reach ? reach : x < -reach ? -reach : x;"]),
  );
}
