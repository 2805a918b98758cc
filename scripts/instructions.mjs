// npm run bench:instructions: counts the instructions of one training step and compares them with benches/instructions.json;
// -- --renew writes the count there instead. Counts, unlike times, are the same on a busy machine.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, StepFailed } from "./run.mjs";
import { main } from "./setup.mjs";
import { skipCheck } from "./skips.mjs";
import { ROOT } from "./stamps.mjs";
import { checkTools } from "./tools.mjs";

const BASELINE = join(ROOT, "benches", "instructions.json");
/** Largest share by which a count may differ. */
const TOLERANCE = 0.03;
/** Training steps of the short run; the long run has twice as many. */
const STEPS = 8;

await main(async () => {
  if (spawnSync("valgrind", ["--version"]).status !== 0) {
    return skipCheck("instructions", "they need valgrind (apt-get install valgrind)");
  }
  if (process.arch !== "x64") {
    return skipCheck("instructions", `the baseline is for x64, this is ${process.arch}`);
  }
  checkTools();
  const binary = await build();
  const count = Math.round((instructions(binary, 2 * STEPS) - instructions(binary, STEPS)) / STEPS);
  const found = {
    instructionsPerStep: count,
    what: "one training step of 784-800-10, T = 300, batch 16, SSE2",
    compiler: compiler(),
  };
  if (process.argv.includes("--renew")) {
    writeFileSync(BASELINE, `${JSON.stringify(found, null, 2)}\n`);
    process.stdout.write(`baseline is now ${grouped(count)} instructions per training step\n`);
    return;
  }
  check(found, JSON.parse(readFileSync(BASELINE, "utf8")));
});

function check(found, baseline) {
  const change = found.instructionsPerStep / baseline.instructionsPerStep - 1;
  const numbers = `${grouped(found.instructionsPerStep)} instructions per training step, baseline ${grouped(baseline.instructionsPerStep)} (${change < 0 ? "" : "+"}${(100 * change).toFixed(2)} %)`;
  if (Math.abs(change) <= TOLERANCE) {
    process.stdout.write(`${numbers}\n`);
    return;
  }
  if (found.compiler !== baseline.compiler) {
    return skipCheck("instructions", `${numbers}, but the baseline is of ${baseline.compiler}, this is ${found.compiler}`);
  }
  throw new StepFailed(`${numbers}: more than ${100 * TOLERANCE} %. If that is meant: npm run bench:instructions -- --renew`);
}

async function build() {
  const crate = ["--package", "spikelet-benches", "--bin", "step-instructions"];
  await run("cargo", ["build", "--quiet", "--locked", "--release", ...crate]);
  return join(process.env.CARGO_TARGET_DIR || join(ROOT, "target"), "release", "step-instructions");
}

function instructions(binary, steps) {
  const folder = mkdtempSync(join(tmpdir(), "spikelet-"));
  try {
    const file = join(folder, "callgrind.out");
    const args = ["--tool=callgrind", `--callgrind-out-file=${file}`, binary, String(steps)];
    const { status, stderr } = spawnSync("valgrind", args, { encoding: "utf8" });
    const total = status === 0 ? /^(?:summary|totals): (\d+)/m.exec(readFileSync(file, "utf8")) : null;
    if (total === null) throw new StepFailed(`valgrind failed:\n${stderr}`);
    return Number(total[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compiler() {
  return spawnSync("rustc", ["--version"], { encoding: "utf8", cwd: ROOT }).stdout.trim();
}

function grouped(count) {
  return count.toLocaleString("en-US");
}
