import type { SpikeEvents } from "../spikes.js";
import type { Range } from "./ranges.js";
import type { SeriesInputs } from "./series.js";

/** Values in 0..1, `[sample][unit]`, with the ranges that they come from. */
export interface ScaledValues {
  values: Float32Array;
  ranges: readonly Range[];
}

/** Values in 0..1, `[sample][unit]`. */
export interface ValueInputs {
  kind: "values";
  values: Float32Array;
  units: number;
  /** Scales the numbers behind the values by the ranges of some samples, where they were scaled by those of all. */
  scaledBy?: ((rows: Uint32Array) => ScaledValues) | undefined;
}

/** Samples in memory: images or signals that an encoding turns into spikes, or spikes. */
export type HeldInputs =
  | { kind: "pixels"; pixels: Uint8Array; units: number }
  | ValueInputs
  | SeriesInputs
  | { kind: "events"; events: SpikeEvents };

/** What the samples are, in memory or elsewhere. */
export type DatasetInputs = HeldInputs | { kind: "stored"; store: SampleStore };

/** Targets of the output, one entry per sample. */
export interface DatasetTargets {
  /** Class of each sample. */
  labels?: Uint32Array;
  /** Target spike counts, `[sample][output]`. */
  counts?: Float32Array;
  /** Target membranes of a readout, `[sample][step][output]`. */
  series?: Float32Array;
  /** Target spike trains of the outputs. */
  trains?: SpikeEvents;
}

/** Samples that do not lie in memory and are read when they are needed. */
export interface SampleStore {
  /** What one sample is, as the inputs of none. */
  readonly empty: HeldInputs;
  /** Bytes of a sample on average. */
  readonly bytesPerSample: number;
  /** Names all samples with their targets by their content. */
  readonly identity: string;
  /**
   * The samples with these numbers, in this order, with their targets but for the labels, which are known.
   *
   * @throws {SpikeletError} `DATA_FORMAT` where they can't be read.
   */
  read(rows: Uint32Array): Promise<{ inputs: HeldInputs; targets: DatasetTargets }>;
}
