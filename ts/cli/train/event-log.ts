import { existsSync } from "node:fs";
import type { WarningEvent } from "../../events.js";
import type { LineFile } from "../../io/line-file.node.js";
import type { Trainer } from "../../trainer.js";
import { describe } from "../exit.js";
import type { Output } from "./output.js";

/** Milliseconds between two events within an epoch that are kept. */
const INTERVAL = 1000;
const FREQUENT: ReadonlySet<string> = new Set(["step", "validation"]);

/** Reports an event. */
export type Emit = <E extends { type: string }>(event: E) => void;

/** Writes the events of a training as lines of JSON into its folder, each with the time of day. */
export class EventLog {
  readonly #lines: LineFile;
  #due = Number.NEGATIVE_INFINITY;

  private constructor(lines: LineFile) {
    this.#lines = lines;
  }

  /** Opens the log of a run. Where a continued run has no log, it begins with the epochs of the checkpoint, and `warnings`. */
  static async open(output: Output, trainer: Trainer, warnings: readonly WarningEvent[]): Promise<EventLog> {
    const { folder, files } = output;
    const goesOn = existsSync(files.events);
    const log = new EventLog(folder.lines(files.events));
    if (goesOn) return log;
    for (const record of await trainer.history()) log.write({ type: "epochEnd", ...record });
    for (const warning of warnings) log.write(warning);
    return log;
  }

  /**
   * Adds an event. Of events within an epoch about one a second is kept; the report has a file of its own.
   *
   * @throws {SpikeletError} `WRITE_FAILED`, `FOLDER_IN_USE`.
   */
  write(event: { type: string }): void {
    if (event.type === "report") return;
    if (FREQUENT.has(event.type)) {
      const now = performance.now();
      if (now < this.#due) return;
      this.#due = now + INTERVAL;
    }
    this.#lines.append(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
  }

  /** Adds the failure of the training, where that can still be written. */
  fail(thrown: unknown): void {
    try {
      this.write({ type: "failed", ...describe(thrown) });
    } catch {
      // The failure itself is reported, not that it could not be written.
    }
  }
}
