// npm run test:stress: runs each test file that sends signals or waits again and again beside busy loops, and prints a table.
//
//   npm run test:stress -- [FILE…] [--times 40] [--loops 4]    these files, or all that the rule below finds
//   npm run test:stress -- --suite                             all test files six times, three of them beside the loops
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { StepFailed } from "./run.mjs";
import { main, setUp } from "./setup.mjs";
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

/** Programs that only keep a core busy, until `work` has ended. */
async function beside(loops, work) {
  const busy = Array.from({ length: loops }, () => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
  try {
    return await work();
  } finally {
    for (const child of busy) child.kill("SIGKILL");
  }
}

/** Runs test files; what it printed when it failed. */
function vitest(files) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...files], { cwd: ROOT });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve(code === 0 ? undefined : output));
  });
}

/** One line of the table. */
async function repeated(name, files, times, loops) {
  const start = Date.now();
  let failures = 0;
  for (let run = 0; run < times; run++) {
    const output = await beside(loops, () => vitest(files));
    if (output === undefined) continue;
    failures += 1;
    process.stderr.write(output);
  }
  const seconds = ((Date.now() - start) / 1000 / times).toFixed(1);
  process.stdout.write(`| ${name} | ${loops} | ${times} | ${failures} | ${seconds} |\n`);
  return failures;
}

await main(async () => {
  const options = {
    times: { type: "string", default: "40" },
    loops: { type: "string", default: "4" },
    suite: { type: "boolean" },
  };
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  const [times, loops] = [Number(values.times), Number(values.loops)];
  await setUp();
  process.stdout.write("| tests | busy loops | runs | failures | seconds a run |\n|---|---:|---:|---:|---:|\n");
  let failures = 0;
  if (values.suite) {
    failures += await repeated("all", [], SUITE_RUNS / 2, 0);
    failures += await repeated("all", [], SUITE_RUNS / 2, loops);
  } else {
    for (const file of positionals.length > 0 ? positionals : filesThatWait())
      failures += await repeated(file, [file], times, loops);
  }
  if (failures > 0) throw new StepFailed(`${failures} runs failed`);
});
