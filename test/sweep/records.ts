import { ARITHMETIC } from "../../ts/generated/arithmetic.js";
import type { Json } from "../../ts/json.js";
import { type Plan, parsePlan } from "../../ts/study/plan/plan.js";
import { type Run, runsOf } from "../../ts/study/run/runs.js";
import type { RunRecord } from "../../ts/study/store/record.js";
import type { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { version } from "../../ts/version.js";

export const CONFIG = { network: { input: 4, steps: 10, layers: [{ type: "dense", units: 2 }] }, optimizer: { type: "adam" } };

export const KEY = '{"dataset":null,"options":null,"steps":10}';
export const HASHES: ReadonlyMap<string, string> = new Map([[KEY, "d".repeat(64)]]);

const SAMPLES = { name: "made up", encoding: null, train: 80, validation: 10, test: 10 };

export function planOf(more: { [key: string]: Json }): Plan {
  return parsePlan({ config: CONFIG, ...more });
}

/** The record that a run would leave if its score were `score`; without a score, one of a failure. */
export function recordOf({ id, seed, config, data }: Run, score?: number, host = "a"): RunRecord {
  const ran = { endedAt: "2026-01-01T00:00:00.000Z", seconds: 1, samplesPerSecond: 10, host, backend: "native", threads: 1 };
  const identity = { id, seed, config, data, version, arithmetic: ARITHMETIC, ran };
  if (score === undefined) return { ...identity, status: "failed", error: { code: "NON_FINITE", path: "", message: "loss" } };
  const metrics = {
    samples: 10,
    loss: 1 - score,
    lossParts: { main: 0, silentTargetPenalty: 0, targetCount: 0, rateBounds: 0, spikePenalty: 0 },
    accuracy: { count: score, firstSpike: score },
    spikes: { perSample: 5, untilDecision: 4, perUnit: [], untilDecisionPerUnit: [], total: [], untilDecisionTotal: [] },
    decisionStep: { mean: 3, median: 3, min: 1 },
    silentFraction: [],
    saturatedFraction: [],
    firingRate: [],
    synapticOperations: 20,
    synapticOperationsByLayer: [20],
  };
  const history = [{ trainLoss: 1, trainFirstSpike: score, validationLoss: 1, validationFirstSpike: score, spikesPerSample: 5 }];
  const result = { epochs: 1, bestEpoch: 1, data: SAMPLES, validation: metrics, test: metrics, history };
  return { ...identity, status: "done", result };
}

/** Runs a plan to its end on scores that are made up. */
export async function simulatedRecords(plan: Plan, scoreOf: (run: Run) => number | undefined): Promise<Map<string, RunRecord>> {
  const records = new Map<string, RunRecord>();
  for (;;) {
    const { runs } = await runsOf(plan, HASHES, (id) => records.get(id));
    const todo = runs.filter(({ id }) => !records.has(id));
    if (todo.length === 0) return records;
    for (const run of todo) records.set(run.id, recordOf(run, scoreOf(run)));
  }
}

/** Leaves a record in a folder, as whoever has done its run. */
export async function addRecord(folder: StudyFolder, record: RunRecord): Promise<void> {
  if (!(await folder.claim(record.id))) throw new Error(`another is at ${record.id}`);
  await folder.add(record, folder.placeOf(record.id));
  folder.release(record.id);
}
