import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { keepLayers, withOutputs } from "../../fine-tune.js";
import type { JsonObject } from "../../json.js";
import { createTrainer, type Trainer } from "../../trainer.js";
import { refuseOptions, wholeNumber } from "../arguments.js";
import { openTrainer } from "../checkpoint.js";
import { type ConfigArguments, readConfiguration } from "../configuration.js";
import type { DataArguments, DataSource } from "../data.js";
import { UsageError } from "../exit.js";
import type { Choices } from "../invocation.js";
import { say } from "../print.js";
import { applySetting, partsOf } from "../setting.js";
import { knownData, otherVersionText } from "./origin.js";
import { filesIn, type Output, openOutput } from "./output.js";
import { isRecommended, type RecommendedConfig, recommendedConfig } from "./recommended.js";
import { type ResumedCheckpoint, refuseToReplace } from "./run.js";

/** A trainer with the folder for its results. */
export interface Start {
  trainer: Trainer;
  output: Output;
  /** Source of the data as configuration or checkpoint say it; options come before it. */
  known: Partial<DataSource> | undefined;
  /** `undefined` for a fresh run. */
  from: ResumedCheckpoint | undefined;
  /** The checkpoint whose network is fine-tuned. */
  parent?: Uint8Array | undefined;
  /** The configuration, where it was chosen by the data. */
  recommended?: RecommendedConfig;
  /** Epochs in all, where they are not those of the configuration. */
  epochs?: number | undefined;
}

/** The options that say how a training starts. */
export interface StartArguments extends ConfigArguments, DataArguments {
  out?: string | undefined;
  checkpoint?: string | undefined;
  overwrite?: boolean | undefined;
  from?: string | undefined;
  outputs?: string | undefined;
  "stop-after-no-improvement"?: string | undefined;
}

/** A training from the start. */
export async function startFresh(args: StartArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  if (isRecommended(args)) return startRecommended(args, settings, choices);
  const { name, config, data } = await readConfiguration(args, settings);
  const trainer = await createTrainer(config, choices);
  return withFolder({ trainer, known: data, from: undefined }, args.out ?? join("out", name), args, choices);
}

/** A training from the start with a configuration that is chosen by the data. */
async function startRecommended(args: StartArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  const recommended = await recommendedConfig(args, settings, choices);
  const { config, data } = recommended;
  const trainer = await createTrainer(config, choices);
  return withFolder({ trainer, known: data, from: undefined, recommended }, args.out ?? join("out", data.dataset), args, choices);
}

/** A training of the network of a checkpoint with a new last layer. */
export async function startFineTuned(args: StartArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  refuseOptions(args, ["config", "preset"], "--from takes the configuration from the checkpoint");
  const file = args.from ?? "";
  const outputs = args.outputs === undefined ? undefined : wholeNumber(args.outputs, "outputs", 1);
  const { trainer: before, origin, bytes: parent } = await openTrainer(file, choices);
  using network = before;
  const config = withOutputs(network.config, outputs);
  for (const setting of settings) applySetting(config as unknown as JsonObject, setting);
  if (args.seed !== undefined) applySetting(config as unknown as JsonObject, `training.seed=${wholeNumber(args.seed, "seed")}`);
  const trainer = await keepLayers(network, await createTrainer(config, choices));
  const start = { trainer, known: await knownData(file, origin), from: undefined, parent };
  return withFolder(start, args.out ?? join("out", "fine-tuned"), args, choices);
}

/** Opens the folder of a start, and refuses to replace another run there. */
async function withFolder(start: Omit<Start, "output">, dir: string, args: StartArguments, choices: Choices): Promise<Start> {
  const output = await openOutput(dir, { signal: choices.signal });
  return orRelease(output, async () => {
    if (!args.overwrite) await refuseToReplace(output.files, choices);
    return { ...start, output };
  });
}

/** A training that continues from a checkpoint. */
export async function startResumed(args: StartArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  const own = ["config", "preset", "seed", "from", "outputs", "stop-after-no-improvement"] as const;
  refuseOptions(args, own, "--resume takes the configuration from the checkpoint");
  const epochs = epochsToResume(settings);
  const folder = args.checkpoint === undefined ? join("out", "digits") : dirname(args.checkpoint);
  const dir = args.out ?? folder;
  const { last, best } = filesIn(dir);
  const file = args.checkpoint ?? last;
  if (!existsSync(file)) throw nothingToResume(file, args.checkpoint === undefined && existsSync(best) ? best : undefined);
  const output = await openOutput(dir, { signal: choices.signal });
  return orRelease(output, async () => {
    const { trainer, origin, bytes } = await openTrainer(file, choices, args.checkpoint !== undefined).catch((thrown) => {
      const isDamaged = thrown instanceof SpikeletError && thrown.code === "CHECKPOINT_INVALID";
      if (isDamaged && file === last && existsSync(best)) say(`${best} is there too: --resume --checkpoint ${best}`);
      throw thrown;
    });
    const words = otherVersionText(bytes, file);
    if (words !== undefined) say(words);
    const { epoch } = trainer.info;
    if (epochs !== undefined && epochs < epoch) {
      trainer.dispose();
      throw new UsageError(`--set ${EPOCHS}=${epochs}: ${file} has learnt for ${epoch} epochs`);
    }
    return { trainer, output, known: await knownData(file, origin), from: { file, origin, bytes }, epochs };
  });
}

/** The only setting that a continued training may change. */
const EPOCHS = "training.epochs";

/**
 * Total epochs that the settings of a continued training ask for; `undefined` where they do not say.
 *
 * @throws {UsageError} for any other setting.
 */
export function epochsToResume(settings: readonly string[]): number | undefined {
  let epochs: number | undefined;
  for (const setting of settings) {
    const [path, value] = partsOf(setting);
    if (path !== EPOCHS) {
      throw new UsageError(`--resume takes the configuration from the checkpoint, but for ${EPOCHS}: leave --set ${setting} out`);
    }
    epochs = wholeNumber(value, `set ${EPOCHS}`, 1);
  }
  return epochs;
}

function nothingToResume(file: string, other: string | undefined): SpikeletError {
  const hint = other === undefined ? "--checkpoint FILE names the one to go on from" : `--checkpoint ${other} is there`;
  return new SpikeletError("CHECKPOINT_INVALID", file, `is missing: ${hint}`);
}

/** Returns the result of `work`; releases the folder if it fails. */
async function orRelease(output: Output, work: () => Promise<Start>): Promise<Start> {
  try {
    return await work();
  } catch (thrown) {
    output[Symbol.dispose]();
    throw thrown;
  }
}
