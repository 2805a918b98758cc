import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineCommand } from "citty";
import type { RunRecord } from "../../sweep/record.js";
import { scoreOf } from "../../sweep/record.js";
import { type Run, runsOf } from "../../sweep/runs.js";
import { parseShard, type Shard, shareOf, WHOLE } from "../../sweep/shard.js";
import { joined } from "../../sweep/table.js";
import { wholeNumber } from "../arguments.js";
import { threads } from "../configuration.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, dataOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { inProcess, type WorkOptions } from "../sweep/execute.js";
import { SweepFolder } from "../sweep/folder.js";
import { gather, writeMerged } from "../sweep/merge.js";
import { type PlanFile, readPlan } from "../sweep/plan-file.js";
import { inProcesses } from "../sweep/pool.js";
import { dataHashes } from "../sweep/prepare.js";
import { bestLines, counts, errorLines, outcome, settingsLine } from "../sweep/words.js";

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
    await folder.begin(file, hashes);
    const execute = (runs: Run[]) => (count > 0 ? inProcesses(runs, count, work, signal) : inProcess(runs, work, signal));
    const report = (run: Run, record: RunRecord, place: string) => {
      if (args.json) process.stdout.write(`${JSON.stringify({ type: "run", settings: run.settings, ...record })}\n`);
      say(`${place}  ${outcome(record, scoreOf(record, file.plan.objective))}  ${settingsLine(run, file.plan)}`);
    };
    await runAll(file, hashes, folder, { shard, retry: args.retry === true, execute, report });

    const gathered = await gather([out]);
    const files = shard === WHOLE ? await writeMerged(gathered, out) : undefined;
    const { rows: _, ...totals } = gathered.table;
    printResult(args.json === true, { type: "sweep", out, ...totals, files }, () => [
      counts(gathered.table),
      ...errorLines(gathered.table),
      ...bestLines(gathered.table, file.plan),
      ...(files ? [`${files.page}, ${files.table}, ${files.records}`] : [`spikelet sweep merge ${out} joins the parts`]),
    ]);
  },
});

interface Work {
  shard: Shard;
  retry: boolean;
  execute: (runs: Run[]) => AsyncIterable<RunRecord>;
  report: (run: Run, record: RunRecord, place: string) => void;
}

/** Runs what has no record yet, rung by rung; ends early where other shards have to come first. */
async function runAll(file: PlanFile, hashes: Map<string, string>, folder: SweepFolder, work: Work): Promise<void> {
  const retried = new Set<string>();
  for (;;) {
    const records = joined(await folder.records());
    const find = (id: string) => records.get(id);
    const { runs, isOpen } = await runsOf(file.plan, hashes, find);
    const share = shareOf(runs, work.shard);
    const todo = share.filter(({ id }) => {
      const known = find(id);
      return known === undefined || (work.retry && known.status === "failed" && !retried.has(id));
    });
    if (todo.length === 0) {
      if (isOpen) say("the next rung needs the records of all shards: run this again when they are there");
      return;
    }
    let place = share.length - todo.length;
    const byId = new Map(todo.map((run) => [run.id, run]));
    for await (const record of work.execute(todo)) {
      place += 1;
      retried.add(record.id);
      const run = byId.get(record.id);
      if (run !== undefined) work.report(run, record, `${place}/${share.length}`);
    }
  }
}
