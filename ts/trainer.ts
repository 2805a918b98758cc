import { listOf } from "./check/values.js";
import type { SpikeDataset } from "./datasets/dataset.js";
import type { TrainEvent } from "./events.js";
import type { Config, EpochRecord } from "./generated/config.js";
import { HealthWatch } from "./health/watch.js";
import {
  type CreateOptions,
  createSession,
  Network,
  restoreSession,
  type StartOptions,
  started,
  startOptions,
} from "./network.js";
import { checkedParameters, type LayerParameters, toArrays } from "./results.js";
import { Outbox, type RunOptions, TrainingRun } from "./run.js";

/** A network in training: what {@link Network} can do, and learning. */
export class Trainer extends Network {
  readonly #outbox = new Outbox(new HealthWatch(this.config, this.info.layers));

  /**
   * Trains on `train` once it is awaited, which gives a report at the end, or while it is iterated over; a consumer that takes its time
   * holds the training up.
   *
   * It goes on where training stands: at the start, after the last update of a run that was stopped, or where a
   * checkpoint was taken. `break` stops it; an abort stops it with the signal's reason, within 200 ms.
   *
   * @throws {SpikeletError} at once for arguments that are not what they should be; in the run `SHAPE_MISMATCH` or `DATA_FORMAT` when the
   * data do not fit, `NON_FINITE` when training diverges.
   */
  run(train: SpikeDataset, options: RunOptions = {}): TrainingRun {
    return new TrainingRun(this.session, this.feed, this.#outbox, train, options);
  }

  /**
   * Events of updates that were made, but not yielded before a run was stopped. The next run yields them first, unless
   * they are taken here.
   */
  async undelivered(): Promise<TrainEvent[]> {
    await this.#outbox.working;
    return this.#outbox.events.splice(0);
  }

  /** What every finished epoch came to, also those before the checkpoint that this trainer was restored from. */
  async history(): Promise<EpochRecord[]> {
    return JSON.parse(await this.session.run((session) => session.history()));
  }

  /**
   * One update of all parameters by given gradients, at the learning rate of the current epoch.
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
 * A trainer with the given weights, or those from the configuration's seed.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `SHAPE_MISMATCH` for parameters that do not fit,
 * `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
 */
export async function createTrainer(config: Config, options: StartOptions = {}): Promise<Trainer> {
  const { parameters, ...how } = startOptions(options, "");
  return started(new Trainer(await createSession(config, how)), parameters);
}

/**
 * The trainer of a checkpoint; `run()` goes on bit for bit as if it had never stopped.
 *
 * @throws {SpikeletError} `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `CONFIG_INVALID` for `threads`.
 */
export async function restoreTrainer(checkpoint: Uint8Array, options: CreateOptions = {}): Promise<Trainer> {
  return new Trainer(await restoreSession(checkpoint, options));
}
