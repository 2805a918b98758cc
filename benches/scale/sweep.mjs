// npm run bench:scale: a sweep of 10,000 runs on 1,000 workers that die, played through: plan, shares and merger are the real ones, records are
// made up and time is virtual. Fails unless every run is there in the end, with the result that its identity stands for.
//
// npm run bench:scale -- --points 100 --workers 50
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mulberry32 } from "../../dist/random.js";
import { parsePlan } from "../../dist/study/plan/plan.js";
import { shareOf } from "../../dist/study/plan/shard.js";
import { runsOf } from "../../dist/study/run/runs.js";
import { StudyFolder } from "../../dist/study/store/study-folder.node.js";
import { main, setUp } from "../../scripts/setup.mjs";
import { jsonLines } from "../shared/lines.mjs";
import { finished, recordOf } from "../shared/record.mjs";
import { typed, wordsOf } from "../shared/words.mjs";
import { outcomeFor } from "./records.mjs";
import { Worker } from "./worker.mjs";

const words = wordsOf({ points: "2000", workers: "1000" });

const PLAN = {
  config: {
    network: {
      input: 784,
      steps: 300,
      layers: [
        { type: "dense", units: 800 },
        { type: "dense", units: 10 },
      ],
    },
    schedule: { type: "step", every: 10, factor: 0.1 },
    training: { epochs: 20, batchSize: 128 },
    data: { dataset: "mnist" },
  },
  settings: {
    "optimizer.learningRate": { from: 0.0001, to: 0.01, scale: "log" },
    "network.layers[0].units": { from: 50, to: 800, whole: true },
    "loss.inverseTemperature": { from: 0.1, to: 1 },
    rule: [{ type: "activation" }, { type: "timing" }, { type: "antlr" }],
  },
  search: { type: "sobol", runs: Number(words.points) },
  seeds: 5,
};
const HASHES = new Map([['{"dataset":"mnist","options":null,"steps":300}', "d".repeat(64)]]);

await main(async () => {
  await setUp();
  const record = recordOf(typed("bench:scale"));
  const root = await mkdtemp(join(tmpdir(), "spikelet-scale-"));
  try {
    const planned = await plan();
    const played = await play(planned.runs, root);
    const merged = await merge(played.folders, join(root, "merged"), planned.runs);
    const { runs, ...planning } = planned;
    const { folders, ...playing } = played;
    const result = { ...finished(record), runs: runs.length, planning, playing: { ...playing, folders: folders.length }, merged };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

/** All runs, and the shares of all workers: each run in one of them. */
async function plan() {
  const start = performance.now();
  const { runs } = await runsOf(parsePlan(PLAN), HASHES, () => undefined);
  const seconds = since(start);
  const count = Number(words.workers);
  const shares = Array.from({ length: count }, (_, index) => shareOf(runs, { index, count }));
  assert.equal(new Set(shares.flat()).size, runs.length);
  assert.equal(shares.flat().length, runs.length);
  return { runs, seconds };
}

/** Every worker to the end of its share, through as many deaths as come; the folders that are left. */
async function play(runs, root) {
  const draw = mulberry32(1);
  const count = Number(words.workers);
  const start = performance.now();
  const counts = { deaths: 0, repeated: 0, torn: 0, failedRuns: 0, lostHours: 0, lastHour: 0 };
  const folders = [];
  for (let index = 0; index < count; index++) {
    const worker = new Worker(
      shareOf(runs, { index, count }),
      () => newFolder(join(root, `worker-${index}`), folders),
      draw,
      counts,
    );
    await worker.work();
  }
  return { ...counts, folders, seconds: since(start) };
}

async function newFolder(stem, folders) {
  const dir = `${stem}-${folders.length}`;
  const folder = new StudyFolder(dir);
  await folder.begin({ name: "scale", json: PLAN, plan: undefined }, HASHES);
  folders.push(dir);
  return folder;
}

/** The command on all folders, in a process of its own, and what it made of them, held against what it should be. */
async function merge(folders, out, runs) {
  await mkdir(out);
  const list = join(out, "folders.json");
  await writeFile(list, JSON.stringify(folders));
  const [totals, cost] = await jsonLines("benches/scale/merge.mjs", [list, out]);
  const lines = (await readFile(totals.files.records, "utf8")).trim().split("\n");
  assert.equal(lines.length, runs.length);
  for (const [k, line] of lines.entries()) {
    const { index, point, settings, rung, ran, ...outcome } = JSON.parse(line);
    assert.deepEqual(outcome, outcomeFor(runs[k]));
    assert.equal(index, k);
  }
  const { done, failed, missing, others } = totals;
  assert.deepEqual([done + failed, missing, others], [runs.length, 0, 0]);
  return { done, failed, missing, ...cost, megabytes: lines.join("\n").length / 1e6 };
}

function since(start) {
  return Number(((performance.now() - start) / 1000).toFixed(2));
}
