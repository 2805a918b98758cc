import { stat } from "node:fs/promises";
import type { WarningEvent } from "../../events.js";
import type { EpochRecord } from "../../generated/config.js";
import { isObject, type JsonObject } from "../../json.js";
import type { RunEnd, RunState } from "../../report/watch/run-state.js";
import { StepHistory } from "../../report/watch/step-history.js";
import { filesIn, type RunFiles } from "../train/output.js";
import { loggedDecision, loggedEpoch, loggedEpochs, loggedStep, loggedWarning } from "./logged-events.js";
import { Tail } from "./tail.js";

const ENDS: readonly unknown[] = ["finished", "interrupted", "failed"] satisfies RunEnd[];

/** The folder of a training of another process, or of this one. */
export class WatchedRun {
  readonly files: RunFiles;
  readonly #tail: Tail;
  readonly #epochs = new Map<number, EpochRecord>();
  #warnings: WarningEvent[] = [];
  /** The event `started`, unchecked: another program may have written it. */
  #started: JsonObject | undefined;
  #step: RunState["step"];
  #losses = new StepHistory();
  #end: RunEnd | undefined;
  #failure: string | undefined;
  #time: string | undefined;

  constructor(dir: string) {
    this.files = filesIn(dir);
    this.#tail = new Tail(this.files.events);
  }

  /** Reads what was logged since the last call; returns the state by now. */
  async read(): Promise<RunState> {
    for (let isWhole = false; !isWhole; ) {
      const read = await this.#tail.read();
      if (read.isNew) {
        this.#forget(0);
        this.#losses = new StepHistory();
      }
      for (const line of read.lines) this.#take(line);
      isWhole = read.isWhole;
    }
    const epochs = [...this.#epochs.values()].sort((a, b) => a.epoch - b.epoch);
    return {
      isStarted: this.#started !== undefined,
      decision: loggedDecision(this.#started),
      epochs,
      totalEpochs: epochs.at(-1)?.epochs ?? loggedEpochs(this.#started),
      losses: this.#losses.points,
      step: this.#step,
      warnings: this.#warnings,
      end: this.#end,
      failure: this.#failure,
      time: this.#time,
    };
  }

  /** Returns a text that changes whenever a file that is shown has changed. */
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
    const logged = type === "epochEnd" ? loggedEpoch(event) : undefined;
    if (logged !== undefined) {
      this.#epochs.set(logged.epoch, logged);
      this.#step = undefined;
    }
    const step = type === "step" ? loggedStep(event) : undefined;
    if (step !== undefined) {
      this.#step = step;
      this.#losses.add(step);
    }
    const warning = type === "warning" ? loggedWarning(event) : undefined;
    if (warning !== undefined) this.#warnings.push(warning);
    if (ENDS.includes(type)) this.#end = type as RunEnd;
    if (type === "failed") this.#failure = String(event["message"]);
  }

  /** Drops what was logged after `epochs` epochs, since a training that continues from there does it again. */
  #forget(epochs: number): void {
    for (const epoch of this.#epochs.keys()) if (epoch > epochs) this.#epochs.delete(epoch);
    this.#warnings = this.#warnings.filter(({ epoch }) => epoch <= epochs);
    this.#step = undefined;
    this.#end = undefined;
    this.#failure = undefined;
  }
}

/** Warnings of the first epochs of a run, by the log in its folder. */
export async function warningsUntil(dir: string, epochs: number): Promise<WarningEvent[]> {
  const { warnings } = await new WatchedRun(dir).read();
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
