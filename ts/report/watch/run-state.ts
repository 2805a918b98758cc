import type { Decision } from "../../decisions.js";
import type { StepEvent, WarningEvent } from "../../events.js";
import type { EpochRecord } from "../../generated/config.js";
import type { LossPoint } from "./step-history.js";

/** A step as the page shows it. */
export type StepState = StepEvent & { samplesPerSecond: number };

/** How a training ended. */
export type RunEnd = "finished" | "interrupted" | "failed";

/** State of a training, by its events. */
export interface RunState {
  isStarted: boolean;
  /** The decision that the loss trains; `undefined` where that is not known. */
  decision: Decision | undefined;
  epochs: readonly EpochRecord[];
  /** Epochs of the whole training, where they are known. */
  totalEpochs: number | undefined;
  /** The loss over the updates so far. */
  losses: readonly LossPoint[];
  /** The latest known step of the epoch under way. */
  step: StepState | undefined;
  warnings: readonly WarningEvent[];
  /** `undefined` while it runs, or where it was killed. */
  end: RunEnd | undefined;
  /** Why it failed. */
  failure: string | undefined;
  /** When the last event came, as an ISO 8601 date. */
  time: string | undefined;
}
