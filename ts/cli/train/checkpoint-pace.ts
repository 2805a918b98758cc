import { UsageError } from "../exit.js";

/** When a checkpoint within an epoch is due: after a number of updates, or after a time. */
export class CheckpointPace {
  readonly #updates: number;
  readonly #milliseconds: number;
  #savedUpdate: number;
  #savedAt = Date.now();

  private constructor(updates: number, milliseconds: number) {
    this.#updates = updates;
    this.#milliseconds = milliseconds;
    this.#savedUpdate = 0;
  }

  /** Reads `500` (updates), `30s` or `10min`; never within an epoch unless given. */
  static parse(text: string | undefined): CheckpointPace {
    const [, digits = "", unit = ""] = /^(\d+)(s|min)?$/.exec(text ?? "") ?? [];
    const number = Number(digits);
    if (text === undefined) return new CheckpointPace(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    if (number < 1) throw new UsageError(`--checkpoint-every must be updates or a time, like 500, 30s or 10min, got "${text}"`);
    if (unit === "") return new CheckpointPace(number, Number.POSITIVE_INFINITY);
    return new CheckpointPace(Number.POSITIVE_INFINITY, number * (unit === "s" ? 1000 : 60_000));
  }

  isDue(update: number): boolean {
    return update - this.#savedUpdate >= this.#updates || Date.now() - this.#savedAt >= this.#milliseconds;
  }

  /** A checkpoint of the state after `update` was written. */
  saved(update: number): void {
    this.#savedUpdate = update;
    this.#savedAt = Date.now();
  }
}
