import { stat } from "node:fs/promises";
import type { Decision } from "../../decisions.js";
import type { WarningEvent } from "../../events.js";
import type { EpochRecord } from "../../generated/config.js";
import { isObject, type JsonObject } from "../../json.js";
import { filesIn, type RunFiles } from "../train/output.js";
import { type ShownStep, shownDecision, shownEpoch, shownStep, shownWarning } from "./shown-events.js";
import { Tail } from "./tail.js";

/** How a training ended. */
export type End = "finished" | "interrupted" | "failed";

/** Content of the folder of a training. */
export interface Seen {
  /** What stood at the beginning, of which nothing is certain: somebody else may have written it. */
  started: JsonObject | undefined;
  /** The decision that the loss trains, where the beginning says the loss. */
  decision: Decision | undefined;
  epochs: readonly EpochRecord[];
  /** The latest step of the epoch under way that was kept. */
  step: ShownStep | undefined;
  warnings: readonly WarningEvent[];
  /** `undefined` while it runs, or where it was killed. */
  end: End | undefined;
  /** Why it failed. */
  failure: string | undefined;
  /** When the last line was written. */
  time: string | undefined;
}

const ENDS: readonly unknown[] = ["finished", "interrupted", "failed"] satisfies End[];

/** The folder of a training of another process, or of this one. */
export class WatchedRun {
  readonly files: RunFiles;
  readonly #tail: Tail;
  readonly #epochs = new Map<number, EpochRecord>();
  #warnings: WarningEvent[] = [];
  #started: JsonObject | undefined;
  #step: Seen["step"];
  #end: End | undefined;
  #failure: string | undefined;
  #time: string | undefined;

  constructor(dir: string) {
    this.files = filesIn(dir);
    this.#tail = new Tail(this.files.events);
  }

  /** Reads what has come since the last time. */
  async look(): Promise<Seen> {
    for (let isWhole = false; !isWhole; ) {
      const read = await this.#tail.read();
      if (read.isNew) this.#forget(0);
      for (const line of read.lines) this.#take(line);
      isWhole = read.isWhole;
    }
    const epochs = [...this.#epochs.values()].sort((a, b) => a.epoch - b.epoch);
    return {
      started: this.#started,
      decision: shownDecision(this.#started),
      epochs,
      step: this.#step,
      warnings: this.#warnings,
      end: this.#end,
      failure: this.#failure,
      time: this.#time,
    };
  }

  /** Another text whenever a file that is shown has changed. */
  async mark(): Promise<string> {
    const { events, last, report } = this.files;
    const marks = [events, last, report].map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      return found === undefined ? "" : `${found.size} ${found.mtimeMs} ${found.ino}`;
    });
    return (await Promise.all(marks)).join(",");
  }

  #take(line: string): void {
    const event = parsed(line);
    if (event === undefined) return;
    const { type, time, epoch } = event;
    if (typeof time === "string") this.#time = time;
    if (type === "started") {
      this.#forget(typeof epoch === "number" ? epoch : 0);
      this.#started = event;
    }
    // Somebody else may have written the line: what can't be shown is left out.
    const shown = type === "epochEnd" ? shownEpoch(event) : undefined;
    if (shown !== undefined) {
      this.#epochs.set(shown.epoch, shown);
      this.#step = undefined;
    }
    if (type === "step") this.#step = shownStep(event) ?? this.#step;
    const warning = type === "warning" ? shownWarning(event) : undefined;
    if (warning !== undefined) this.#warnings.push(warning);
    if (ENDS.includes(type)) this.#end = type as End;
    if (type === "failed") this.#failure = String(event["message"]);
  }

  /** What a training that continues after `epochs` epochs does again. */
  #forget(epochs: number): void {
    for (const epoch of this.#epochs.keys()) if (epoch > epochs) this.#epochs.delete(epoch);
    this.#warnings = this.#warnings.filter(({ epoch }) => epoch <= epochs);
    this.#step = undefined;
    this.#end = undefined;
    this.#failure = undefined;
  }
}

/** What the log in a folder warned of in the first epochs of its run. */
export async function warningsUntil(dir: string, epochs: number): Promise<WarningEvent[]> {
  const { warnings } = await new WatchedRun(dir).look();
  return warnings.filter(({ epoch }) => epoch <= epochs);
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
