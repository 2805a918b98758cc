import { inFile, SpikeletError } from "../errors.js";
import { load } from "../io/files.node.js";
import { createNetwork, type Network, restoreNetwork } from "../network.js";
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
  const network = await restored(file, (bytes) => restoreNetwork(bytes, choices));
  const record = await runRecordBeside(file);
  if (record === undefined) say("no run.json beside the checkpoint: data and encoding are the defaults unless given");
  if (args.threads === undefined) return { network, record };
  return { network: await withThreads(network, threads(args.threads), choices), record };
}

/** Opens a checkpoint to go on training. */
export function openTrainer(file: string, choices: Choices): Promise<Trainer> {
  return restored(file, (bytes) => restoreTrainer(bytes, choices));
}

async function restored<T>(file: string, restore: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  let bytes: Uint8Array;
  try {
    bytes = await load(file);
  } catch (cause) {
    throw new SpikeletError(
      "CHECKPOINT_INVALID",
      file,
      `can't be read (${cause instanceof Error ? cause.message : cause})`,
      cause,
    );
  }
  try {
    return await restore(bytes);
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}

async function withThreads(network: Network, count: "auto" | number, choices: Choices): Promise<Network> {
  using original = network;
  const { config } = original;
  const copy = await createNetwork({ ...config, training: { ...config.training, threads: count } }, choices);
  for (const [layer, parameters] of (await original.parameters()).entries()) await copy.setParameters(layer, parameters);
  return copy;
}
