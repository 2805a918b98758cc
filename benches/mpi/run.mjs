// npm run bench:mpi: a training on 1 and 2 threads, and under mpirun on 1 and 2 ranks with one thread each, taking turns; then what a
// shared batch costs by parts, and what follows from them for many machines on a network of 10 and 100 Gbit/s. Writes
// benches/results/<date>-<machine>-mpi.json and .md
//
// npm run bench:mpi -- --cases mnist --batches 128 --sizes 1,2,4 --repeats 3
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepFailed } from "../../scripts/run.mjs";
import { buildMpi, main, setUp } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { jsonLines } from "../shared/lines.mjs";
import { finished, recordOf, writeResult } from "../shared/record.mjs";
import { duration, table } from "../shared/table.mjs";
import { list, typed, wordsOf } from "../shared/words.mjs";
import { predictions } from "./model.mjs";

const words = wordsOf({ cases: "mnist,conv,deep", batches: "16,128", sizes: "1,2,4,8,32", repeats: "2", epochs: "1" });

/** Ways to use one core and two. */
const WAYS = [
  { name: "1 thread", ranks: 0, threads: 1 },
  { name: "2 threads", ranks: 0, threads: 2 },
  { name: "1 rank", ranks: 1, threads: 1 },
  { name: "2 ranks", ranks: 2, threads: 1 },
];

await main(async () => {
  await setUp();
  await buildMpi();
  const record = recordOf(typed("bench:mpi"));
  const measured = list(words.batches).flatMap((batch) => scaling(batch));
  const parts = [];
  for (const name of list(words.cases)) {
    for (const batch of list(words.batches))
      parts.push(...(await jsonLines("benches/mpi/parts.mjs", [name, batch, words.sizes])));
  }
  const result = { ...finished(record), measured, parts: predictions(parts) };
  writeResult(result, "-mpi", markdown(result));
});

/** Samples per second of the preset, the better of several tries each. */
function scaling(batch) {
  const best = new Map(WAYS.map(({ name }) => [name, 0]));
  for (let repeat = 0; repeat < Number(words.repeats); repeat++) {
    for (const way of WAYS) best.set(way.name, Math.max(best.get(way.name), trained(way, batch)));
  }
  return [...best].map(([name, samplesPerSecond]) => ({ batch: Number(batch), name, samplesPerSecond }));
}

function trained({ ranks, threads }, batch) {
  const out = mkdtempSync(join(tmpdir(), "spikelet-mpi-"));
  const set = { batchSize: batch, epochs: words.epochs, threads };
  const settings = Object.entries(set).flatMap(([name, value]) => ["--set", `training.${name}=${value}`]);
  const train = [process.execPath, "dist/cli/main.js", "train", "--preset", "digits", "--out", out, "--json", ...settings];
  const [command, ...args] = ranks === 0 ? train : ["mpirun", "-n", String(ranks), "--bind-to", "core", ...train];
  const environment = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };
  try {
    const { status, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...environment } });
    if (status !== 0) throw new StepFailed(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
    return JSON.parse(readFileSync(join(out, "report.json"), "utf8")).train.samplesPerSecond;
  } finally {
    rmSync(out, { recursive: true });
  }
}

function markdown(result) {
  const alone = (line) => result.measured.find(({ batch }) => batch === line.batch).samplesPerSecond;
  return [
    ...table(
      ["784-800-10", "batch", "samples/s", "× 1 thread"],
      result.measured.map((line) => [line.name, line.batch, line.samplesPerSecond, line.samplesPerSecond / alone(line)]),
    ),
    ...table(
      [
        "case",
        "batch",
        "parameters",
        "ranks",
        "share",
        "update",
        "kB sent by a rank",
        "kB of an all-reduce",
        "× at 10 Gbit/s",
        "× at 100 Gbit/s",
      ],
      result.parts.map((line) => [
        line.case,
        line.batch,
        line.parameters,
        line.ranks,
        duration(line.share),
        duration(line.update),
        line.sent / 1e3,
        line.allReduce / 1e3,
        line.speedup10,
        line.speedup100,
      ]),
    ),
  ];
}
