import type { Draft } from "./draft.js";
import { addExponential, addLogarithm } from "./exponential.js";
import { block, comment, double, type Lines } from "./text.js";

/** A function of the interface: what it does, and how it is written. */
export interface CFunction {
  comment: Lines;
  /** `TYPE NAME(PARAMETERS)`. */
  head: string;
  body: Lines;
}

/** What decides: fields of the state, the statements after each step, and functions. */
export interface Decision {
  /** Statements of a step. */
  tally: Lines;
  /** Statements that begin anew. */
  restart: Lines;
  functions: CFunction[];
}

/** Counts spikes of the outputs; `fired` is an expression of their list, `count` its length. */
export function spikeDecision(draft: Draft, fired: string): Decision {
  const { style, network } = draft;
  const { outputs, decided, endsEarly } = network;
  const [name, upper] = [style.name, style.name.toUpperCase()];
  draft.field("uint32_t", "counts", outputs);
  draft.field("int32_t", "first");
  draft.field("uint32_t", "first_step");
  if (endsEarly) draft.field("int32_t", "silent");
  const byFirst = decided.by === "firstSpike";
  const restart = [
    "memset(s->counts, 0, sizeof s->counts);",
    "s->first = -1;",
    ...(endsEarly ? [`s->silent = ${upper}_OUTPUTS;`] : []),
  ];
  return {
    tally: [
      ...block("if (s->first < 0 && count > 0)", [`s->first = ${fired}[0];`, "s->first_step = s->step;"]),
      ...block("for (int32_t k = 0; k < count; k++)", [
        ...(endsEarly ? [`if (s->counts[${fired}[k]] == 0) s->silent--;`] : []),
        `s->counts[${fired}[k]]++;`,
      ]),
    ],
    restart,
    functions: [
      {
        comment: comment("Spikes of each output since the start, or since decisions were restarted."),
        head: `const uint32_t *${name}_counts(const ${name}_state *s)`,
        body: ["return s->counts;"],
      },
      {
        comment: comment("The output that fired first, the lowest on ties; -1 without spikes."),
        head: `int32_t ${name}_by_first_spike(const ${name}_state *s)`,
        body: ["return s->first;"],
      },
      {
        comment: comment("The step of the first output spike; -1 without spikes."),
        head: `int32_t ${name}_first_spike_step(const ${name}_state *s)`,
        body: ["return s->first < 0 ? -1 : (int32_t)s->first_step;"],
      },
      {
        comment: comment("The output with the most spikes, the lowest on ties; -1 without spikes."),
        head: `int32_t ${name}_by_count(const ${name}_state *s)`,
        body: ["if (s->first < 0) return -1;", ...highest(upper, "uint32_t", (output) => `s->counts[${output}]`)],
      },
      {
        comment: comment(`The decision, by ${byFirst ? "the first spike" : "the number of spikes"}; -1 without spikes.`),
        head: `int32_t ${name}_decision(const ${name}_state *s)`,
        body: byFirst ? ["return s->first;"] : [`return ${name}_by_count(s);`],
      },
    ],
  };
}

/** The statistic of a readout's membranes, which stand at `membranes`. */
export function membraneDecision(draft: Draft, membranes: string): Decision {
  const { style, network } = draft;
  const { outputs, decided, sum } = network;
  if (decided.by !== "membrane") return { tally: [], restart: [], functions: [] };
  const [name, upper] = [style.name, style.name.toUpperCase()];
  const isFloat = sum === "float";
  const type = isFloat ? "double" : "int64_t";
  draft.field(type, "scores", outputs);
  draft.field("uint32_t", "decided");
  const weighs = decided.statistic === "expMean";
  if (weighs) draft.field("double", "weight");
  const mean = isFloat && ["mean", "each", "expMean"].includes(decided.statistic);
  const score = (output: string) => `s->scores[${output}]${mean ? (weighs ? " / s->weight" : " / s->decided") : ""}`;
  const what = WORDS[isFloat ? decided.statistic : decided.statistic === "each" ? "mean" : decided.statistic];
  const sums = isFloat ? what : what.replace("mean", "sum");
  return {
    tally: [...tally(draft, membranes), "s->decided++;"],
    restart: ["memset(s->scores, 0, sizeof s->scores);", "s->decided = 0;", ...(weighs ? ["s->weight = 0;"] : [])],
    functions: [
      {
        comment: comment(`The ${sums} of an output's membrane over the steps so far, at least one.`),
        head: `${type} ${name}_score(const ${name}_state *s, int32_t output)`,
        body: [`return ${score("output")};`],
      },
      {
        comment: comment("The decision: the output with the largest score, the lowest on ties; -1 before the first step."),
        head: `int32_t ${name}_decision(const ${name}_state *s)`,
        body: ["if (s->decided == 0) return -1;", ...highest(upper, type, score)],
      },
    ],
  };
}

const WORDS = {
  mean: "mean",
  max: "largest value",
  last: "last value",
  softmaxSum: "sum of the softmax",
  each: "mean of the log softmax",
  expMean: "weighted mean",
};

function highest(upper: string, type: string, value: (output: string) => string): Lines {
  return [
    "int32_t best = 0;",
    ...block(`for (int32_t output = 1; output < ${upper}_OUTPUTS; output++)`, [
      `const ${type} score = ${value("output")}, highest = ${value("best")};`,
      "if (score > highest) best = output;",
    ]),
    "return best;",
  ];
}

function tally(draft: Draft, membranes: string): Lines {
  const { outputs, decided, sum } = draft.network;
  const isFloat = sum === "float";
  const all = (...body: string[]) => block(`for (int32_t k = 0; k < ${outputs}; k++)`, body);
  const y = `${membranes}[k]`;
  switch (decided.statistic) {
    case "max":
      return all(`if (s->decided == 0 || ${y} > s->scores[k]) s->scores[k] = ${y};`);
    case "last":
      return all(`s->scores[k] = ${y};`);
    case "expMean":
      addExponential(draft);
      return [
        `const double weight = exponential(${double(-decided.decayRate)} * s->decided);`,
        ...all(`s->scores[k] += weight * ${y};`),
        "s->weight += weight;",
      ];
    case "mean":
      return all(`s->scores[k] += ${y};`);
    default:
      return isFloat ? softmax(draft, membranes) : all(`s->scores[k] += ${y};`);
  }
}

/** The sum of the softmax of the membranes, or of the logarithm of that of β times the membranes. */
function softmax(draft: Draft, membranes: string): Lines {
  const { outputs, decided } = draft.network;
  const isEach = decided.statistic === "each";
  const y = (k: string) => `${isEach ? `${double(decided.inverseTemperature)} * ` : ""}${membranes}[${k}]`;
  const all = (...body: string[]) => block(`for (int32_t k = 0; k < ${outputs}; k++)`, body);
  addExponential(draft);
  if (isEach) addLogarithm(draft);
  return [
    `double highest = ${y("0")}, total = 0;`,
    ...all(`if (${y("k")} > highest) highest = ${y("k")};`),
    ...all(`total += exponential(${y("k")} - highest);`),
    ...(isEach
      ? all(`s->scores[k] += ${y("k")} - (highest + logarithm(total));`)
      : all(`s->scores[k] += exponential(${y("k")} - highest) / total;`)),
  ];
}
