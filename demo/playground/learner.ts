import { createTrainer, type LayerParameters, type Metrics, type Prediction, type TrainEvent, type Trainer } from "spikelet";
import { configOf } from "./config.js";
import { digestOf } from "./digest.js";
import { type Problem, problemOf } from "./problem.js";
import { MAX_EPOCHS, type Settings } from "./settings.js";

/** Milliseconds of an epoch at least: a small network would have learnt before anybody sees it. */
const PACE = 50;

export type LearnerState = "opening" | "empty" | "ready" | "learning" | "paused" | "learnt" | "failed";

/** A network and what it learns. */
export interface Lesson {
  readonly settings: Settings;
  readonly problem: Problem;
  readonly trainer: Trainer;
}

/** A network after an epoch; after epoch 0 it has learnt nothing yet. */
export interface Snapshot {
  lesson: Lesson;
  epoch: number;
  /** On points that it has not learnt; on those that it learns where there are no others. */
  metrics: Metrics;
  parameters: readonly LayerParameters[];
  /** SHA-256 of the parameters. */
  digest: string;
  /** What it says of every place of the map. */
  map: Prediction;
}

export interface LearnerListener {
  /** The state has changed; in the state `empty` the network that was shown is disposed of next. */
  changed(): void;
  /** There is another snapshot. The trainer of the one before lives until this returns. */
  learnt(snapshot: Snapshot): void;
  failed(thrown: unknown): void;
}

/** Makes networks and lets them learn, epoch by epoch, so that one can watch. */
export class Learner {
  readonly #listener: LearnerListener;
  readonly #pace: number;
  #state: LearnerState = "opening";
  #wanted: Settings | undefined;
  #lesson: Lesson | undefined;
  #events: AsyncIterator<TrainEvent> | undefined;
  #snapshot: Snapshot | undefined;
  /** Epochs after which it stops. */
  #epochs = 0;
  /** The work under way, for which the next work waits. */
  #work: Promise<void> = Promise.resolve();

  /** @param pace milliseconds of an epoch at least. */
  constructor(listener: LearnerListener, pace = PACE) {
    this.#listener = listener;
    this.#pace = pace;
  }

  get state(): LearnerState {
    return this.#state;
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  get epochs(): number {
    return this.#epochs;
  }

  /** Makes a new network of these settings, in place of the one before. If several are asked for, the last one counts. */
  async open(settings: Settings, { runs = true } = {}): Promise<void> {
    this.#wanted = settings;
    this.#enter("opening");
    await this.#next(async () => {
      if (this.#wanted !== settings) return;
      this.#events = undefined;
      this.#snapshot = undefined;
      this.#epochs = settings.epochs;
      if (settings.data === "drawn" && settings.drawn.length === 0) {
        this.#enter("empty");
        this.#replace(undefined);
        return;
      }
      const problem = problemOf(settings);
      const trainer = await createTrainer(configOf(settings, problem.classes), { quiet: true });
      const lesson = { settings, problem, trainer };
      try {
        await this.#look(lesson, 0);
      } catch (thrown) {
        trainer.dispose();
        throw thrown;
      }
      this.#replace(lesson);
      if (this.#wanted === settings) this.#enter("ready");
    });
    if (runs && this.#state === "ready" && this.#wanted === settings) this.run();
  }

  /** Learns to the last epoch; after it, as many further ones. */
  run(): void {
    if (this.#state === "learnt" && !this.#goOn()) return;
    if (this.#state !== "ready" && this.#state !== "paused") return;
    this.#enter("learning");
    void this.#next(async () => {
      while (this.#state === "learning") {
        const paced = new Promise((resolve) => setTimeout(resolve, this.#pace));
        await this.#epoch();
        await paced;
      }
    });
  }

  pause(): void {
    if (this.#state === "learning") this.#enter("paused");
  }

  /** Learns one epoch. */
  async step(): Promise<void> {
    this.pause();
    if (this.#state === "learnt" && !this.#goOn()) return;
    await this.#next(async () => {
      if (this.#state !== "ready" && this.#state !== "paused") return;
      await this.#epoch();
      if (this.#state === "ready" || this.#state === "paused") this.#enter("paused");
    });
  }

  /** @returns whether an address can say that many epochs. */
  #goOn(): boolean {
    const epochs = Math.min(MAX_EPOCHS, this.#epochs + (this.#lesson?.settings.epochs ?? 0));
    if (epochs === this.#epochs) return false;
    this.#epochs = epochs;
    this.#events = undefined;
    this.#enter("paused");
    return true;
  }

  /** Disposes of the network before, which nobody shows any more. */
  #replace(lesson: Lesson | undefined): void {
    const before = this.#lesson;
    this.#lesson = lesson;
    before?.trainer.dispose();
  }

  async #epoch(): Promise<void> {
    const lesson = this.#lesson;
    if (lesson === undefined) return;
    const { data } = lesson.problem;
    this.#events ??= lesson.trainer.run(data.learnt, { epochs: this.#epochs })[Symbol.asyncIterator]();
    while (true) {
      const { value: event, done } = await this.#events.next();
      if (done) return;
      if (event.type !== "epochEnd") continue;
      await this.#look(lesson, event.epoch);
      if (event.epoch < this.#epochs) return;
      await this.#events.return?.();
      if (this.#isAtWork()) this.#enter("learnt");
      return;
    }
  }

  #isAtWork(): boolean {
    return this.#state === "ready" || this.#state === "paused" || this.#state === "learning";
  }

  async #look(lesson: Lesson, epoch: number): Promise<void> {
    const { trainer, problem } = lesson;
    const { heldOut, learnt, map } = problem.data;
    const [metrics, parameters, prediction] = await Promise.all([
      trainer.evaluate(heldOut ?? learnt),
      trainer.parameters(),
      trainer.predict(map),
    ]);
    this.#snapshot = { lesson, epoch, metrics, parameters, digest: await digestOf(parameters), map: prediction };
    this.#listener.learnt(this.#snapshot);
  }

  #enter(state: LearnerState): void {
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
