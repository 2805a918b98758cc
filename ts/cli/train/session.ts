import type { Split } from "../../datasets/dataset.js";
import { decisionOf } from "../../decisions.js";
import type { Pace, StepEvent, TrainEvent, WarningEvent } from "../../events.js";
import { learntOf, meansOf } from "../../report/result/learnt.js";
import type { Trainer } from "../../trainer.js";
import { Interrupted } from "../exit.js";
import type { CheckpointPace } from "./checkpoint-pace.js";
import type { Emit } from "./event-log.js";
import type { Output } from "./output.js";
import { ProgressView } from "./progress.js";
import type { Run } from "./run.js";

/** Milliseconds between two steps that are printed as JSON. */
const STEP_INTERVAL = 250;

/** Options of a training. */
export interface SessionOptions {
  pace: CheckpointPace;
  emit: Emit;
  /** Warnings of the epochs before a checkpoint that this run continues from. */
  warnings: readonly WarningEvent[];
  /** Epochs in all; those of the configuration by default. */
  epochs?: number | undefined;
}

/** A training from the command line: runs it, shows its progress and keeps its files up to date. */
export class TrainingSession {
  readonly #trainer: Trainer;
  readonly #output: Output;
  readonly #run: Run;
  readonly #pace: CheckpointPace;
  readonly #view: ProgressView;
  readonly #emit: Emit;
  /** Warnings so far. */
  readonly warnings: WarningEvent[];
  #secondsBefore = 0;
  #printed = Number.NEGATIVE_INFINITY;

  readonly #epochs: number;

  constructor(
    trainer: Trainer,
    output: Output,
    run: Run,
    { pace, emit, warnings, epochs = trainer.config.training.epochs }: SessionOptions,
  ) {
    this.#trainer = trainer;
    this.#output = output;
    this.#run = run;
    this.#pace = pace;
    this.#epochs = epochs;
    this.#view = new ProgressView(epochs, decisionOf(trainer.config));
    this.#emit = emit;
    this.warnings = [...warnings];
  }

  /** Writes the state as it is. */
  async save(): Promise<void> {
    await this.#output.folder.save(this.#output.files.last, this.#checkpoint());
    this.#pace.saved(this.#trainer.info.step);
  }

  /** Trains to the end. An interrupt leaves the checkpoint and becomes an error. */
  async run({ train, validation }: Split, signal: AbortSignal): Promise<void> {
    try {
      const options = { signal, epochs: this.#epochs, ...(validation.length > 0 ? { validation } : {}) };
      for await (const event of this.#trainer.run(train, options)) await this.#handle(event);
    } catch (thrown) {
      this.#view.close();
      if (thrown instanceof Interrupted) await this.#saveInterrupted();
      throw thrown;
    }
    this.#view.close();
    // Weights of the start may have been scaled, though no epoch was asked for.
    if (!this.#run.hasBest) await this.save();
  }

  async #saveInterrupted(): Promise<void> {
    for (const event of await this.#trainer.undelivered()) await this.#handle(event);
    await this.save();
  }

  async #handle(event: TrainEvent): Promise<void> {
    this.#view.show(event);
    this.#print(event);
    if (event.type === "warning") this.warnings.push(withoutPace(event));
    if (event.type === "step") await this.#saveWithinEpoch(event);
    if (event.type === "epochEnd") {
      const { folder, files } = this.#output;
      const { history } = this.#run;
      const learnt = meansOf((await learntOf(this.#trainer)) ?? []);
      history.add(event, event.seconds - this.#secondsBefore, event.samplesPerSecond, learnt);
      this.#secondsBefore = event.seconds;
      // The latest state is written last: a run that continues from the one before repeats this epoch, and writes what may be missing.
      if (event.bestEpoch === event.epoch || !this.#run.hasBest) {
        await folder.save(files.best, this.#checkpoint());
        this.#run.hasBest = true;
      }
      await folder.save(files.history, history.csv);
      await this.save();
    }
  }

  async #saveWithinEpoch({ epoch, step }: StepEvent): Promise<void> {
    if (!this.#pace.isDue(step)) return;
    // The core may be ahead of its events: a state beyond the end of the epoch is saved with the event of that end.
    if (this.#trainer.info.epoch < epoch) await this.save();
  }

  #checkpoint(): Promise<Uint8Array> {
    return this.#trainer.checkpoint({ origin: this.#run.origin });
  }

  #print(event: TrainEvent): void {
    if (event.type === "step") {
      const now = performance.now();
      if (now - this.#printed < STEP_INTERVAL) return;
      this.#printed = now;
    }
    this.#emit(event);
  }
}

function withoutPace({ seconds, samplesPerSecond, ...event }: WarningEvent & Pace): WarningEvent {
  return event;
}
