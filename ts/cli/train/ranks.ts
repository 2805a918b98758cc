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

/** Milliseconds in which the first rank may report an error of all ranks before another rank reports it. */
const PATIENCE = 1000;

type RankArguments = DataArguments & ComputeArguments;

/** What says which training this is: the same on every rank. */
const SAME = ["config", "preset", "seed", "from", "outputs", "resume", "checkpoint"] as const;

/** Options by name, as text. */
type Asked = Record<string, string>;

type Training = Partial<Record<(typeof SAME)[number], string | boolean | undefined>>;

/** The ranks of a training, and what the command line of this one asks for. */
export interface TrainingRanks extends Ranks {
  readonly asked: Asked;
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
  const asked = Object.fromEntries([["set", settings.join(" ")], ...SAME.map((name) => [name, String(args[name] ?? "")])]);
  return { ...ranks, end, asked };
}

/** What the first rank sends to the others before the first batch; its checkpoint follows. */
interface Order {
  version: string;
  build: string;
  asked: Asked;
  data: DataSource;
}

/** Hands the state of `trainer` to the other ranks, so that all begin alike, whatever files they see. */
export async function lead(ranks: TrainingRanks, trainer: Trainer, data: DataSource): Promise<void> {
  const order: Order = { version, build: await buildOf(ranks), asked: ranks.asked, data };
  await ranks.exchange(new TextEncoder().encode(JSON.stringify(order)));
  await ranks.exchange(await trainer.checkpoint());
}

/**
 * Does its part of every batch of the first rank, up to the `epochs` of the configuration by default, and neither writes nor
 * prints; signals are for the first rank.
 */
export async function follow(ranks: TrainingRanks, args: RankArguments, epochs: number | undefined): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
  try {
    const { data, checkpoint } = await ordered(ranks);
    const choices = { ...choicesOf(args, new AbortController().signal), backend: ranks.backend };
    using trainer = await restoreTrainer(checkpoint, choices);
    const { steps } = trainer.config.network;
    const split = await loadSplit(dataSource(args, data), { backend: ranks.backend, steps, ...readLimit(args) });
    await agree(ranks, split);
    const { train, validation } = split;
    const given = epochs === undefined ? {} : { epochs };
    await trainer.run(train, { ...given, ...(validation.length > 0 ? { validation } : {}) });
    ranks.end();
  } catch (thrown) {
    await setTimeout(PATIENCE);
    throw inFile(`rank ${ranks.rank} of ${ranks.size}`, thrown);
  }
}

async function ordered(ranks: TrainingRanks): Promise<Order & { checkpoint: Uint8Array }> {
  const nothing = new Uint8Array();
  const [text = nothing] = await ranks.exchange(nothing);
  const order = JSON.parse(new TextDecoder().decode(text)) as Order;
  if (order.version !== version) {
    throw new SpikeletError("BACKEND_UNAVAILABLE", "version", `is ${version}, and ${order.version} on rank 0`);
  }
  if (order.build !== (await buildOf(ranks))) {
    const message = "is another one than on rank 0: install or build the same on every machine, or they learn other bits";
    throw new SpikeletError("BACKEND_UNAVAILABLE", "build", message);
  }
  const other = Object.keys(order.asked).find((name) => order.asked[name] !== ranks.asked[name]);
  if (other !== undefined) {
    const [mine, first] = [ranks.asked[other], order.asked[other]].map((text) => JSON.stringify(text));
    throw new SpikeletError("CONFIG_INVALID", `--${other}`, `must be the same on every rank: is ${mine}, and ${first} on rank 0`);
  }
  const [checkpoint = nothing] = await ranks.exchange(nothing);
  return { ...order, checkpoint };
}

/** The files of this package, from the folder of its main module on. */
const FILES = new URL("../../", import.meta.url);

/** Names the build of this process: the same version may have been built from other commits. */
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
export async function agree(ranks: Ranks, { train, validation }: Split): Promise<void> {
  const own = `${await samplesIdentity(train)} ${await samplesIdentity(validation)}`;
  const all = await ranks.exchange(new TextEncoder().encode(own));
  const other = all.findIndex((hash) => new TextDecoder().decode(hash) !== own);
  if (other >= 0) throw new SpikeletError("CHECKSUM_MISMATCH", "data", `rank ${other} has other samples than rank ${ranks.rank}`);
}
