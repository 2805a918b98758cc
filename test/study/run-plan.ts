import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBackend } from "spikelet/backend";
import type { JsonObject } from "../../ts/json.js";
import { parsePlan } from "../../ts/study/plan/plan.js";
import { WHOLE } from "../../ts/study/plan/shard.js";
import { gather } from "../../ts/study/report/merge.node.js";
import { execute } from "../../ts/study/run/execute.js";
import { dataHashes } from "../../ts/study/run/prepare.js";
import type { Outcome } from "../../ts/study/run/runs.js";
import { type DataSupply, Samples } from "../../ts/study/run/samples.js";
import { inProcess, runStudy } from "../../ts/study/run/study.node.js";
import type { Row } from "../../ts/study/run/table.js";
import type { EpochProgress } from "../../ts/study/run/train.js";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";

/** How a test runs a plan. */
export interface PlayOptions {
  supply: DataSupply;
  /** A new one unless given. */
  dir?: string;
  threads?: number;
  retry?: boolean;
  signal?: AbortSignal;
  onEpoch?: (epoch: EpochProgress) => void;
}

/** Runs a plan to its end in this process, on data of the test's own. */
export async function runPlan(
  json: JsonObject,
  options: PlayOptions,
): Promise<{ rows: Row[]; outcomes: Outcome[]; dir: string }> {
  const { supply, threads = 1, retry = false, signal = new AbortController().signal, onEpoch } = options;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "spikelet-")));
  const plan = parsePlan(json);
  const backend = await loadBackend("native");
  const create = { backend, signal };
  const samples = new Samples(supply);
  const hashes = await dataHashes(plan, samples, create);
  const folder = new StudyFolder(dir);
  await folder.begin({ name: "test", plan, json }, hashes);
  const executing = { samples, create, threads, backend: backend.kind, host: "here", onEpoch };
  const outcomes: Outcome[] = [];
  const study = runStudy({
    plan,
    hashes,
    folder,
    shard: WHOLE,
    retry,
    execute: (queue) =>
      inProcess(
        queue,
        async (run, place) => {
          const record = await execute(run, executing);
          await folder.add(record, place);
          return record;
        },
        signal,
      ),
  });
  for await (const { outcome } of study) outcomes.push(outcome);
  return { rows: (await gather([dir])).table.rows, outcomes, dir };
}
