import { loadBackend } from "#host/runtime/load";
import { fields } from "../check/fields.js";
import { bytes } from "../check/values.js";
import type { ResolvedConfig } from "../config.js";
import type { EpochRecord } from "../generated/config.js";
import type { TrainedOn } from "../network-info.js";
import type { BackendChoice } from "../runtime/backend.js";
import { backendChoice } from "../runtime/options.js";

/** Content of a checkpoint, without its arrays. */
export interface CheckpointInfo {
  /** Configuration of the network and its training. */
  config: ResolvedConfig;
  /** Number of finished epochs. */
  epoch: number;
  /** Number of updates. */
  step: number;
  /** Whether training has completed its last epoch. */
  finished: boolean;
  /** The best epoch so far on the validation data, counted from 1; `null` without such data. */
  bestEpoch: number | null;
  /** Metrics of every finished epoch. */
  history: EpochRecord[];
  /** The `origin` that {@link Network.checkpoint} was given, or `null`. */
  origin: string | null;
  /** What the network was trained on; `null` without a run, and in checkpoints of early builds. */
  trainedOn: TrainedOn | null;
  /** Version of the library that wrote the checkpoint. */
  version: string;
  /** Number of the arithmetic that wrote the checkpoint, see {@link ARITHMETIC}; absent in checkpoints of early builds. */
  arithmetic?: number;
}

export interface CheckpointInfoOptions {
  backend?: BackendChoice;
}

const infoOptions = fields<CheckpointInfoOptions>({ backend: backendChoice });

/**
 * Reads what a checkpoint says of its run, without building its network.
 *
 * @throws {SpikeletError} `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `DATA_FORMAT` for what is no
 * `Uint8Array`, `BACKEND_UNAVAILABLE`.
 */
export async function checkpointInfo(checkpoint: Uint8Array, options: CheckpointInfoOptions = {}): Promise<CheckpointInfo> {
  const { backend } = infoOptions(options, "");
  bytes(checkpoint, "checkpoint");
  return JSON.parse(await (await loadBackend(backend)).checkpointInfo(checkpoint)) as CheckpointInfo;
}
