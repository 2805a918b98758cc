import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { Split } from "../../datasets/dataset.js";
import { inFile, SpikeletError } from "../../errors.js";
import { joinRanks, type Ranks } from "../../runtime/mpi.node.js";
import { samplesIdentity } from "../../study/store/identity.js";
import { restoreTrainer, type Trainer } from "../../trainer.js";
import { version } from "../../version.js";
import { type DataArguments, type DataSource, dataSource, loadSplit } from "../data.js";
import { UsageError } from "../exit.js";
import { type ComputeArguments, choicesOf } from "../invocation.js";
import { readLimit } from "../read-limit.js";

/** Milliseconds that another rank waits before it reports an error, since rank 0 reports those of all ranks. */
const PATIENCE = 1000;

type RankArguments = DataArguments & ComputeArguments;

/** Options that say which training this is, and must be the same on every rank. */
const SAME = ["config", "preset", "seed", "from", "outputs", "resume", "checkpoint"] as const;

/** Options by name, as text. */
type GivenOptions = Record<string, string>;

type Training = Partial<Record<(typeof SAME)[number], string | boolean | undefined>>;

/** The ranks of a training, and what the command line of this one asks for. */
export interface TrainingRanks extends Ranks {
  readonly given: GivenOptions;
}

/**
 * The processes that `mpirun` started, if it did. Until {@link Ranks.end} a process that fails ends them all.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` without the addon for MPI.
 */
export function trainingRanks(args: RankArguments & Training, settings: readonly string[]): TrainingRanks | undefined {
  const ranks = joinRanks(process.env);
  if (ranks === undefined) return undefined;
  const abort = (code: number) => {
    if (code !== 0) ranks.abort(code);
  };
  process.on("exit", abort);
  // Errors of all ranks are reported by the first rank.
  if (ranks.rank === 0 && args.backend === "wasm")
    throw new UsageError("--backend wasm cannot share batches between processes: leave it out under mpirun");
  const end = () => {
    process.off("exit", abort);
    ranks.end();
  };
  const given = Object.fromEntries([["set", settings.join(" ")], ...SAME.map((name) => [name, String(args[name] ?? "")])]);
  return { ...ranks, end, given };
}

/** Message of rank 0 to the others before the first batch; the checkpoint follows. */
interface StartMessage {
  version: string;
  build: string;
  given: GivenOptions;
  data: DataSource;
}

/** Sends the state of `trainer` to the other ranks, so that all begin alike, whatever files they see. */
export async function sendStart(ranks: TrainingRanks, trainer: Trainer, data: DataSource): Promise<void> {
  const start: StartMessage = { version, build: await buildOf(ranks), given: ranks.given, data };
  await ranks.exchange(new TextEncoder().encode(JSON.stringify(start)));
  await ranks.exchange(await trainer.checkpoint());
}

/**
 * Runs a rank other than rank 0: learns its part of every batch, for the `epochs` of the configuration unless given. It neither
 * writes nor prints, and leaves signals to rank 0.
 */
export async function runOtherRank(ranks: TrainingRanks, args: RankArguments, epochs: number | undefined): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
  try {
    const { data, checkpoint } = await receiveStart(ranks);
    const choices = { ...choicesOf(args, new AbortController().signal), backend: ranks.backend };
    using trainer = await restoreTrainer(checkpoint, choices);
    const { steps } = trainer.config.network;
    const split = await loadSplit(dataSource(args, data), { backend: ranks.backend, steps, ...readLimit(args) });
    await checkSameData(ranks, split);
    const { train, validation } = split;
    const given = epochs === undefined ? {} : { epochs };
    await trainer.run(train, { ...given, ...(validation.length > 0 ? { validation } : {}) });
    ranks.end();
  } catch (thrown) {
    await setTimeout(PATIENCE);
    throw inFile(`rank ${ranks.rank} of ${ranks.size}`, thrown);
  }
}

async function receiveStart(ranks: TrainingRanks): Promise<StartMessage & { checkpoint: Uint8Array }> {
  const nothing = new Uint8Array();
  const [text = nothing] = await ranks.exchange(nothing);
  const start = JSON.parse(new TextDecoder().decode(text)) as StartMessage;
  if (start.version !== version) {
    throw new SpikeletError("BACKEND_UNAVAILABLE", "version", `is ${version}, and ${start.version} on rank 0`);
  }
  if (start.build !== (await buildOf(ranks))) {
    const message = "is another one than on rank 0: install or build the same on every machine, or they learn other bits";
    throw new SpikeletError("BACKEND_UNAVAILABLE", "build", message);
  }
  const other = Object.keys(start.given).find((name) => start.given[name] !== ranks.given[name]);
  if (other !== undefined) {
    const [mine, first] = [ranks.given[other], start.given[other]].map((text) => JSON.stringify(text));
    throw new SpikeletError("CONFIG_INVALID", `--${other}`, `must be the same on every rank: is ${mine}, and ${first} on rank 0`);
  }
  const [checkpoint = nothing] = await ranks.exchange(nothing);
  return { ...start, checkpoint };
}

/** The files of this package, from the folder of its main module on. */
const FILES = new URL("../../", import.meta.url);

/** Hash of the files and the core of this build: the same version may have been built from other commits. */
async function buildOf({ sources }: Ranks): Promise<string> {
  const hash = createHash("sha256").update(sources);
  const names = await readdir(FILES, { recursive: true });
  for (const name of names.filter((name) => name.endsWith(".js")).sort()) {
    hash.update(`\n${name}\n`).update(await readFile(new URL(name, FILES)));
  }
  return hash.digest("hex");
}

/**
 * Makes sure that all ranks have the same samples.
 *
 * @throws {SpikeletError} `CHECKSUM_MISMATCH`.
 */
export async function checkSameData(ranks: Ranks, { train, validation }: Split): Promise<void> {
  const own = `${await samplesIdentity(train)} ${await samplesIdentity(validation)}`;
  const all = await ranks.exchange(new TextEncoder().encode(own));
  const other = all.findIndex((hash) => new TextDecoder().decode(hash) !== own);
  if (other >= 0) throw new SpikeletError("CHECKSUM_MISMATCH", "data", `rank ${other} has other samples than rank ${ranks.rank}`);
}
