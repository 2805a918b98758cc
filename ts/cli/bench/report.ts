import { median } from "../../spread.js";
import type { Measurement } from "./measure.js";
import { spread } from "./statistics.js";

/** One line of `spikelet bench --json`. */
export interface BenchLine {
  /** Name of the case, or of the configuration. */
  case: string;
  phase: "train" | "infer";
  backend: string;
  simd: string;
  threads: number;
  batch: number;
  /** Median of the repetitions. */
  samplesPerSecond: number;
  /** Interquartile range over median. */
  spread: number;
  repetitions: number;
  warmUpSeconds: number;
  /** Share of all processors' time that other processes took while this was measured. */
  othersShare: number;
  /** Time that reading, encoding and copying the data took; not part of the figures above. */
  dataSeconds: number;
  /** Arrays that were copied into the core. */
  dataBytes: number;
  /** Resident before there was a network: Node and the data. */
  baseMemoryBytes: number;
  /** Peak resident memory in this phase. */
  peakMemoryBytes: number;
  /** Spikes per unit and sample of each layer, the same in every repetition: a silent network would be fast. */
  spikesPerUnit: number[];
}

/** The figures of a measurement. */
export function figures({ rates, warmUpSeconds }: Measurement) {
  return { samplesPerSecond: median(rates), spread: spread(rates), repetitions: rates.length, warmUpSeconds };
}
