import type { Config, Encoding } from "../generated/config.js";

/** `full` is what the documentation shows; `quick` takes about a minute and shows the way, not the result. */
export type Scale = "full" | "quick";

/** Samples to learn from and to be judged by. */
export interface ExperimentData {
  /** A data set of the command line. */
  dataset: string;
  options?: Readonly<Record<string, unknown>>;
  /** How values become spikes; the data set's own way unless given. */
  encoding?: Encoding;
  /** Training samples at most, the first of the training part. */
  train?: number;
  /** Validation samples at most. */
  validation?: number;
  /** Test samples at most. */
  test?: number;
  /** Whether the seed of a run is the seed of its data, too. */
  isDrawnPerSeed?: boolean;
  /** Whether the training samples are also those to be judged by: how well are they learnt? */
  isRemembered?: boolean;
}

/** What chooses the epoch, on the validation data: an accuracy, the loss, or nothing where there is no validation data. */
export type Choice = "firstSpike" | "count" | "loss" | "last";

/** One setting of an experiment; every seed runs it. */
export interface Variant {
  /** What is compared: a rule, a recipe. */
  series: string;
  /** Where on the experiment's axis. */
  at?: number | string;
  /**
   * One of several tries at the same series and place, for example a learning rate. The one with the best mean validation
   * result stands for all.
   */
  attempt?: string;
  /** Without a seed. */
  config: Config;
  /** Instead of the experiment's. */
  data?: readonly ExperimentData[];
  choice?: Choice;
}

/** A figure of the results. */
export type Figure =
  | { type: "spread"; measure: string; title: string }
  | { type: "scatter"; x: string; y: string; title: string }
  | { type: "lines"; measure: string; title: string; isLogarithmic?: boolean }
  | { type: "epochs"; value: "loss" | "accuracy" | "spikes"; title: string };

/** A question, and the runs that answer it. */
export interface Experiment {
  name: string;
  /** One line for lists. */
  title: string;
  /** What is asked, and what to know when reading the answer. */
  question: string;
  /** Data in order of preference: the first that is at hand. */
  data(scale: Scale): readonly ExperimentData[];
  /** Runs of every variant unless told otherwise: seeds 1 to this. */
  seeds: Readonly<Record<Scale, number>>;
  choice: Choice;
  /** Name of what `at` says. */
  axis?: string;
  variants(scale: Scale): readonly Variant[];
  figures: readonly Figure[];
}

/** The name of a variant among those of its experiment. */
export function variantName({ series, at, attempt }: Pick<Variant, "series" | "at" | "attempt">): string {
  return [series, ...(at === undefined ? [] : [String(at)]), ...(attempt === undefined ? [] : [attempt])].join(", ");
}
