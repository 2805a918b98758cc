import type { Digits } from "./digits.js";
import { Race } from "./race.js";
import { RULES } from "./rules.js";
import { BATCH, type Settings } from "./settings.js";

export type TrainingState = "preparing" | "ready" | "training" | "paused" | "over" | "failed";

export interface TrainingListener {
  /** The state or the race has changed. */
  changed(): void;
  /** Each network made an update. */
  advanced(): void;
  failed(thrown: unknown): void;
}

/** Starts, holds and repeats a race. */
export class Training {
  readonly #digits: Digits;
  readonly #listener: TrainingListener;
  #race: Race | undefined;
  #state: TrainingState = "preparing";
  /** Settings of the race that was requested last. */
  #requested: Settings | undefined;
  /** Whether a race that is being prepared trains as soon as it is ready. */
  #goesOn = false;
  #samples = 0;
  #seconds = 0;
  /** The work under way, for which the next work waits. */
  #work: Promise<void> = Promise.resolve();

  constructor(digits: Digits, listener: TrainingListener) {
    this.#digits = digits;
    this.#listener = listener;
  }

  /** Speed of all three trainings together, validation included. */
  get samplesPerSecond(): number {
    return this.#samples / Math.max(0.001, this.#seconds);
  }

  get race(): Race | undefined {
    return this.#race;
  }

  get state(): TrainingState {
    return this.#state;
  }

  /**
   * Makes three new networks, which train at once if the old ones did or `trains` says so. If the settings change meanwhile, the last
   * ones count.
   */
  async prepare(settings: Settings, { trains = false } = {}): Promise<void> {
    if (this.#state !== "preparing") this.#goesOn = this.#state === "training";
    if (trains) this.#goesOn = true;
    this.#requested = settings;
    this.#enter("preparing");
    await this.#next(async () => {
      if (this.#requested !== settings) return;
      this.#race?.[Symbol.dispose]();
      this.#race = undefined;
      this.#race = await Race.prepare(settings, this.#digits);
      if (this.#requested === settings) this.#enter("ready");
    });
    if (this.#goesOn && this.#state === "ready") this.run();
  }

  run(): void {
    if (this.#state !== "ready" && this.#state !== "paused") return;
    this.#enter("training");
    void this.#next(async () => {
      while (this.#state === "training") await this.#updateAll();
    });
  }

  /** Goes on after the end. */
  async goOn(): Promise<void> {
    if (this.#state !== "over") return;
    this.#enter("training");
    await this.#next(async () => {
      await this.#race?.goOn();
      while (this.#state === "training") await this.#updateAll();
    });
  }

  pause(): void {
    if (this.#state === "training") this.#enter("paused");
  }

  /** Makes one update of each network. */
  async step(): Promise<void> {
    this.pause();
    await this.#next(async () => {
      if (this.#state !== "ready" && this.#state !== "paused") return;
      await this.#updateAll();
      if (this.#state === "ready") this.#enter("paused");
    });
  }

  async #updateAll(): Promise<void> {
    const start = performance.now();
    await this.#race?.updateAll();
    this.#seconds += (performance.now() - start) / 1000;
    this.#samples += RULES.length * BATCH;
    this.#listener.advanced();
    if (this.#race?.isOver) this.#enter("over");
  }

  #enter(state: TrainingState): void {
    this.#state = state;
    this.#listener.changed();
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((thrown) => {
      this.#enter("failed");
      this.#listener.failed(thrown);
    });
    return this.#work;
  }
}
