import type { CoreEvent, StepEvent, TrainEvent, WarningEvent } from "../events.js";

/** Measures a run: the core has no clock. */
export class PaceMeter {
  #seconds = 0;
  #epoch = 0;
  #epochSeconds = 0;
  #epochSamples = 0;
  #samplesDone = 0;

  /** Adds the pace to the events of one call that took `milliseconds`. */
  stamp(events: readonly (CoreEvent | WarningEvent)[], milliseconds: number): TrainEvent[] {
    this.#seconds += milliseconds / 1000;
    const steps = events.filter((event) => event.type === "step");
    const [first, last] = [steps[0], steps.at(-1)];
    if (first !== undefined && last !== undefined) this.#count(first, last, milliseconds / 1000);
    const samplesPerSecond = this.#epochSeconds === 0 ? 0 : this.#epochSamples / this.#epochSeconds;
    return events.map((event) => ({ ...event, seconds: this.#seconds, samplesPerSecond }));
  }

  #count(first: StepEvent, last: StepEvent, seconds: number): void {
    if (last.epoch !== this.#epoch) {
      this.#epoch = last.epoch;
      this.#epochSeconds = 0;
      this.#epochSamples = 0;
      // A restored run may begin in the middle of an epoch.
      this.#samplesDone = first.epoch === last.epoch && first.batch > 1 ? first.running.samples : 0;
    }
    this.#epochSeconds += seconds;
    this.#epochSamples += last.running.samples - this.#samplesDone;
    this.#samplesDone = last.running.samples;
  }
}
