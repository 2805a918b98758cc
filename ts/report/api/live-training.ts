import { decisionOf } from "../../decisions.js";
import type { TrainEvent } from "../../events.js";
import type { Trainer } from "../../trainer.js";
import type { RunState } from "../watch/run-state.js";
import { type SampleAnswers, type SamplesToShow, sampleAnswers } from "../watch/sample-answers.js";
import { StepHistory } from "../watch/step-history.js";
import type { Watched } from "../watch/watched.js";

/** A training of this process, by the events of its runs. */
export class LiveTraining implements Watched {
  readonly name: string;
  readonly lost = "The program no longer answers: what stands here is the last that it told.";
  readonly files = new Map<string, never>();
  readonly #trainer: Trainer;
  readonly #samples: SamplesToShow | undefined;
  #state: RunState;
  #changes = 0;
  readonly #losses = new StepHistory();
  #checkpoint: Promise<Uint8Array> | undefined;
  #answers: Promise<SampleAnswers> | undefined;

  constructor(trainer: Trainer, name: string, samples: SamplesToShow | undefined) {
    this.#trainer = trainer;
    this.name = name;
    this.#samples = samples;
    this.#state = {
      isStarted: false,
      decision: decisionOf(trainer.config),
      epochs: [],
      totalEpochs: trainer.config.training.epochs,
      losses: [],
      step: undefined,
      warnings: [],
      end: undefined,
      failure: undefined,
      time: undefined,
    };
  }

  listed(): string[] {
    return [];
  }

  async read(): Promise<RunState> {
    return this.#state;
  }

  async mark(): Promise<string> {
    return String(this.#changes);
  }

  async answers(): Promise<SampleAnswers | string> {
    const samples = this.#samples;
    if (samples === undefined) return "No samples were given.";
    if (this.#checkpoint === undefined) return "The training has not begun.";
    const { kind } = this.#trainer.backend;
    const choices = { backend: kind, quiet: true } as const;
    this.#answers ??= this.#checkpoint.then((bytes) => sampleAnswers(bytes, () => samples, choices));
    return this.#answers.catch((thrown) => `Samples can't be shown: ${reasonOf(thrown)}`);
  }

  async *follow(run: AsyncIterable<TrainEvent>): AsyncGenerator<TrainEvent, void, void> {
    this.#change({ isStarted: true, end: undefined, failure: undefined, epochs: await this.#trainer.history() });
    await this.#takeCheckpoint();
    try {
      for await (const event of run) {
        await this.#take(event);
        yield event;
      }
    } catch (thrown) {
      if (isAbort(thrown)) throw thrown;
      this.#change({ end: "failed", failure: reasonOf(thrown) });
      throw thrown;
    } finally {
      // Stopped by the reader of the events, or by a signal.
      if (this.#state.end === undefined) this.#change({ end: "interrupted" });
    }
  }

  async #take(event: TrainEvent): Promise<void> {
    if (event.type === "step") {
      this.#losses.add(event);
      this.#change({ step: event, losses: this.#losses.points });
    }
    if (event.type === "warning") this.#change({ warnings: [...this.#state.warnings, event] });
    if (event.type === "epochEnd") {
      await this.#takeCheckpoint();
      this.#change({ epochs: [...this.#state.epochs, event], totalEpochs: event.epochs, step: undefined });
    }
    if (event.type === "finished") this.#change({ end: "finished" });
  }

  async #takeCheckpoint(): Promise<void> {
    if (this.#samples === undefined) return;
    this.#checkpoint = this.#trainer.checkpoint();
    this.#answers = undefined;
    // Parameters that are not finite can't be kept: the page says so.
    await this.#checkpoint.catch(() => undefined);
  }

  #change(change: Partial<RunState>): void {
    this.#state = { ...this.#state, ...change, time: new Date().toISOString() };
    this.#changes += 1;
  }
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === "AbortError" || thrown.name === "TimeoutError");
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
