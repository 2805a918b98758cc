import { type Decision, decisionOf, isLoss } from "../../decisions.js";
import type { WarningEvent } from "../../events.js";
import type { EpochRecord, LossConfig } from "../../generated/config.js";
import { isObject, type Json, type JsonObject, valueAt } from "../../json.js";
import type { StepState } from "../../report/watch/run-state.js";

/** The event as a step; `undefined` where it lacks something that is shown. */
export function loggedStep(event: JsonObject): StepState | undefined {
  const { epoch, batch, batches, step, loss, samplesPerSecond, running } = event;
  if (!isObject(running) || ![running["loss"], running["spikesPerSample"]].every(Number.isFinite)) return undefined;
  return [epoch, batch, batches, step, loss, samplesPerSecond].every(Number.isFinite)
    ? (event as unknown as StepState)
    : undefined;
}

/** The event as an epoch; `undefined` where it lacks something that is shown. */
export function loggedEpoch(event: JsonObject): EpochRecord | undefined {
  const { epoch, epochs, learningRate = 0, train, validation } = event;
  if (![epoch, epochs, learningRate].every(Number.isFinite)) return undefined;
  return isMetrics(train) && (validation === null || isMetrics(validation)) ? (event as unknown as EpochRecord) : undefined;
}

/** The decision that the loss of a run trains; `undefined` where the event does not say it. */
export function loggedDecision(started: JsonObject | undefined): Decision | undefined {
  const loss = valueAt(started ?? null, "config.loss.type");
  return isLoss(loss) ? decisionOf({ loss: { type: loss } as LossConfig }) : undefined;
}

/** Epochs of the whole training, as its configuration has them; `undefined` where the event does not say it. */
export function loggedEpochs(started: JsonObject | undefined): number | undefined {
  const epochs = valueAt(started ?? null, "config.training.epochs");
  return typeof epochs === "number" && epochs > 0 ? epochs : undefined;
}

/** The event as a warning; `undefined` where it says nothing. */
export function loggedWarning(event: JsonObject): WarningEvent | undefined {
  const { epoch, code, layer, message, advice } = event;
  if (!Number.isFinite(epoch) || typeof message !== "string" || typeof advice !== "string") return undefined;
  return { type: "warning", epoch, code, layer, message, advice } as WarningEvent;
}

function isMetrics(value: Json | undefined): boolean {
  if (!isObject(value)) return false;
  const { loss, accuracy, spikes, meanSquaredError = 0, rSquared = 0 } = value;
  if (!isObject(accuracy) || !isObject(spikes)) return false;
  return [loss, spikes["perSample"], meanSquaredError, rSquared, ...Object.values(accuracy)].every(Number.isFinite);
}
