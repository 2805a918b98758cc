import { type Json, valueAt } from "../../json.js";
import type { DoneRecord, RunRecord } from "../store/record.js";

/** A figure of a run. */
export interface Measure {
  /** Column of the tables. */
  name: string;
  /** With its unit, for axes. */
  label: string;
  /** NaN where the record does not have it, as that of a run that failed. */
  of(record: RunRecord): number;
  /** Decimals that are worth reading. */
  digits: number;
}

const SINGLE: readonly Measure[] = [
  measured("firstSpike", "Test accuracy by first spike (%)", "result.test.accuracy.firstSpike", 2, 100),
  measured("count", "Test accuracy by count (%)", "result.test.accuracy.count", 2, 100),
  measured("loss", "Test loss", "result.test.loss", 4),
  measured("spikes", "Spikes a sample", "result.test.spikes.perSample", 1),
  measured("spikesUntilDecision", "Spikes a sample up to the decision", "result.test.spikes.untilDecision", 1),
  measured("decisionMean", "Step of the decision, mean", "result.test.decisionStep.mean", 1),
  measured("decisionMedian", "Step of the decision, median", "result.test.decisionStep.median", 1),
  measured("synapticOperations", "Synaptic operations a sample", "result.test.synapticOperations", 0),
  measured("epoch", "Chosen epoch", "result.bestEpoch", 1),
];

/** Of the validation data, in the epoch that they chose. */
export const VALIDATION: readonly Measure[] = [
  measured("validationFirstSpike", "Validation accuracy by first spike (%)", "result.validation.accuracy.firstSpike", 2, 100),
  measured("validationCount", "Validation accuracy by count (%)", "result.validation.accuracy.count", 2, 100),
  measured("validationLoss", "Validation loss", "result.validation.loss", 4),
];

/** What differs from machine to machine. */
export const TIMES: readonly Measure[] = [
  measured("seconds", "Time of training and validation (s)", "ran.seconds", 1),
  measured("samplesPerSecond", "Training samples a second", "ran.samplesPerSecond", 0),
];

const BY_LAYER = [
  ["perUnit", "Spikes per unit", "result.test.spikes.perUnit"],
  ["perUnitUntilDecision", "Spikes per unit up to the decision", "result.test.spikes.untilDecisionPerUnit"],
  ["silentFraction", "Share of silent units", "result.test.silentFraction"],
] as const;

/** Every measure of the results of runs with that many spiking layers; those by layer count from 0, the input up. */
export function measures(layers: number): readonly Measure[] {
  const byLayer = BY_LAYER.flatMap(([name, label, path]) =>
    Array.from({ length: layers }, (_, k) => measured(`${name}${k}`, `${label}, layer ${k}`, `${path}[${k}]`, 3)),
  );
  return [...SINGLE, ...byLayer];
}

/** The measure of that name. */
export function measure(name: string): Measure {
  const found = [...measures(9), ...TIMES].find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`there is no measure "${name}"`);
  return found;
}

/** Spiking layers of the deepest network. */
export function layersOf(records: readonly DoneRecord[]): number {
  return records.reduce((layers, { result }) => Math.max(layers, result.test.spikes.perUnit.length), 0);
}

/** The number at a path of the record, times `factor`. */
function measured(name: string, label: string, path: string, digits: number, factor = 1): Measure {
  return { name, label, digits, of: (record) => factor * Number(valueAt(record as unknown as Json, path) ?? Number.NaN) };
}
