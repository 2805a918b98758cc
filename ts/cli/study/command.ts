import { availableParallelism } from "node:os";
import { parseShard, WHOLE } from "../../study/plan/shard.js";
import { gather, mergeInto } from "../../study/report/merge.node.js";
import { type Outcome, runName } from "../../study/run/runs.js";
import type { Ended } from "../../study/run/study.node.js";
import type { NamedPlan } from "../../study/store/study-folder.node.js";
import { wholeNumber } from "../arguments.js";
import type { Parameters } from "../command.js";
import { threads } from "../configuration.js";
import { Unfinished } from "../exit.js";
import type { Choices, ComputeArguments } from "../invocation.js";
import { LiveLine } from "../live-line.js";
import { computeOptions, dataOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { heartbeatWarning } from "../train/output.js";
import type { WorkOptions } from "./execution.js";
import { perform } from "./perform.js";
import { counts, damageLines, errorLines, outcomeText, resultLines, waitText } from "./text.js";

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

/** The parsed values of {@link studyOptions}. */
export interface StudyArguments extends ComputeArguments {
  processes?: string | undefined;
  shard?: string | undefined;
  retry?: boolean | undefined;
  data?: string | undefined;
  json?: boolean | undefined;
}

/**
 * Runs the runs of a plan without a record in the folder `out`, in as many processes as asked for, and writes tables and page.
 *
 * @throws {Unfinished} when runs left no record.
 */
export async function study(named: NamedPlan, out: string, args: StudyArguments, choices: Choices): Promise<void> {
  const { plan } = named;
  const { signal } = choices;
  const isJson = args.json === true;
  const shard = args.shard === undefined ? WHOLE : parseShard(args.shard, process.env);
  const processes = args.processes === undefined ? availableParallelism() : wholeNumber(args.processes, "processes");
  const { data, backend, simd } = args;
  const each = args.threads === undefined ? (processes > 0 ? 1 : "auto") : threads(String(args.threads));
  const options: WorkOptions = { folder: out, data, backend, simd, threads: each, tellsEpochs: false };
  const onHeartbeatFailed = (why: string) => say(heartbeatWarning(out, why));
  const wait = { signal, onWait: (owner: string) => say(waitText(out, owner)), onHeartbeatFailed };

  using live = new LiveLine("runs");
  const lost = new Set<string>();
  let ended = 0;
  const onEnd = ({ outcome, k, count }: Ended) => {
    const { run } = outcome;
    ended += 1;
    if ("lost" in outcome) lost.add(run.id);
    if (isJson) process.stdout.write(`${JSON.stringify(eventOf(outcome))}\n`);
    live.close();
    say(`${k}/${count} ${runName(run, plan)}  ${outcomeText(outcome)}`);
    if (!isJson) live.show({ done: k, all: count });
  };
  try {
    const work = { named, processes, shard, retry: args.retry === true, options, choices, wait };
    await perform(work, { onEpoch: () => undefined, onEnd, say });
  } catch (thrown) {
    live.close();
    if (signal.aborted) say(`stopped after ${ended} runs: the same command continues`);
    throw thrown;
  }

  live.close();
  const isWhole = shard === WHOLE;
  const { manifest: _, ...found } = isWhole ? await mergeInto(out, [out], wait) : { ...(await gather([out])), files: undefined };
  const { table, files, damaged, unchecked } = found;
  const { rows, ...totals } = table;
  printResult(isJson, { type: "sweep", out, ...totals, damaged, unchecked, files }, () => [
    counts(table, plan),
    ...damageLines(found),
    ...errorLines(table),
    ...resultLines(table, plan),
    ...(files ? [`${files.page}, ${files.table}, ${files.records}`] : [`spikelet sweep merge ${out} joins the parts`]),
  ]);
  // Another process may have done them by now.
  const missing = rows.filter(({ run, record }) => record === undefined && lost.has(run.id)).length;
  if (missing > 0) throw new Unfinished(`${missing} runs left no record: the same command runs them again`);
}

/** The JSON event of a run that has ended. */
function eventOf(outcome: Outcome): object {
  const { id, settings, seed } = outcome.run;
  if ("lost" in outcome) return { type: "lost", id, settings, seed, reason: outcome.lost };
  return { type: "run", settings, ...outcome.record };
}
