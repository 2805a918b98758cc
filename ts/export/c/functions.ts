import { type CFunction, type Decision, membraneDecision, spikeDecision } from "./decision.js";
import { type Draft, originsOf } from "./draft.js";
import { readsInput } from "./events.js";
import { type CLayer, isLayer } from "./network.js";
import { block, comment, type Lines } from "./text.js";

/** The functions of a network, in the order of the header. */
export function functionsOf(draft: Draft): CFunction[] {
  const output = draft.network.nodes.findLast(isLayer) as CLayer;
  return interfaceOf(draft, draft.network.isReadout ? readout(draft, output) : spikes(draft, output));
}

/** What of the outputs is read. */
interface Outcome {
  /** Statements after the nodes of a step. */
  after: Lines;
  /** What the step returns. */
  returned: string;
  answer: CFunction;
  decision: Decision;
}

function spikes(draft: Draft, { number, places }: CLayer): Outcome {
  const { name } = draft.style;
  const { units, count } = draft.list(number);
  const isPlain = places === 1 && !units.endsWith("]");
  const fired = isPlain ? units : draft.field(draft.unit, "fired", draft.network.outputs);
  const decision = spikeDecision(draft, fired);
  // Units of a convolution fire in the order in which they run.
  const sorted = [
    ...draft.now([number]),
    ...block(`for (int32_t k = 0, at; k < ${count}; k++)`, [
      `const ${draft.unit} unit = ${units}[k];`,
      `for (at = k; at > 0 && ${fired}[at - 1] > unit; at--) ${fired}[at] = ${fired}[at - 1];`,
      `${fired}[at] = unit;`,
    ]),
  ];
  return {
    after: [...(isPlain ? [] : sorted), `count = ${count};`],
    returned: "count",
    answer: {
      comment: comment("The outputs that fired at the last step, ascending; as many as that step returned."),
      head: `const ${draft.unit} *${name}_spikes(const ${name}_state *s)`,
      body: [`return ${fired};`],
    },
    decision,
  };
}

function readout(draft: Draft, { number }: CLayer): Outcome {
  const { name } = draft.style;
  const { outputs, membrane } = draft.network;
  return {
    after: [],
    returned: "0",
    answer: {
      comment: comment(`The membranes of the ${outputs} outputs after the last step.`),
      head: `const ${membrane} *${name}_membranes(const ${name}_state *s)`,
      body: [`return s->membrane${number};`],
    },
    decision: membraneDecision(draft, `s->membrane${number}`),
  };
}

function interfaceOf(draft: Draft, { after, returned, answer, decision }: Outcome): CFunction[] {
  const { style, network, unit } = draft;
  const [name, upper] = [style.name, style.name.toUpperCase()];
  const state = `${name}_state *s`;
  const { endsEarly, isReadout, nodes, sum } = network;
  const decides = decision.functions.length > 0;
  const refuse = [
    ...(draft.keepsInput ? [`if (count > ${upper}_MAX_EVENTS) return -1;`] : []),
    ...block("for (int32_t k = 0; k < count; k++)", [
      `if (units[k] >= ${upper}_INPUTS${sum === "float" ? " || (k > 0 && units[k] < units[k - 1])" : ""}) return -1;`,
    ]),
  ];
  const values = style.values ? ["const float *values"] : [];
  const parameters = [state, `const ${unit} *units`, ...values, "int32_t count"].join(", ");
  const calls = nodes.map((node) => `node${node.number}(s${readsInput(originsOf(node)) ? ", &input" : ""});`);
  return [
    {
      comment: comment("Goes back to before the first step: before the first sample too."),
      head: `void ${name}_reset(${state})`,
      body: ["memset(s, 0, sizeof *s);", ...(decides ? [`${name}_reset_decision(s);`] : [])],
    },
    ...(decides
      ? [
          {
            comment: comment("Makes the decision over the steps to come alone; the units keep their states."),
            head: `void ${name}_reset_decision(${state})`,
            body: decision.restart,
          },
        ]
      : []),
    {
      comment: comment(...stepComment(draft)),
      head: `int32_t ${name}_step(${parameters})`,
      body: [
        ...refuse,
        `const events input = {units, ${style.values ? "values, " : ""}count};`,
        ...calls,
        ...after,
        ...decision.tally,
        "s->step++;",
        `return ${returned};`,
      ],
    },
    answer,
    {
      comment: comment(
        endsEarly && !isReadout
          ? "Whether a sample is over: after its last step, or once every output has fired."
          : "Whether a sample is over: after its last step.",
      ),
      head: `int32_t ${name}_ended(const ${state})`,
      body: [`return s->step >= ${upper}_STEPS${endsEarly && !isReadout ? " || s->silent == 0" : ""};`],
    },
    ...decision.functions,
  ];
}

function stepComment(draft: Draft): string[] {
  const { network, style, keepsInput } = draft;
  const upper = style.name.toUpperCase();
  const isFloat = network.sum === "float";
  return [
    `Takes a step with the units of the input that fire at it${isFloat ? ", ascending" : ""}. A unit may be there several times.`,
    ...(style.values ? ["values: one for each of these events, finite; NULL where all are 1."] : []),
    `Returns ${network.isReadout ? "0" : "the number of outputs that fired"}; -1, without a step, for a unit that is not below ${upper}_INPUTS${isFloat ? " or out of order" : ""}${keepsInput ? `, and for more than ${upper}_MAX_EVENTS events` : ""}.`,
  ];
}
