import { fields } from "../check/fields.js";
import { whole } from "../check/values.js";
import type { ResolvedConfig } from "../config.js";
import { type SpikeDataset, samplesOf } from "../datasets/dataset.js";
import { SpikeletError } from "../errors.js";
import type { CoreEvent, TrainEvent, WarningEvent } from "../events.js";
import type { EpochRecord } from "../generated/config.js";
import type { HealthWatch } from "../health/watch.js";
import type { NetworkInfo } from "../network-info.js";
import { untilAborted } from "../runtime/abort.js";
import type { Session } from "../runtime/backend.js";
import { abortSignal } from "../runtime/options.js";
import { Budget } from "./budget.js";
import { endWhenCollected } from "./end-when-collected.js";
import { EpochBound } from "./epoch-bound.js";
import type { ExclusiveSession } from "./exclusive.js";
import type { Feed, Use } from "./feed.js";
import { lateInputOf } from "./late-input.js";
import { PaceMeter } from "./pace.js";
import { StoredRun } from "./stored-run.js";

/** Options of a run. */
export interface RunOptions {
  /** Data that are evaluated after every epoch, and not learnt from. */
  validation?: SpikeDataset;
  /**
   * Total number of epochs of this run instead of that of the configuration; with more than were asked for before, a finished
   * training continues. Without it, a run that was stopped goes on to its own number, and after a finished one the number of the
   * configuration counts again. Checkpoints, and `config` until the next run, hold the number of the last run.
   */
  epochs?: number;
  /** Stops the run, which then throws the signal's reason. */
  signal?: AbortSignal;
}

/** The result of a run. */
export interface RunReport {
  /** Every finished epoch of this training, also those of earlier runs. */
  epochs: EpochRecord[];
  /** Warnings of this run. */
  warnings: WarningEvent[];
  /** Computing time of this run in seconds. */
  seconds: number;
}

const runOptions = fields<RunOptions>({ validation: samplesOf, epochs: whole(), signal: abortSignal });

/** Events of updates that were made and not yet yielded, kept over runs so that none is lost, and what they said so far. */
export class Outbox {
  readonly events: TrainEvent[] = [];
  readonly health: HealthWatch;
  /** Epochs of the configuration. */
  readonly epochs: number;
  /** Shows the warnings of runs whose events nobody reads. */
  readonly show: ((warning: WarningEvent) => void) | undefined;
  /** The call into the core that runs, if any. */
  working: Promise<unknown> = Promise.resolve();
  isRunning = false;

  constructor(health: HealthWatch, epochs: number, show?: (warning: WarningEvent) => void) {
    this.health = health;
    this.epochs = epochs;
    this.show = show;
  }
}

/** Pace, limits and stored samples of a run. */
interface Work {
  budget: Budget;
  bound: EpochBound;
  pace: PaceMeter;
  /** Where samples are not in memory. */
  stored: StoredRun | undefined;
}

/**
 * A training run. It starts only when you iterate over it, which yields its events, or await it, which runs it to the end and
 * returns a report. Awaiting a run after iterating over it continues from where the iteration stopped.
 */
export class TrainingRun implements AsyncIterable<TrainEvent>, PromiseLike<RunReport> {
  readonly #session: ExclusiveSession;
  readonly #feed: Feed;
  readonly #outbox: Outbox;
  readonly #train: SpikeDataset;
  readonly #options: RunOptions;
  readonly #warnings: WarningEvent[] = [];
  #seconds = 0;
  #report: Promise<RunReport> | undefined;

  /** @internal Use `trainer.run()`. */
  constructor(session: ExclusiveSession, feed: Feed, outbox: Outbox, train: SpikeDataset, options: RunOptions) {
    this.#session = session;
    this.#feed = feed;
    this.#outbox = outbox;
    this.#train = samplesOf(train, "train");
    this.#options = runOptions(options, "");
  }

  /** Runs to the end and resolves to the report, which is the same each time. */
  // biome-ignore lint/suspicious/noThenProperty: a run can be awaited
  then<T = RunReport, U = never>(
    done?: ((report: RunReport) => T | PromiseLike<T>) | null,
    failed?: ((reason: unknown) => U | PromiseLike<U>) | null,
  ): Promise<T | U> {
    this.#report ??= this.#toEnd();
    return this.#report.then(done, failed);
  }

  /** Handles a failure, as `Promise.catch` does. */
  catch<U = never>(failed?: ((reason: unknown) => U | PromiseLike<U>) | null): Promise<RunReport | U> {
    return this.then(undefined, failed);
  }

  /** Calls `ended` at the end of the run, as `Promise.finally` does. */
  finally(ended?: (() => void) | null): Promise<RunReport> {
    return this.then().finally(ended);
  }

  async #toEnd(): Promise<RunReport> {
    for await (const event of this) if (event.type === "warning") this.#outbox.show?.(event);
    const history = await this.#session.run((session) => session.history());
    return { epochs: JSON.parse(history) as EpochRecord[], warnings: this.#warnings, seconds: this.#seconds };
  }

  /** An iterator over the events; `break` stops the run, and so does the garbage collector once the iterator is left. */
  [Symbol.asyncIterator](): AsyncGenerator<TrainEvent, void, undefined> {
    return endWhenCollected(this.#events());
  }

  async *#events(): AsyncGenerator<TrainEvent, void, undefined> {
    const { validation, epochs, signal } = this.#options;
    const { events } = this.#outbox;
    signal?.throwIfAborted();
    if (this.#outbox.isRunning) throw new SpikeletError("CONFIG_INVALID", "run", "another run of this trainer is going on");
    this.#outbox.isRunning = true;
    const uses: Use[] = [];
    const take = (data: SpikeDataset): Promise<number> => {
      const use = this.#feed.take(data);
      uses.push(use);
      return untilAborted(use.id, signal);
    };
    try {
      const ids = { train: await take(this.#train), validation: validation === undefined ? null : await take(validation) };
      const begun = this.#session.run(async (session) => {
        await session.begin(JSON.stringify({ ...ids, epochs: epochs ?? this.#furtherEpochs(session) }));
        const { health } = this.#outbox;
        if (health.isNew) health.remember(JSON.parse(await session.history()));
      });
      await untilAborted(begun, signal);
      const { network, training } = JSON.parse(this.#session.now((session) => session.config())) as ResolvedConfig;
      const late = await untilAborted(lateInputOf(this.#train, network.steps, this.#session.backend), signal);
      const work = {
        budget: new Budget({ target: this.#session.backend.callMilliseconds }),
        bound: new EpochBound(),
        pace: new PaceMeter(),
        stored: StoredRun.of({ id: ids.train, data: this.#train }, { id: ids.validation, data: validation }, training.batchSize),
      };
      const { health } = this.#outbox;
      events.push(...work.pace.stamp([...health.ofConfig(), ...health.lateInput(late)], 0));
      do {
        for (let event = events.shift(); event !== undefined; event = events.shift()) {
          if (event.type === "warning") this.#warnings.push(event);
          yield event;
          signal?.throwIfAborted();
        }
      } while (await untilAborted(this.#advance(work), signal));
    } finally {
      this.#outbox.isRunning = false;
      for (const use of uses) use.release();
    }
  }

  /** The epochs of the configuration where the last run has finished with fewer. */
  #furtherEpochs(session: Session): number | undefined {
    const { finished } = JSON.parse(session.info()) as NetworkInfo;
    const { training } = JSON.parse(session.config()) as ResolvedConfig;
    return finished && training.epochs < this.#outbox.epochs ? this.#outbox.epochs : undefined;
  }

  /** Lets the core work for about one budget; whether there is anything left to do. */
  #advance({ budget, bound, pace, stored }: Work): Promise<boolean> {
    const work = this.#session.run(async (session) => {
      const begun = performance.now();
      const pieces = Math.min(budget.size, bound.left);
      const supplied = stored === undefined ? pieces : await stored.supply(session, pieces, budget.size);
      const start = performance.now();
      const events = JSON.parse(await session.advance(supplied)) as CoreEvent[];
      const end = performance.now();
      const milliseconds = end - begun;
      this.#seconds += milliseconds / 1000;
      budget.took(supplied, end - start);
      bound.saw(events, supplied);
      this.#outbox.events.push(...pace.stamp(this.#outbox.health.watch(events), milliseconds));
      return events.length > 0;
    });
    this.#outbox.working = work.catch(() => undefined);
    return work;
  }
}
