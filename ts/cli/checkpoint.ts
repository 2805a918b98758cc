import { inFile, SpikeletError } from "../errors.js";
import { load } from "../io/files.node.js";
import { type Network, type RestoreOptions, restoreNetwork } from "../network.js";
import { restoreTrainer, type Trainer } from "../trainer.js";
import { threads } from "./configuration.js";
import { UsageError } from "./exit.js";
import type { Choices } from "./invocation.js";
import { say } from "./print.js";
import { type RunRecord, runRecordBeside } from "./train/output.js";

/** A network from a file, and the data it learnt from where that is known. */
export interface OpenedCheckpoint {
  network: Network;
  record: RunRecord | undefined;
}

/** Opens the file of `--checkpoint` for looking at; `--threads` may differ from those of the training. */
export async function openCheckpoint(
  args: { checkpoint?: string | undefined; threads?: string | undefined },
  choices: Choices,
): Promise<OpenedCheckpoint> {
  const { checkpoint: file } = args;
  if (file === undefined)
    throw new UsageError("--checkpoint FILE is missing: the network to use, for example out/digits/best.safetensors");
  const network = await restored(file, (bytes) => restoreNetwork(bytes, withThreads(args, choices)));
  const record = await runRecordBeside(file);
  if (record === undefined) say("no run.json beside the checkpoint: data and encoding are the defaults unless given");
  return { network, record };
}

/** Opens a checkpoint to go on training; `--threads` may differ from those before. */
export function openTrainer(file: string, args: { threads?: string | undefined }, choices: Choices): Promise<Trainer> {
  return restored(file, (bytes) => restoreTrainer(bytes, withThreads(args, choices)));
}

/** How to restore with the threads of `--threads`, or else with those of the checkpoint. */
export function withThreads(args: { threads?: string | undefined }, choices: Choices): RestoreOptions {
  return args.threads === undefined ? choices : { ...choices, threads: threads(args.threads) };
}

async function restored<T>(file: string, restore: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  const bytes = await load(file).catch((thrown: SpikeletError) => {
    throw new SpikeletError("CHECKPOINT_INVALID", file, thrown.message.slice(file.length + 2), thrown.cause);
  });
  try {
    return await restore(bytes);
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}
