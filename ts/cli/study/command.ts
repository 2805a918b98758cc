import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseShard, WHOLE } from "../../study/plan/shard.js";
import { gather, mergeInto } from "../../study/report/merge.node.js";
import { inProcesses } from "../../study/run/pool.node.js";
import { dataHashes } from "../../study/run/prepare.js";
import type { RunQueue } from "../../study/run/queue.node.js";
import type { Run } from "../../study/run/runs.js";
import { Samples } from "../../study/run/samples.js";
import { inProcess, runStudy } from "../../study/run/study.node.js";
import type { EpochProgress } from "../../study/run/train.js";
import { type NamedPlan, StudyFolder } from "../../study/store/study-folder.node.js";
import { wholeNumber } from "../arguments.js";
import type { Parameters } from "../command.js";
import { threads } from "../configuration.js";
import { Unfinished } from "../exit.js";
import type { Choices, ComputeArguments } from "../invocation.js";
import { LiveLine } from "../live-line.js";
import { computeOptions, dataOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { muteWords, refuseBesideRun } from "../train/output.js";
import { executorOf, type WorkOptions } from "./execution.js";
import { CliSupply, requireOneFolder } from "./supply.js";
import { counts, damageLines, epochWords, errorLines, outcomeWords, resultLines, runName, waitWords } from "./words.js";

/** Options of every command that runs a study. */
export const studyOptions = {
  processes: {
    type: "string",
    description: "processes that train at the same time; one for each core by default, 0 for none but this one",
    valueHint: "N",
  },
  shard: {
    type: "string",
    description: "part of the runs for this machine: 2/8, or auto/8 with the number from Slurm, Kubernetes or GNU parallel",
    valueHint: "I/N",
  },
  retry: { type: "boolean", description: "run failed runs again" },
  data: dataOptions.data,
  ...computeOptions,
  ...outputOptions,
} as const satisfies Parameters;

/** What {@link studyOptions} become. */
export interface StudyArguments extends ComputeArguments {
  processes?: string | undefined;
  shard?: string | undefined;
  retry?: boolean | undefined;
  data?: string | undefined;
  json?: boolean | undefined;
}

/** How a command reports its study. */
export interface Telling {
  /** Type of its last event. */
  type: "sweep" | "experiment";
  /** Whether each epoch is reported. */
  tellsEpochs: boolean;
}

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));

/**
 * Runs the runs of a plan without a record in the folder `out`, in as many processes as asked for, and writes tables and page.
 *
 * @throws {Unfinished} when runs left no record.
 */
export async function study(
  named: NamedPlan,
  out: string,
  args: StudyArguments,
  choices: Choices,
  { type, tellsEpochs }: Telling,
): Promise<void> {
  refuseBesideRun(out);
  const { plan } = named;
  const { signal } = choices;
  const isJson = args.json === true;
  const shard = args.shard === undefined ? WHOLE : parseShard(args.shard, process.env);
  const count = args.processes === undefined ? availableParallelism() : wholeNumber(args.processes, "processes");
  const { data, backend, simd } = args;
  const each = args.threads === undefined ? (count > 0 ? 1 : "auto") : threads(String(args.threads));
  const options: WorkOptions = { folder: out, data, backend, simd, threads: each, tellsEpochs };
  if (data !== undefined) requireOneFolder(plan);
  const hashes = await dataHashes(plan, new Samples(new CliSupply(data, choices)), choices);
  const folder = new StudyFolder(out);
  const onMute = (why: string) => say(muteWords(out, why));
  const wait = { signal, onWait: (owner: string) => say(waitWords(out, owner)), onMute };
  await folder.begin(named, hashes, wait);

  using live = new LiveLine("runs");
  const tell = (event: object, line: string | undefined) => {
    if (isJson) process.stdout.write(`${JSON.stringify(event)}\n`);
    if (line === undefined) return;
    live.close();
    say(line);
  };
  const onEpoch = (run: Run, epoch: EpochProgress) => {
    const words = epochWords(epoch);
    tell({ type: "epoch", ...labelsOf(run), ...epoch }, words && `${runName(run, plan)}  ${words}`);
  };
  const executor = await executorOf(options, signal);
  const execute = (queue: RunQueue) =>
    count > 0
      ? inProcesses(queue, { count, script: WORKER, options, onEpoch }, signal)
      : inProcess(queue, (run, place) => executor(run, place, (epoch) => onEpoch(run, epoch)), signal);
  const lost = new Set<string>();
  let told = 0;
  try {
    const study = { plan, hashes, folder, shard, retry: args.retry === true, execute, say };
    for await (const { outcome, k, count } of runStudy(study)) {
      const { run } = outcome;
      told += 1;
      if ("lost" in outcome) lost.add(run.id);
      const event =
        "lost" in outcome
          ? { type: "lost", ...labelsOf(run), reason: outcome.lost }
          : { type: "run", settings: run.settings, ...outcome.record };
      tell(event, `${k}/${count} ${runName(run, plan)}  ${outcomeWords(outcome)}`);
      if (!isJson) live.show({ done: k, all: count });
    }
  } catch (thrown) {
    live.close();
    if (signal.aborted) say(`stopped after ${told} runs: the same command continues`);
    throw thrown;
  } finally {
    await folder.tidy();
  }

  live.close();
  const isWhole = shard === WHOLE;
  const { manifest: _, ...found } = isWhole ? await mergeInto(out, [out], wait) : { ...(await gather([out])), files: undefined };
  const { table, files, damaged, unchecked } = found;
  const { rows, ...totals } = table;
  printResult(isJson, { type, out, ...totals, damaged, unchecked, files }, () => [
    counts(table),
    ...damageLines(found),
    ...errorLines(table),
    ...resultLines(table, plan),
    ...(files ? [`${files.page}, ${files.table}, ${files.records}`] : [`spikelet sweep merge ${out} joins the parts`]),
  ]);
  // Another process may have done them by now.
  const missing = rows.filter(({ run, record }) => record === undefined && lost.has(run.id)).length;
  if (missing > 0) throw new Unfinished(`${missing} runs left no record: the same command runs them again`);
}

function labelsOf({ id, settings, seed }: Run) {
  return { id, settings, seed };
}
