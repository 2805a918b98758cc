import type { Config, LayerConfig, LossConfig, NeuronConfig, RuleConfig } from "spikelet";
import { encode } from "spikelet";
import type { BestBy, JsonObject } from "spikelet/study";
import type { Experiment, ExperimentData, Scale, Tuning, Variant } from "../experiment.js";

/** Steps of a hop: with 10 ms each, a second. */
const STEPS = 100;
/** Chosen on the validation part: what other thresholds and numbers of bands reach is in the notes. */
const MELS = 20;
const SOUND = encode.logMel({
  window: 256,
  hop: 80,
  mels: MELS,
  encoding: encode.delta({ threshold: 0.5, maxSpikes: 5, start: -7 }),
});

/**
 * Adaptation currents whose decays and couplings are learnt by unit. Couplings start where those of Baronig et al. 2024 do: up to
 * 120 for the membrane and 240 for spikes.
 */
const adaptive = (units: number): NeuronConfig => ({
  type: "adlif",
  adaptationDecay: new Array(units).fill(0.95),
  subthresholdCoupling: spreadUp(units, 120, 0.618),
  spikeCoupling: spreadUp(units, 240, 0.755),
  learn: ["adaptationDecay", "subthresholdCoupling", "spikeCoupling"],
});

/** Numbers evenly spread from 0 to `most`, in the order of a sequence of low discrepancy. */
const spreadUp = (count: number, most: number, step: number) => {
  return Array.from({ length: count }, (_, k) => Math.round(100 * most * ((k * step) % 1)) / 100);
};

/** A hidden layer: its units, and what differs from leaky integrate-and-fire. */
const NETWORKS = {
  LIF: (units) => ({ type: "dense", units }),
  /** Half as many units have about as many weights. */
  recurrent: (units) => ({ type: "dense", units: units / 2, recurrent: true }),
  ALIF: (units) => ({ type: "dense", units, neuron: { type: "alif" } }),
  "recurrent ALIF": (units) => ({ type: "dense", units: units / 2, recurrent: true, neuron: { type: "alif" } }),
  adLIF: (units) => ({ type: "dense", units, neuron: adaptive(units) }),
  "recurrent adLIF": (units) => ({ type: "dense", units: units / 2, recurrent: true, neuron: adaptive(units / 2) }),
  delays: (units) => ({ type: "dense", units, delays: { max: 20, learn: true } }),
  "learnt decays": (units) => ({
    type: "dense",
    units,
    neuron: {
      membraneDecay: new Array(units).fill(0.95),
      currentDecay: new Array(units).fill(0.8),
      learn: ["membraneDecay", "currentDecay"],
    },
  }),
} as const satisfies Record<string, (units: number) => LayerConfig>;

/** Hidden layers that meet every rule and answer. */
const COMPARED = ["LIF", "recurrent", "ALIF", "delays", "learnt decays"] as const;

/** A loss, what is searched of it, and the decision that it trains. */
interface Answer {
  bestBy: BestBy;
  loss: LossConfig;
  output: NeuronConfig;
  search: JsonObject;
}

const readout = (statistic: "mean" | "max"): Answer => ({
  bestBy: "membrane",
  loss: { type: "membrane", statistic },
  output: { type: "leaky" },
  search: { "loss.inverseTemperature": { from: 1, to: 10, scale: "log" } },
});

const ANSWERS = {
  readout: readout("mean"),
  "largest membrane": readout("max"),
  count: { bestBy: "count", loss: { type: "count" }, output: {}, search: { "loss.positive": [5, 10] } },
  "first spike": {
    bestBy: "firstSpike",
    loss: { type: "latency", endSimulation: "off" },
    output: {},
    search: {
      "loss.inverseTemperature": { from: 0.1, to: 1, scale: "log" },
      "training.initialActivity": [null, { spikesPerUnit: 2 }],
      "training.silentUnitUpdate.strength": [1, 10],
    },
  },
} as const satisfies Record<string, Answer>;

const SURROGATE = { type: "exponential" } as const;
const RULES = {
  activation: { type: "activation", surrogate: SURROGATE },
  ANTLR: { type: "antlr", surrogate: SURROGATE },
  EventProp: { type: "eventProp" },
} as const satisfies Record<string, RuleConfig>;

/**
 * Each rule with losses that it sees, the most telling first. Activation cannot tell what moves a first spike. Spike times change
 * no count, and the mean of a membrane over all steps hardly: EventProp sees the largest instead.
 */
const PAIRS: readonly (readonly [keyof typeof RULES, keyof typeof ANSWERS])[] = [
  ["activation", "readout"],
  ["ANTLR", "first spike"],
  ["activation", "count"],
  ["EventProp", "largest membrane"],
  ["ANTLR", "readout"],
  ["EventProp", "first spike"],
];

/** What is searched for every variant alike; the surrogate and the bound of slopes where the rule has them. */
const SEARCH: JsonObject = {
  "optimizer.learningRate": { from: 0.0007, to: 0.006, scale: "log" },
  "network.neuron.membraneDecay": [0.9, 0.95, 0.98],
};
/** The scale decides whether recurrent layers learn: gradients that are too large for many steps bury the others. */
const SURROGATES: JsonObject = {
  "rule.surrogate.scale": [0.1, 0.3, 1],
  "rule.surrogate.sharpness": { from: 2, to: 8, scale: "log" },
};
const SLOPES: JsonObject = { "rule.slopeFloor": [0.1, 0.3, 1] };

function variant(scale: Scale, network: keyof typeof NETWORKS, pair: (typeof PAIRS)[number], units = 256): Variant {
  return { series: network, ...spokenVariant(scale, [NETWORKS[network](scale === "quick" ? 64 : units)], pair) };
}

/** Hidden layers with a rule and an answer, and what is searched for them. */
export function spokenVariant(
  scale: Scale,
  hidden: readonly LayerConfig[],
  pair: (typeof PAIRS)[number],
  input: Config["network"]["input"] = 2 * MELS,
): Required<Pick<Variant, "at" | "bestBy" | "config" | "search">> {
  const [rule, answer]: [RuleConfig, Answer] = [RULES[pair[0]], ANSWERS[pair[1]]];
  const isQuick = scale === "quick";
  const config: Config = {
    network: {
      input,
      steps: STEPS,
      layers: [...hidden, { type: "dense", units: 10, neuron: answer.output }],
      neuron: { membraneDecay: 0.95, currentDecay: 0.8 },
    },
    rule,
    loss: answer.loss,
    optimizer: { type: "adam", learningRate: 0.002 },
    schedule: { type: "cosine" },
    training: {
      batchSize: 32,
      epochs: isQuick ? 3 : 8,
      silentUnitUpdate: { rules: "all", strength: answer.output.type ? 0 : 1 },
    },
  };
  const search = {
    ...SEARCH,
    ...answer.search,
    ...("surrogate" in rule ? SURROGATES : {}),
    ...(rule.type === "activation" ? {} : SLOPES),
  };
  return { at: `${pair[0]}, ${pair[1]}`, bestBy: answer.bestBy, config, search };
}

/** Recordings 0 to 4 of every digit and speaker are the test, 5 to 9 the validation. */
const OFFICIAL: JsonObject = { validation: "everyone" };

/** The recordings with so many variations of each of the training part. */
export function spokenData(copies: number, options: JsonObject = OFFICIAL): ExperimentData[] {
  return [{ dataset: "spokenDigits", options: { ...options, copies }, encoding: SOUND }];
}

/** Trials of every variant: 12 for two epochs, the best 3 for six with two seeds. Without variations, as they take their time. */
export function spokenTuning(scale: Scale, options: JsonObject = OFFICIAL): Tuning {
  const isQuick = scale === "quick";
  return {
    trials: isQuick ? 2 : 12,
    seed: 1,
    seeds: isQuick ? [101] : [101, 102],
    halving: isQuick ? { epochs: [1, 2], keep: 0.5 } : { epochs: [2, 6], keep: 1 / 4, seeds: [1, 2] },
    data: spokenData(0, options),
  };
}

export const spokenDigits: Experiment = {
  name: "spoken-digits",
  title: "spoken digits: neurons, rules and answers, 40-256-10 over a second of sound",
  question:
    "The Free Spoken Digit Dataset as log-mel features, a spike for every change by a threshold, 100 steps of 10 ms; the official split, whose test is of voices that " +
    "were heard in training. Each kind of hidden layer with each rule and a loss that it sees; settings are searched for every variant with the same 12 trials by " +
    "successive halving, ranked by validation recordings with seeds 101 and 102. The best learn 2,400 recordings and two variations of each.",
  data: (scale) => spokenData(scale === "quick" ? 0 : 2),
  seeds: { quick: 1, full: 5 },
  bestBy: "count",
  axis: "Rule and answer",
  tuning: (scale) => spokenTuning(scale),
  variants: (scale) =>
    PAIRS.flatMap((pair, k) =>
      COMPARED.filter((network) => scale === "full" || network === "LIF" || k === 0).map((network) =>
        variant(scale, network, pair),
      ),
    ),
  figures: [
    { type: "scatter", x: "spikes", y: "count", title: "Accuracy by count against spikes" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};

/** Each of the published speakers is held out for the test once, and another for the validation. */
const HELD_OUT = [
  { heldOut: "george", validation: "jackson" },
  { heldOut: "jackson", validation: "lucas" },
  { heldOut: "lucas", validation: "nicolas" },
  { heldOut: "nicolas", validation: "theo" },
  { heldOut: "theo", validation: "yweweler" },
  { heldOut: "yweweler", validation: "george" },
] as const;

/** What every speaker, and the official split, is asked of. */
const PLACES = [
  { at: "official", options: OFFICIAL },
  ...HELD_OUT.map((options) => ({ at: options.heldOut, options: { ...options } })),
];

/** Twice as many units and five variations: what the best by validation reaches with more of both. */
const [UNITS, COPIES] = [512, 5];

/** The hidden layers from which validation speakers choose, with the rule and answer that were best by validation in `spoken-digits`. */
const CANDIDATES = Object.keys(NETWORKS) as (keyof typeof NETWORKS)[];

export const spokenVoices: Experiment = {
  name: "spoken-voices",
  title: "spoken digits of speakers who were never heard, 40-512-10",
  question:
    "As spoken-digits, with more units and variations: on the official split, and with each speaker in turn held out for the test and another for the validation, which " +
    "chooses the settings and the epoch; neither meets the speaker of the test.",
  data: () => spokenData(0),
  seeds: { quick: 1, full: 5 },
  bestBy: "membrane",
  axis: "Speaker of the test",
  tuning: (scale) => spokenTuning(scale),
  variants: (scale) =>
    CANDIDATES.slice(0, scale === "quick" ? 1 : undefined).flatMap((network) =>
      PLACES.slice(0, scale === "quick" ? 2 : undefined).map(({ at, options }): Variant => {
        const others = variant(scale, network, ["activation", "readout"], UNITS);
        const parts = { data: spokenData(scale === "quick" ? 0 : COPIES, options), tunedOn: spokenData(0, options) };
        return { ...others, ...parts, at };
      }),
    ),
  figures: [{ type: "epochs", value: "accuracy", title: "Learning" }],
};
