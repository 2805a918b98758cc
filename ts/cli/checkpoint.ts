import { inFile, SpikeletError } from "../errors.js";
import { load, unreadable } from "../io/files.node.js";
import { readPlain } from "../io/plain-file.node.js";
import { type Network, restoreNetwork } from "../network.js";
import type { TrainedOn } from "../network-info.js";
import { restoreTrainer, type Trainer } from "../trainer.js";
import type { DataSource } from "./data.js";
import { UsageError } from "./exit.js";
import type { Choices } from "./invocation.js";
import { say } from "./print.js";
import { knownData, type Origin, parseOrigin } from "./train/origin.js";

/** A network from a file. */
export interface OpenedCheckpoint {
  network: Network;
  /** The data that it learnt from, where that is known. */
  known: Partial<DataSource> | undefined;
  /** Identity of their samples, encoding and split. */
  identity: string | undefined;
}

/** The options of a command that say which checkpoint. */
interface CheckpointArguments {
  checkpoint?: string | undefined;
}

/** Opens the file of `--checkpoint` without its data. */
export async function openNetwork(args: CheckpointArguments, choices: Choices): Promise<Network> {
  const file = fileOf(args);
  return restored(await read(file), file, (bytes) => restoreNetwork(bytes, choices));
}

/** Opens the file of `--checkpoint` to use it with data. */
export async function openCheckpoint(args: CheckpointArguments, choices: Choices): Promise<OpenedCheckpoint> {
  const opened = await openWithOrigin(args, choices);
  if (opened.known === undefined)
    say("neither the checkpoint nor a run.json names its data: data and encoding are the defaults unless you give them");
  return opened;
}

/** Opens the file of `--checkpoint`, and finds what it learnt from. */
export async function openWithOrigin(args: CheckpointArguments, choices: Choices): Promise<OpenedCheckpoint> {
  const file = fileOf(args);
  const network = await openNetwork(args, choices);
  const origin = parseOrigin(network.info.origin, file);
  const known = await knownData(file, origin);
  return { network, known: known && readAs(known, network.info.trainedOn), identity: origin?.data };
}

/**
 * A table whose numbers are scaled, and whose classes are numbered, as those that the network learnt from, unless its options say
 * how.
 */
function readAs(known: Partial<DataSource>, trainedOn: TrainedOn | null): Partial<DataSource> {
  if (known.dataset !== "table" && known.dataset !== "series") return known;
  const { ranges, classes } = trainedOn ?? {};
  return { ...known, options: { ...(ranges && { ranges }), ...(classes && { classes }), ...known.options } };
}

/** A trainer from a file. */
export interface OpenedTrainer {
  trainer: Trainer;
  /** The `origin` in the checkpoint. */
  origin: Origin | undefined;
  bytes: Uint8Array;
}

/**
 * Opens a checkpoint to continue training.
 *
 * @param isNamed whether the user names the file, which may be a link or a pipe then.
 */
export async function openTrainer(file: string, choices: Choices, isNamed = true): Promise<OpenedTrainer> {
  const bytes = await read(file, isNamed);
  const trainer = await restored(bytes, file, (bytes) => restoreTrainer(bytes, choices));
  return { trainer, origin: parseOrigin(trainer.info.origin, file), bytes };
}

function fileOf({ checkpoint: file }: CheckpointArguments): string {
  if (file !== undefined) return file;
  throw new UsageError("--checkpoint FILE is missing: the network to use, for example out/digits/best.safetensors");
}

async function read(file: string, isNamed = true): Promise<Uint8Array> {
  try {
    return isNamed ? await load(file) : await readPlain(file);
  } catch (thrown) {
    const error = thrown instanceof SpikeletError ? thrown : unreadable(file, thrown);
    throw new SpikeletError("CHECKPOINT_INVALID", file, error.reason, error.cause);
  }
}

async function restored<T>(bytes: Uint8Array, file: string, restore: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  try {
    return await restore(bytes);
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}
