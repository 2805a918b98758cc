import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Split } from "../../datasets/dataset.js";
import { SpikeletError } from "../../errors.js";
import { readPlain } from "../../io/plain-file.node.js";
import { createNetwork } from "../../network.js";
import type { LearntLayer } from "../../plot/index.js";
import { learnsMore, learntOf } from "../../report/result/learnt.js";
import { checkpointInfo } from "../../session/checkpoint-info.js";
import { dataIdentity, runIdentity } from "../../study/store/identity.js";
import { sha256 } from "../../study/store/sha256.js";
import { restoreTrainer, type Trainer } from "../../trainer.js";
import { version } from "../../version.js";
import type { DataSource } from "../data.js";
import { UsageError } from "../exit.js";
import type { Choices } from "../invocation.js";
import { say } from "../print.js";
import { type FoundBest, findBest } from "./best.js";
import { History } from "./history.js";
import { type Origin, originText, parseOrigin, type RunDescription } from "./origin.js";
import { filesIn, type Output, type RunFiles } from "./output.js";

/** A run with its name and its files. */
export interface Run {
  /** Identity of the run. */
  id: string;
  /** Text of the origin for its checkpoints. */
  origin: string;
  history: History;
  /** Whether the folder holds a checkpoint of the best epoch so far, or one that serves as such. */
  hasBest: boolean;
  /** Learnt constants and delays before the first epoch; `undefined` where they are not known. */
  learntBefore: readonly LearntLayer[] | undefined;
}

/** The checkpoint that a run continues from. */
export interface ResumedCheckpoint {
  file: string;
  bytes: Uint8Array;
  origin: Origin | undefined;
}

/** Options that allow a run to replace or mix what is there. */
export interface Permissions {
  /** `--overwrite`. */
  overwrite: boolean;
  /** `--allow-other-data`. */
  allowOtherData: boolean;
}

/** A trainer with its folder and its data, before the run has a name. */
export interface RunStart {
  trainer: Trainer;
  output: Output;
  /** `undefined` for a fresh run. */
  from: ResumedCheckpoint | undefined;
  /** The checkpoint whose network is fine-tuned. */
  parent?: Uint8Array | undefined;
  split: Split;
  source: DataSource;
}

/**
 * Refuses a fresh run that would replace another one.
 *
 * @throws {UsageError}
 */
export async function refuseToReplace({ dir, last, best, report }: RunFiles, choices: Choices): Promise<void> {
  const hasEnded = existsSync(report);
  if (!hasEnded && !existsSync(best) && !(existsSync(last) && (await hasLearnt(last, choices)))) return;
  const what = hasEnded ? "a finished run" : "a run that has not ended";
  throw new UsageError(`--out ${dir} holds ${what}: --resume continues it, --overwrite replaces it`);
}

/** Whether a checkpoint has learnt anything. One that can't be read counts as such: it may be all that is left of a run. */
async function hasLearnt(file: string, { backend }: Choices): Promise<boolean> {
  try {
    const { step } = await checkpointInfo(await readPlain(file), { backend });
    return step > 0;
  } catch {
    return true;
  }
}

/**
 * Names the run, makes sure that it continues with the data that it learnt from, and writes its first files.
 *
 * @throws {SpikeletError} `CHECKSUM_MISMATCH` for other data than the checkpoint learnt from.
 * @throws {UsageError} where the folder holds another run.
 */
export async function beginRun(start: RunStart, permissions: Permissions, choices: Choices): Promise<Run> {
  const { trainer, output, from, split, source } = start;
  const { folder, files } = output;
  const data = await dataIdentity(split);
  const before = from?.origin;
  if (before !== undefined && before.data !== data && !permissions.allowOtherData) throw otherData(from?.file ?? "");
  const id = before?.data === data ? before.run : await newRun(trainer, data, from?.bytes ?? start.parent);

  const isOther = from !== undefined && (await holdsOther(files, from, new Set([id, before?.run]), choices));
  if (isOther && !permissions.overwrite) {
    throw new UsageError(`--out ${files.dir} holds another run: give another folder, or --overwrite to replace it`);
  }
  const found = from && (await bestSoFar(start, from, id, choices));
  const clocks = from === undefined ? [] : [files.history, filesIn(dirname(from.file)).history];
  const history = await History.resume(id, await trainer.history(), clocks);
  if (history.rows.length > 0 && found === undefined) {
    say("the checkpoint of the best epoch so far is missing: the next epoch takes its place until one is better than all before");
  }

  if (from === undefined || isOther) {
    if (permissions.overwrite) await learnBatch(trainer, split, choices);
    await folder.remove([files.last, files.best, files.history, files.events, files.report, files.page, files.run]);
  }
  const record: RunDescription = { version, run: id, dataHash: data, data: source };
  await folder.save(files.run, `${JSON.stringify(record, null, 2)}\n`);
  if (found !== undefined && (isOther || resolve(found.file) !== resolve(files.best))) await folder.save(files.best, found.bytes);
  if (history.rows.length > 0) await folder.save(files.history, history.csv);
  return {
    id,
    origin: originText(id, data, source),
    history,
    hasBest: found !== undefined,
    learntBefore: from === undefined ? await learntOf(trainer) : await learntAtStart(trainer, id, data, choices),
  };
}

/** Lets a copy of the trainer learn a batch, so that a run that can't begin is found out before it replaces another. */
async function learnBatch(trainer: Trainer, { train, validation }: Split, choices: Choices): Promise<void> {
  using copy = await restoreTrainer(await trainer.checkpoint(), choices);
  const { signal } = choices;
  for await (const _ of copy.run(train, { signal, ...(validation.length > 0 ? { validation } : {}) })) return;
}

/** Constants and delays at the start of a run that continues; `undefined` where the run began from another checkpoint. */
async function learntAtStart(trainer: Trainer, run: string, data: string, choices: Choices) {
  if (!learnsMore(trainer.config) || run !== (await newRun(trainer, data, undefined))) return undefined;
  using network = await createNetwork(trainer.config, choices);
  return learntOf(network);
}

function otherData(file: string): SpikeletError {
  const what = `the samples, their encoding or their split are not those that ${file} learnt from`;
  return new SpikeletError(
    "CHECKSUM_MISMATCH",
    "data",
    `${what}: name them by --dataset, --data and --encode, or --allow-other-data`,
  );
}

/**
 * Identity of a run that begins here: with fresh weights, or from a checkpoint with other data, another last layer or no origin.
 */
async function newRun(trainer: Trainer, data: string, checkpoint: Uint8Array | undefined): Promise<string> {
  const parent = checkpoint && (await sha256(checkpoint));
  return runIdentity({ config: trainer.config, data, parent });
}

/** Whether a folder holds files of a run that is not among `names`. A file that can't be read counts as no run's. */
async function holdsOther(
  files: RunFiles,
  from: ResumedCheckpoint,
  names: ReadonlySet<string | undefined>,
  choices: Choices,
): Promise<boolean> {
  const isInPlace = resolve(dirname(from.file)) === resolve(files.dir);
  // Beside the checkpoint that the run continues from, these two files are of the same run.
  for (const file of isInPlace ? [] : [files.run, files.report]) {
    const name = await runInJson(file);
    if (name !== undefined && !names.has(name)) return true;
  }
  for (const file of [files.last, files.best]) {
    if (!existsSync(file) || resolve(file) === resolve(from.file)) continue;
    const name = await runInCheckpoint(file, choices);
    if (name !== undefined && !names.has(name)) return true;
  }
  return false;
}

async function runInJson(file: string): Promise<string | undefined> {
  try {
    const { run } = JSON.parse((await readPlain(file)).toString()) as { run?: unknown };
    return typeof run === "string" ? run : undefined;
  } catch {
    return undefined;
  }
}

/** The run of a checkpoint; empty where it names none, `undefined` where it can't be read. */
async function runInCheckpoint(file: string, { backend }: Choices): Promise<string | undefined> {
  try {
    const { origin } = await checkpointInfo(await readPlain(file), { backend });
    return parseOrigin(origin, file)?.run ?? "";
  } catch {
    return undefined;
  }
}

/**
 * The best checkpoint of the run: in its folder, in the folder of the checkpoint that it continues from, or that checkpoint itself
 * after its best epoch.
 */
async function bestSoFar(
  { trainer, output, split }: RunStart,
  from: ResumedCheckpoint,
  run: string,
  choices: Choices,
): Promise<FoundBest | undefined> {
  const places = new Set([output.files.best, filesIn(dirname(from.file)).best].map((file) => resolve(file)));
  const found = await findBest([...places], run, choices);
  if (found !== undefined || from.origin?.run !== run) return found;
  const { epoch, step, bestEpoch } = trainer.info;
  const isAtEnd = step === epoch * Math.ceil(split.train.length / trainer.config.training.batchSize);
  return epoch > 0 && isAtEnd && (bestEpoch ?? epoch) === epoch ? { file: from.file, bytes: from.bytes } : undefined;
}
