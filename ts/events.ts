import type { TrainEvent as CoreEvent } from "./generated/config.js";
import type { Warning } from "./health/warning.js";

export type { CoreEvent };

/** What the host measured. */
export interface Pace {
  /** Seconds since the run started, without the time its consumer took. */
  seconds: number;
  /** Training samples a second in this epoch so far, without validation. */
  samplesPerSecond: number;
}

/** What a training run yields. Epochs and batches count from 1. */
export type TrainEvent = (CoreEvent | WarningEvent) & Pace;

/** After a factor was tried on the weights of a layer, before the first update; only with `training.initialActivity`. */
export type InitializationEvent = Extract<CoreEvent, { type: "initialization" }>;

/** After one update of the parameters. */
export type StepEvent = Extract<CoreEvent, { type: "step" }>;

/** In the validation pass at the end of an epoch. */
export type ValidationEvent = Extract<CoreEvent, { type: "validation" }>;

/** At the end of an epoch; the trainer is in the state that it reports. */
export type EpochEndEvent = Extract<CoreEvent, { type: "epochEnd" }>;

/** Once, when nothing is left to do. */
export type FinishedEvent = Extract<CoreEvent, { type: "finished" }>;

/** When something seems to be wrong: silent or saturated layers, gradients or a loss out of bounds. */
export interface WarningEvent extends Warning {
  type: "warning";
  /** Epoch in which it was seen. */
  epoch: number;
}
