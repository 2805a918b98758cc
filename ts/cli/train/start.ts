import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createTrainer, type Trainer } from "../../trainer.js";
import { openTrainer } from "../checkpoint.js";
import { type ConfigArguments, readConfiguration } from "../configuration.js";
import type { DataSource } from "../data.js";
import { UsageError } from "../exit.js";
import type { Choices } from "../invocation.js";
import { say } from "../print.js";
import { type Resumed, refuseToReplace } from "./begin.js";
import { knownData } from "./origin.js";
import { type Output, openOutput } from "./output.js";

/** A trainer with the folder for its results. */
export interface Start {
  trainer: Trainer;
  output: Output;
  /** What is known of the data beside the options. */
  known: Partial<DataSource> | undefined;
  /** `undefined` for a fresh run. */
  from: Resumed | undefined;
}

/** The options that say how a training starts. */
export interface StartArguments extends ConfigArguments {
  out?: string | undefined;
  checkpoint?: string | undefined;
  overwrite?: boolean | undefined;
}

/** A training from the beginning. */
export async function fresh(args: StartArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  const { name, config, data } = await readConfiguration(args, settings);
  const trainer = await createTrainer(config, choices);
  const output = await openOutput(args.out ?? join("out", name), { signal: choices.signal });
  return ownedBy(output, async () => {
    if (!args.overwrite) await refuseToReplace(output.files, choices);
    return { trainer, output, known: data, from: undefined };
  });
}

/** A training that goes on from a checkpoint. */
export async function resumed(args: StartArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  const given = (["config", "preset", "seed"] as const).find((option) => args[option] !== undefined);
  const unwanted = given ?? (settings.length > 0 ? "set" : undefined);
  if (unwanted !== undefined) {
    throw new UsageError(`--resume takes the configuration from the checkpoint: leave --${unwanted} out`);
  }
  const folder = args.checkpoint === undefined ? join("out", "digits") : dirname(args.checkpoint);
  const output = await openOutput(args.out ?? folder, { signal: choices.signal });
  return ownedBy(output, async () => {
    const { files } = output;
    const file = args.checkpoint ?? files.last;
    const { trainer, origin, bytes } = await openTrainer(file, choices).catch((thrown) => {
      if (file === files.last && existsSync(files.best)) say(`${files.best} is there too: --resume --checkpoint ${files.best}`);
      throw thrown;
    });
    return { trainer, output, known: await knownData(file, origin), from: { file, origin, bytes } };
  });
}

/** What `work` makes of the folder, which is let go of when that fails. */
async function ownedBy(output: Output, work: () => Promise<Start>): Promise<Start> {
  try {
    return await work();
  } catch (thrown) {
    output[Symbol.dispose]();
    throw thrown;
  }
}
