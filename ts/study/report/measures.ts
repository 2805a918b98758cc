import { accuracyBy, type Decision, decisionBy } from "../../decisions.js";
import { SpikeletError } from "../../errors.js";
import { type Json, valueAt } from "../../json.js";
import type { DoneRecord, RunRecord } from "../store/record.js";

/**
 * A figure of a run.
 *
 * @experimental
 */
export interface Measure {
  /** Column of the tables. */
  name: string;
  /** With its unit, for axes. */
  label: string;
  /** NaN where the record does not have it, as that of a run that failed. */
  of(record: RunRecord): number;
  /** Decimals that are worth reading. */
  digits: number;
  /** Whether only networks with a readout have it. */
  isOfReadout?: true;
}

const SINGLE: readonly Measure[] = [
  ...answers("", "Test", "test"),
  measured("loss", "Test loss", "result.test.loss", 4),
  measured("spikes", "Spikes a sample", "result.test.spikes.perSample", 1),
  measured("spikesUntilDecision", "Spikes a sample up to the decision", "result.test.spikes.untilDecision", 1),
  measured("decisionMean", "Step of the decision, mean", "result.test.decisionStep.mean", 1),
  measured("decisionMedian", "Step of the decision, median", "result.test.decisionStep.median", 1),
  measured("synapticOperations", "Synaptic operations a sample", "result.test.synapticOperations", 0),
  measured("epoch", "Chosen epoch", "result.bestEpoch", 1),
];

/** Measures of the validation data, in the epoch that they chose. */
export const VALIDATION: readonly Measure[] = [
  ...answers("validation", "Validation", "validation"),
  measured("validationLoss", "Validation loss", "result.validation.loss", 4),
];

/** Measures that differ from machine to machine. */
export const TIMES: readonly Measure[] = [
  measured("seconds", "Time of training and validation (s)", "ran.seconds", 1),
  measured("samplesPerSecond", "Training samples per second", "ran.samplesPerSecond", 0),
];

const BY_LAYER = [
  ["perUnit", "Spikes per unit", "result.test.spikes.perUnit"],
  ["perUnitUntilDecision", "Spikes per unit up to the decision", "result.test.spikes.untilDecisionPerUnit"],
  ["silentFraction", "Share of silent units", "result.test.silentFraction"],
] as const;

/** Every measure of the results of runs with that many spiking layers; those by layer count from 0, the input up. */
export function measures(layers: number): readonly Measure[] {
  const byLayer = BY_LAYER.flatMap((one) => Array.from({ length: layers }, (_, layer) => ofLayer(one, layer)));
  return [...SINGLE, ...byLayer];
}

/** Measures that records have a number for, and the two accuracies of spiking outputs. */
export function measuredIn(records: readonly RunRecord[], all: readonly Measure[]): readonly Measure[] {
  return all.filter((one) => !one.isOfReadout || records.some((record) => !Number.isNaN(one.of(record))));
}

/**
 * The measure of that name, which ends in the number of the layer where it is of a single layer: `firstSpike`, `spikes`, `perUnit0`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for a name that is none.
 * @experimental
 */
export function measure(name: string): Measure {
  const found = findMeasure(name);
  if (found === undefined)
    throw new SpikeletError("CONFIG_INVALID", "measure", `there is none of the name ${JSON.stringify(name)}`);
  return found;
}

/** The {@link measure} of a name; `undefined` for a name that is none. */
export function findMeasure(name: string): Measure | undefined {
  const [, kind, layer] = /^(\D+)(\d+)$/.exec(name) ?? [];
  const byLayer = BY_LAYER.find(([known]) => known === kind);
  return byLayer ? ofLayer(byLayer, Number(layer)) : [...SINGLE, ...VALIDATION, ...TIMES].find((one) => one.name === name);
}

/** Spiking layers of the deepest network. */
export function layersOf(records: readonly DoneRecord[]): number {
  return records.reduce((layers, { result }) => Math.max(layers, result.test.spikes.perUnit.length), 0);
}

/** How well networks answer, on a part of the data: each measure is of those that answer in that way. */
function answers(prefix: "" | "validation", part: string, path: "test" | "validation"): Measure[] {
  const named = (name: string) => (prefix === "" ? name : `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`);
  const accuracy = (decision: Exclude<Decision, "none">, words: string): Measure => ({
    name: named(decision),
    label: `${part} accuracy by ${words} (%)`,
    digits: 2,
    of: ({ result }) => {
      const metrics = result?.[path];
      return metrics ? 100 * accuracyBy(decision, metrics) : Number.NaN;
    },
  });
  return [
    {
      name: named("decision"),
      label: `${part} accuracy (%)`,
      digits: 2,
      of: ({ config, result }) => {
        const metrics = result?.[path];
        return metrics ? 100 * accuracyBy(decisionBy(valueAt(config, "loss.type")), metrics) : Number.NaN;
      },
    },
    accuracy("firstSpike", "first spike"),
    accuracy("count", "count"),
    { ...accuracy("membrane", "membrane"), isOfReadout: true },
    {
      ...measured(named("meanSquaredError"), `${part} mean squared error`, `result.${path}.meanSquaredError`, 4),
      isOfReadout: true,
    },
    { ...measured(named("rSquared"), `${part} R²`, `result.${path}.rSquared`, 3), isOfReadout: true },
  ];
}

function ofLayer([name, label, path]: (typeof BY_LAYER)[number], layer: number): Measure {
  return measured(`${name}${layer}`, `${label}, layer ${layer}`, `${path}[${layer}]`, 3);
}

/** The number at a path of the record. */
function measured(name: string, label: string, path: string, digits: number): Measure {
  return { name, label, digits, of: (record) => Number(valueAt(record as unknown as Json, path) ?? Number.NaN) };
}
