import { callback, listOf } from "./check/values.js";
import { type SpikeDataset, samplesOf } from "./datasets/dataset.js";
import type { TrainEvent } from "./events.js";
import type { Config, EpochRecord } from "./generated/config.js";
import { warningsOfConfig } from "./health/pairing.js";
import { warningPrinter } from "./health/printer.js";
import type { Warning } from "./health/warning.js";
import { HealthWatch } from "./health/watch.js";
import {
  type CreateOptions,
  createSession,
  gradientsOf,
  Network,
  restoreSession,
  type StartOptions,
  started,
  startOptions,
} from "./network.js";
import { checkedParameters, type Gradients, type LayerParameters, toArrays } from "./results.js";
import type { ExclusiveSession } from "./session/exclusive.js";
import type { OutputGradient } from "./session/output-gradient.js";
import { Outbox, type RunOptions, TrainingRun } from "./session/run.js";

/** A network in training: a {@link Network} that can also learn. */
export class Trainer extends Network {
  readonly #outbox: Outbox;

  /** @internal Use {@link createTrainer} or {@link restoreTrainer}. */
  constructor(session: ExclusiveSession, show?: (warning: Warning) => void) {
    super(session);
    const { config, info } = this;
    this.#outbox = new Outbox(new HealthWatch(config, info.layers), config.training.epochs, show);
  }

  /**
   * Trains on `train`: await the run for a report at the end, or iterate over its events (a slow consumer slows the training
   * down). The run continues from the current state: the start, the last update of a run that was stopped, or the state of a
   * checkpoint. `break` stops it; an abort stops it within 200 ms with the reason of the signal.
   *
   * @throws {SpikeletError} immediately for invalid arguments; during the run `SHAPE_MISMATCH` or `DATA_FORMAT` if the data do
   * not fit, `NON_FINITE` if training diverges.
   */
  run(train: SpikeDataset, options: RunOptions = {}): TrainingRun {
    return new TrainingRun(this.session, this.feed, this.#outbox, train, options);
  }

  /** Returns the events that a stopped run had not yet yielded. Without this call, the next run yields them first. */
  async undelivered(): Promise<TrainEvent[]> {
    await this.#outbox.working;
    return this.#outbox.events.splice(0);
  }

  /** Returns the record of every finished epoch, including those before the checkpoint from which this trainer was restored. */
  async history(): Promise<EpochRecord[]> {
    return JSON.parse(await this.session.run((session) => session.history()));
  }

  /**
   * Updates all parameters once by the samples of `batch`, with the derivatives at the outputs that `outputGradient` works out from
   * what the network did: training by a loss of one's own. Returns the gradients, before the update.
   *
   * @throws {SpikeletError} as `gradients()` with the option `outputGradient`.
   */
  async step(batch: SpikeDataset, outputGradient: OutputGradient): Promise<Gradients> {
    samplesOf(batch, "batch");
    callback(outputGradient, "outputGradient");
    return this.feed.with(await batch.load(), (id) =>
      this.session.run(async (session) => {
        const call = { dataset: id, samples: batch.length, trace: false, outputGradient };
        const found = await gradientsOf(this, session, call);
        await session.applyGradients(found.layers.map(toArrays));
        return found;
      }),
    );
  }

  /**
   * Updates all parameters once by the given gradients, at the learning rate of the current epoch.
   *
   * @param gradients per spiking layer, as `gradients()` returns them.
   * @throws {SpikeletError} `SHAPE_MISMATCH` for a wrong number of layers or length, `DATA_FORMAT` for another kind of array,
   * `NON_FINITE` for NaN or infinity.
   */
  async applyGradients(gradients: readonly LayerParameters[]): Promise<void> {
    const layers = listOf(checkedParameters)(gradients, "layers");
    return this.session.run((session) => session.applyGradients(layers.map(toArrays)));
  }
}

/**
 * Creates a trainer with the given weights, or with weights from the seed of the configuration.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `SHAPE_MISMATCH`, `CONFIG_INVALID` or `NON_FINITE` with
 * the path of parameters that do not fit, such as `parameters[0].learnt.delays[3]`, `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
 */
export async function createTrainer(config: Config, options: StartOptions = {}): Promise<Trainer> {
  const { parameters, ...how } = startOptions(options, "");
  const show = how.quiet ? undefined : warningPrinter();
  const trainer = await started(new Trainer(await createSession(config, how), show), parameters);
  if (show !== undefined) warningsOfConfig(trainer.config).forEach(show);
  return trainer;
}

/**
 * Restores the trainer of a checkpoint; `run()` continues bit for bit as if it had never stopped.
 *
 * @throws {SpikeletError} `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `DATA_FORMAT` for what is no
 * `Uint8Array`, `CONFIG_INVALID` for an invalid option, `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
 */
export async function restoreTrainer(checkpoint: Uint8Array, options: CreateOptions = {}): Promise<Trainer> {
  const session = await restoreSession(checkpoint, options);
  return new Trainer(session, options.quiet ? undefined : warningPrinter());
}
