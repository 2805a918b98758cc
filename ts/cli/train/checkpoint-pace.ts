import { UsageError } from "../exit.js";

/** When a checkpoint within an epoch is due: after a number of updates, or after a time. */
export class CheckpointPace {
  readonly #updates: number;
  readonly #milliseconds: number;
  /** Milliseconds from an arbitrary start; it never goes back. */
  readonly #clock: () => number;
  #savedUpdate = 0;
  #savedAt: number;

  private constructor(updates: number, milliseconds: number, clock: () => number) {
    this.#updates = updates;
    this.#milliseconds = milliseconds;
    this.#clock = clock;
    this.#savedAt = clock();
  }

  /**
   * Reads `500` (updates), `30s` or `10min`; by default never within an epoch.
   *
   * @param clock milliseconds from an arbitrary start, which must not follow the time of day: that is set and moved.
   * @throws {UsageError} for another text.
   */
  static parse(text: string | undefined, clock = () => performance.now()): CheckpointPace {
    const [, digits = "", unit = ""] = /^(\d+)(s|min)?$/.exec(text ?? "") ?? [];
    const number = Number(digits);
    const never = Number.POSITIVE_INFINITY;
    if (text === undefined) return new CheckpointPace(never, never, clock);
    if (number < 1) throw new UsageError(`--checkpoint-every must be updates or a time, like 500, 30s or 10min, got "${text}"`);
    if (unit === "") return new CheckpointPace(number, never, clock);
    return new CheckpointPace(never, number * (unit === "s" ? 1000 : 60_000), clock);
  }

  /** Whether the state after `update` is to be written. */
  isDue(update: number): boolean {
    return update - this.#savedUpdate >= this.#updates || this.#clock() - this.#savedAt >= this.#milliseconds;
  }

  /** A checkpoint of the state after `update` was written. */
  saved(update: number): void {
    this.#savedUpdate = update;
    this.#savedAt = this.#clock();
  }
}
