import type { Digits } from "./digits.js";
import { Race } from "./race.js";
import { RULES } from "./rules.js";
import { BATCH, type Settings } from "./settings.js";

export type TrainingState = "preparing" | "ready" | "training" | "paused" | "over" | "failed";

export interface TrainingEvents {
  /** The state, or the race itself, is another one. */
  changed(): void;
  /** Each network made an update. */
  advanced(): void;
  failed(thrown: unknown): void;
}

/** Starts, holds and repeats a race. */
export class Training {
  readonly #digits: Digits;
  readonly #events: TrainingEvents;
  #race: Race | undefined;
  #state: TrainingState = "preparing";
  /** Settings of the race that was asked for last, and whether it trains at once. */
  #wanted: Settings | undefined;
  #goesOn = false;
  #samples = 0;
  #seconds = 0;
  /** What is being done; the next thing waits for it. */
  #work: Promise<void> = Promise.resolve();

  constructor(digits: Digits, events: TrainingEvents) {
    this.#digits = digits;
    this.#events = events;
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

  /** Three new networks, which continue training if the old ones did; of settings that change meanwhile, the last ones count. */
  async prepare(settings: Settings): Promise<void> {
    if (this.#state !== "preparing") this.#goesOn = this.#state === "training";
    this.#wanted = settings;
    this.#enter("preparing");
    await this.#next(async () => {
      if (this.#wanted !== settings) return;
      this.#race?.[Symbol.dispose]();
      this.#race = undefined;
      this.#race = await Race.prepare(settings, this.#digits);
      if (this.#wanted === settings) this.#enter("ready");
    });
    if (this.#goesOn && this.#state === "ready") this.run();
  }

  run(): void {
    if (this.#state !== "ready" && this.#state !== "paused") return;
    this.#enter("training");
    void this.#next(async () => {
      while (this.#state === "training") await this.#turn();
    });
  }

  pause(): void {
    if (this.#state === "training") this.#enter("paused");
  }

  /** One update of each network. */
  async step(): Promise<void> {
    this.pause();
    await this.#next(async () => {
      if (this.#state !== "ready" && this.#state !== "paused") return;
      await this.#turn();
      if (this.#state === "ready") this.#enter("paused");
    });
  }

  async #turn(): Promise<void> {
    const start = performance.now();
    await this.#race?.turn();
    this.#seconds += (performance.now() - start) / 1000;
    this.#samples += RULES.length * BATCH;
    this.#events.advanced();
    if (this.#race?.isOver) this.#enter("over");
  }

  #enter(state: TrainingState): void {
    this.#state = state;
    this.#events.changed();
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((thrown) => {
      this.#enter("failed");
      this.#events.failed(thrown);
    });
    return this.#work;
  }
}
