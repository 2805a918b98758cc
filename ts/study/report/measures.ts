import type { DoneRecord } from "../store/record.js";

/** A figure of a run. */
export interface Measure {
  /** Column of the tables. */
  name: string;
  /** With its unit, for axes. */
  label: string;
  of(record: DoneRecord): number;
  /** Decimals that are worth reading. */
  digits: number;
}

const SINGLE: readonly Measure[] = [
  {
    name: "firstSpike",
    label: "Test accuracy by first spike (%)",
    of: ({ result: { test } }) => 100 * test.accuracy.firstSpike,
    digits: 2,
  },
  { name: "count", label: "Test accuracy by count (%)", of: ({ result: { test } }) => 100 * test.accuracy.count, digits: 2 },
  { name: "loss", label: "Test loss", of: ({ result: { test } }) => test.loss, digits: 4 },
  { name: "spikes", label: "Spikes a sample", of: ({ result: { test } }) => test.spikes.perSample, digits: 1 },
  {
    name: "spikesUntilDecision",
    label: "Spikes a sample up to the decision",
    of: ({ result: { test } }) => test.spikes.untilDecision,
    digits: 1,
  },
  { name: "decisionMean", label: "Step of the decision, mean", of: ({ result: { test } }) => test.decisionStep.mean, digits: 1 },
  {
    name: "decisionMedian",
    label: "Step of the decision, median",
    of: ({ result: { test } }) => test.decisionStep.median,
    digits: 1,
  },
  {
    name: "synapticOperations",
    label: "Synaptic operations a sample",
    of: ({ result: { test } }) => test.synapticOperations,
    digits: 0,
  },
  { name: "epoch", label: "Chosen epoch", of: ({ result }) => result.bestEpoch, digits: 1 },
];

/** What differs from machine to machine. */
export const TIMES: readonly Measure[] = [
  { name: "seconds", label: "Time of training and validation (s)", of: ({ ran }) => ran.seconds, digits: 1 },
  { name: "samplesPerSecond", label: "Training samples a second", of: ({ ran }) => ran.samplesPerSecond, digits: 0 },
];

const BY_LAYER = [
  { name: "perUnit", label: "Spikes per unit", of: ({ result: { test } }: DoneRecord) => test.spikes.perUnit },
  {
    name: "perUnitUntilDecision",
    label: "Spikes per unit up to the decision",
    of: ({ result: { test } }: DoneRecord) => test.spikes.untilDecisionPerUnit,
  },
  { name: "silentFraction", label: "Share of silent units", of: ({ result: { test } }: DoneRecord) => test.silentFraction },
] as const;

/** Every measure of the results of runs with that many spiking layers; those by layer count from 0, the input up. */
export function measures(layers: number): readonly Measure[] {
  const byLayer = BY_LAYER.flatMap(({ name, label, of }) =>
    Array.from({ length: layers }, (_, layer) => ({
      name: `${name}${layer}`,
      label: `${label}, layer ${layer}`,
      of: (record: DoneRecord) => of(record)[layer] ?? Number.NaN,
      digits: 3,
    })),
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
export function layersOf(records: Iterable<DoneRecord>): number {
  let layers = 0;
  for (const { result } of records) layers = Math.max(layers, result.test.spikes.perUnit.length);
  return layers;
}
