import type { ResolvedConfig } from "../config.js";
import type { Encoding, EpochRecord, Metrics } from "../generated/config.js";
import type { Choice } from "./experiment.js";

/** The data of a run. */
export interface DataRecord {
  dataset: string;
  /** What the data set calls itself. */
  name: string;
  encoding: Encoding | null;
  /** Samples of each part. */
  train: number;
  validation: number;
  test: number;
  /** SHA-256 of everything in them, in hexadecimal. */
  hash: string;
}

/** A finished run. All but `cost` and `backend` are the same on every machine. */
export interface RunRecord {
  /** Follows from configuration, data and choice of the epoch. */
  id: string;
  experiment: string;
  series: string;
  at: number | string | null;
  attempt: string | null;
  seed: number;
  config: ResolvedConfig;
  data: DataRecord;
  epochs: EpochRecord[];
  /** The epoch whose weights were tested. */
  chosen: { epoch: number; by: Choice };
  test: Metrics;
  cost: { seconds: number; samplesPerSecond: number };
  backend: { kind: string; simd: string; threads: number };
  version: string;
}

/** What is compared where two runs should be the same. */
export function withoutCost({ cost: _, backend: __, ...same }: RunRecord): Omit<RunRecord, "cost" | "backend"> {
  return same;
}
