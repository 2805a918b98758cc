import { availableParallelism } from "node:os";
import { join } from "node:path";
import { runsOf } from "../../sweep/runs.js";
import { parseShard, type Shard, shareOf, WHOLE } from "../../sweep/shard.js";
import { joined } from "../../sweep/table.js";
import { wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { threads } from "../configuration.js";
import { Unfinished } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, dataOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { inProcess, type Outcome, type WorkOptions } from "../sweep/execute.js";
import { SweepFolder } from "../sweep/folder.js";
import { gather, mergeInto } from "../sweep/merge.js";
import { type PlanFile, readPlan } from "../sweep/plan-file.js";
import { inProcesses } from "../sweep/pool.js";
import { dataHashes } from "../sweep/prepare.js";
import { RunQueue } from "../sweep/queue.js";
import { bestLines, counts, damageLines, errorLines, outcomeWords, settingsLine } from "../sweep/words.js";

export const sweep = defineCommand({
  meta: { name: "sweep", description: "Trains once for each combination of settings in a plan; what exists is skipped" },
  subCommands: {
    merge: async () => (await import("./sweep/merge.js")).merge,
    status: async () => (await import("./sweep/status.js")).status,
  },
  args: {
    plan: { type: "positional", required: true, description: "plan of the sweep: docs/sweeps.md", valueHint: "PLAN.json" },
    out: { type: "string", description: "folder for the records; out/NAME of the plan unless given", valueHint: "DIR" },
    processes: {
      type: "string",
      description: "processes that train side by side, 0 for this one alone; one for each core unless given",
      valueHint: "N",
    },
    shard: {
      type: "string",
      description:
        "the part of the runs that this machine takes: 2/8, or auto/8 where Slurm, Kubernetes or GNU parallel number it",
      valueHint: "I/N",
    },
    retry: { type: "boolean", description: "run again what failed" },
    data: dataOptions.data,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const signal = abortOnInterrupt();
    const choices = choicesOf(args, signal);
    const shard = args.shard === undefined ? WHOLE : parseShard(args.shard, process.env);
    const file = await readPlan(args.plan);
    const out = args.out ?? join("out", file.name);
    const count = args.processes === undefined ? availableParallelism() : wholeNumber(args.processes, "processes");
    const work: WorkOptions = {
      folder: out,
      data: args.data,
      backend: args.backend,
      simd: args.simd,
      threads: args.threads === undefined ? (count > 0 ? 1 : "auto") : threads(args.threads),
    };
    const hashes = await dataHashes(file.plan, args.data, choices);
    const folder = new SweepFolder(out);
    await folder.begin(file, hashes, signal);
    const report = (event: Report) => {
      if (args.json) process.stdout.write(`${JSON.stringify(eventOf(event))}\n`);
      say(`${event.place}  ${outcomeWords(event.outcome, file.plan.objective)}  ${settingsLine(event.outcome.run, file.plan)}`);
    };
    const execute = (queue: RunQueue) => (count > 0 ? inProcesses(queue, count, work, signal) : inProcess(queue, work, signal));
    const progress: Progress = { shard, retry: args.retry === true, execute, report };
    const lost = await runAll(file, hashes, folder, progress).finally(() => folder.tidy());

    const isWhole = shard === WHOLE;
    const { table, damaged, files } = isWhole ? await mergeInto(out, [out]) : { ...(await gather([out])), files: undefined };
    const { rows, ...totals } = table;
    printResult(args.json === true, { type: "sweep", out, ...totals, damaged, files }, () => [
      counts(table),
      ...damageLines(damaged),
      ...errorLines(table),
      ...bestLines(table, file.plan),
      ...(files ? [`${files.page}, ${files.table}, ${files.records}`] : [`spikelet sweep merge ${out} joins the parts`]),
    ]);
    // Another process may have done them by now.
    const missing = rows.filter(({ run, record }) => record === undefined && lost.has(run.id)).length;
    if (missing > 0) throw new Unfinished(`${missing} runs left no record: the same command runs them again`);
  },
});

/** What is told of a run when it ends. */
interface Report {
  outcome: Outcome;
  /** Which of how many. */
  place: string;
}

interface Progress {
  shard: Shard;
  retry: boolean;
  execute: (queue: RunQueue) => AsyncIterable<Outcome>;
  report: (report: Report) => void;
}

/**
 * Runs what has no record yet, rung by rung; ends early where other shards have to come first.
 *
 * @returns ids of the runs that left no record.
 */
async function runAll(
  file: PlanFile,
  hashes: Map<string, string>,
  folder: SweepFolder,
  { shard, retry, execute, report }: Progress,
): Promise<Set<string>> {
  const tried = new Set<string>();
  const lost = new Set<string>();
  for (;;) {
    const stored = await folder.records();
    const records = joined(stored.records);
    const find = (id: string) => records.get(id);
    const { runs, isOpen } = await runsOf(file.plan, hashes, find);
    const share = shareOf(runs, shard);
    const todo = share.filter(({ id }) => {
      const known = find(id);
      return !tried.has(id) && (known === undefined || (retry && known.status === "failed"));
    });
    if (todo.length === 0) {
      if (isOpen) say("the next rung needs the records of all shards: run this again when they are there");
      return lost;
    }
    if (tried.size === 0) for (const { message } of stored.damaged) say(`${message}: the run is done again`);
    const queue = new RunQueue(todo, folder, records);
    let ended = share.length - todo.length;
    for await (const outcome of execute(queue)) {
      ended += 1;
      if ("lost" in outcome) lost.add(outcome.run.id);
      report({ outcome, place: `${ended + queue.doneElsewhere}/${share.length}` });
    }
    for (const { id } of todo) tried.add(id);
  }
}

function eventOf({ outcome }: Report): object {
  const { run } = outcome;
  const { id, settings, seed } = run;
  return "lost" in outcome
    ? { type: "lost", id, settings, seed, reason: outcome.lost }
    : { type: "run", settings, ...outcome.record };
}
