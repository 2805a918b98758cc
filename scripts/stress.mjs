// npm run test:stress: runs each test file that sends signals or waits again and again beside busy loops, and prints a table.
//
//   npm run test:stress -- [FILE…] [--times 40] [--loops 4]    these files, or all that the rule below finds
//   npm run test:stress -- --suite                             all test files six times, three of them beside the loops
//   … --at-once 4                                              so many runs beside each other, of different files
//   … --out stress.ndjson                                      a line for each run; goes on where the file ends
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { missingForMpi } from "./mpi-tools.mjs";
import { StepFailed } from "./run.mjs";
import { buildMpi, main, setUp } from "./setup.mjs";
import { ROOT } from "./stamps.mjs";

/** What a test file says that sends signals, aborts, or waits for something but the answer to a call. */
const WAITS =
  /\bSIG(INT|TERM|HUP|KILL|PIPE)\b|AbortController|\bset(Timeout|Interval|Immediate)\b|expect\.poll|waitFor|\bHold\b|\bheld\b|mpirun|performance\./;
const SUITE_RUNS = 6;

/** @returns {string[]} */
function filesThatWait() {
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".test.ts"),
  );
  return files
    .map((file) => `test/${file}`)
    .filter((file) => WAITS.test(readFileSync(join(ROOT, file), "utf8")))
    .sort();
}

/** Children that run, each the leader of a process group. */
const children = new Set();

/** Starts Node; a signal that ends this program ends the child with all that it started. */
function start(args, stdio) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio, detached: true });
  children.add(child);
  child.on("close", () => children.delete(child));
  return child;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    for (const { pid } of children) process.kill(-pid, "SIGKILL");
    process.exit(128 + constants.signals[signal]);
  });
}

/** Programs that only keep a core busy, until `work` has ended. */
async function beside(loops, work) {
  const busy = Array.from({ length: loops }, () => start(["-e", "for (;;);"], "ignore"));
  try {
    return await work();
  } finally {
    for (const child of busy) child.kill("SIGKILL");
  }
}

/** Runs test files; what it printed when it failed. */
function vitest(files) {
  return new Promise((resolve) => {
    const child = start(["node_modules/vitest/vitest.mjs", "run", ...files], ["ignore", "pipe", "pipe"]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve(code === 0 ? undefined : output));
  });
}

/**
 * A run of tests that is done.
 *
 * @typedef {{ tests: string, loops: number, commit: string, isFailed: boolean, seconds: number }} Run
 */

/** Runs that were recorded before. */
function recorded(file) {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => /** @type {Run} */ (JSON.parse(line)));
}

/** Every name once, then every name again, until each has its `times`; those with runs already later or no more. */
function inTurns(names, times, runsOf) {
  const rounds = Array.from({ length: times }, (_, round) => names.filter((name) => runsOf(name) <= round));
  return rounds.flat();
}

/** Works through a queue, `atOnce` of it at a time and no two of the same name. */
async function together(queue, atOnce, work) {
  const running = new Set();
  const next = async () => {
    const place = queue.findIndex((name) => !running.has(name));
    if (place < 0) return;
    const [name] = queue.splice(place, 1);
    running.add(name);
    await work(name);
    running.delete(name);
    await next();
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}

/** Lines of the table. */
function table(names, loops, runs) {
  return names.map((name) => {
    const own = runs.filter((run) => run.tests === name && run.loops === loops);
    const seconds = own.reduce((sum, run) => sum + run.seconds, 0) / own.length;
    return `| ${name} | ${loops} | ${own.length} | ${own.filter((run) => run.isFailed).length} | ${seconds.toFixed(1)} |\n`;
  });
}

await main(async () => {
  const options = {
    times: { type: "string", default: "40" },
    loops: { type: "string", default: "4" },
    "at-once": { type: "string", default: "1" },
    out: { type: "string" },
    suite: { type: "boolean" },
  };
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  const [times, loops, atOnce] = [Number(values.times), Number(values.loops), Number(values["at-once"])];
  await setUp();
  // Beside the loops a build takes longer than a test may.
  if (missingForMpi() === undefined) await buildMpi();
  const names = values.suite ? ["all"] : positionals.length > 0 ? positionals : filesThatWait();
  const rounds = values.suite
    ? [
        [SUITE_RUNS / 2, 0],
        [SUITE_RUNS / 2, loops],
      ]
    : [[times, loops]];
  const runs = recorded(values.out);
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  for (const [count, besides] of rounds) {
    const runsOf = (name) => runs.filter((run) => run.tests === name && run.loops === besides).length;
    await beside(besides, () =>
      together(inTurns(names, count, runsOf), atOnce, async (name) => {
        const start = Date.now();
        const output = await vitest(name === "all" ? [] : [name]);
        const seconds = (Date.now() - start) / 1000;
        const run = { tests: name, loops: besides, commit, isFailed: output !== undefined, seconds };
        runs.push(run);
        if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(run)}\n`);
        if (output !== undefined) process.stderr.write(output);
      }),
    );
  }
  process.stdout.write("| tests | busy loops | runs | failures | seconds a run |\n|---|---:|---:|---:|---:|\n");
  for (const [, besides] of rounds) process.stdout.write(table(names, besides, runs).join(""));
  const failures = runs.filter(({ isFailed }) => isFailed).length;
  if (failures > 0) throw new StepFailed(`${failures} runs failed`);
});
