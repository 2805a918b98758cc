import { fields } from "../../check/fields.js";
import { instanceOf, oneOf, text, whole } from "../../check/values.js";
import { type SpikeDataset, samplesOf } from "../../datasets/dataset.js";
import type { TrainEvent } from "../../events.js";
import { Trainer } from "../../trainer.js";
import { WatchServer } from "../watch/server.node.js";
import { LiveTraining } from "./live-training.js";

/** Options of {@link watchTraining}. */
export interface WatchOptions {
  /** Encoded samples that the network answers on the page after each epoch, the first 64 at most; none unless given. */
  samples?: SpikeDataset;
  /** What these samples are called on the page; `"validation"` unless given. */
  part?: "validation" | "test";
  /** Name of the training, for the heading; `"training"` unless given. */
  name?: string;
  /** Port on 127.0.0.1; any that is free unless given. */
  port?: number;
}

const watchOptions = fields<WatchOptions>({
  samples: samplesOf,
  part: oneOf("validation", "test"),
  name: text,
  port: whole(0, 0xffff),
});

const trainerOf = instanceOf(Trainer, "a trainer");

/** A page about a training, which programs of this machine alone can reach. It keeps the process alive until it is closed. */
export class WatchedTraining implements AsyncDisposable {
  /** Address of the page. */
  readonly url: string;
  readonly #server: WatchServer;
  readonly #training: LiveTraining;

  /** @internal Use {@link watchTraining}. */
  constructor(server: WatchServer, training: LiveTraining) {
    this.url = server.url;
    this.#server = server;
    this.#training = training;
  }

  /**
   * Yields the events of a run of this trainer and shows them on the page. The bits of the training stay the same.
   *
   * @param run `trainer.run(train, { validation })`.
   * @throws what the run throws, which the page then shows.
   */
  follow(run: AsyncIterable<TrainEvent>): AsyncGenerator<TrainEvent, void, void> {
    return this.#training.follow(run);
  }

  /** Ends the server; pages that are still open say so. */
  close(): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Shows a training in a browser on this machine, as `spikelet train --watch` does: learning curves, warnings, and rasters of samples
 * that the network gets right and wrong, updated while it trains.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for an invalid option and for a port that is taken, `SHAPE_MISMATCH` for no samples.
 */
export async function watchTraining(trainer: Trainer, options: WatchOptions = {}): Promise<WatchedTraining> {
  trainerOf(trainer, "trainer");
  const { samples, part = "validation", name = "training", port = 0 } = watchOptions(options, "");
  const training = new LiveTraining(trainer, name, samples && { part, samples });
  return new WatchedTraining(await WatchServer.start(training, port), training);
}
