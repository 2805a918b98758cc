import type { TrainEvent as CoreEvent } from "./generated/config.js";
import type { Warning } from "./health/warning.js";

export type { CoreEvent };

/** What the host measured. */
export interface Pace {
  /** Seconds since the run started, without the time that the consumer of its events took. */
  seconds: number;
  /** Training samples per second in this epoch so far, without validation. */
  samplesPerSecond: number;
}

/** What a training run yields. Epochs and batches count from 1. */
export type TrainEvent = (CoreEvent | WarningEvent) & Pace;

/** A factor has been tried on the initial weights of a layer; only with `training.initialActivity`. */
export type InitializationEvent = Extract<CoreEvent, { type: "initialization" }>;

/** The parameters have been updated once. */
export type StepEvent = Extract<CoreEvent, { type: "step" }>;

/** Progress of the validation pass at the end of an epoch. */
export type ValidationEvent = Extract<CoreEvent, { type: "validation" }>;

/** An epoch has ended; the trainer is in the state that the event reports. */
export type EpochEndEvent = Extract<CoreEvent, { type: "epochEnd" }>;

/** The run is complete. */
export type FinishedEvent = Extract<CoreEvent, { type: "finished" }>;

/** Something seems to be wrong: silent or saturated layers, gradients or a loss out of bounds. */
export interface WarningEvent extends Warning {
  type: "warning";
  /** Epoch in which it was seen. */
  epoch: number;
}
