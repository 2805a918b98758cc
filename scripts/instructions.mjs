// npm run bench:instructions: counts the instructions of one training step, or of the answers to a batch, for every case and compares them
// with benches/instructions.json; -- --renew writes the counts there instead, -- --cases conv,recurrent takes some. Counts, unlike times, are
// the same on a busy machine. Of its SIMD levels valgrind knows those up to AVX2; a case ending in -avx2 is that of the same name there.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { run, StepFailed } from "./run.mjs";
import { hostTarget, sameEverywhere } from "./rust.mjs";
import { main } from "./setup.mjs";
import { skipCheck } from "./skips.mjs";
import { ROOT } from "./stamps.mjs";
import { checkTools } from "./tools.mjs";

const BASELINE = join(ROOT, "benches", "instructions.json");
/** Largest share by which a count may differ. */
const TOLERANCE = 0.03;
/** What is counted, and steps of the short run; the long run has twice as many. */
const NETWORKS = {
  dense: { what: "one training step of 784-800-10, T = 300, batch 16", steps: 8 },
  activation: { what: "one training step of 784-800-10 by the activation rule, T = 300, batch 16", steps: 3 },
  timing: { what: "one training step of 784-800-10 by the timing rule, T = 300, batch 16", steps: 3 },
  inference: { what: "the answers of 784-800-10 to a batch, T = 300, batch 16", steps: 3 },
  alif: {
    what: "one training step of 784-800-10 with adaptive thresholds in the hidden layer, T = 300, batch 16",
    steps: 3,
  },
  readout: { what: "one training step of 784-800-10 with a readout of membranes, T = 300, batch 16", steps: 3 },
  "event-prop": {
    what: "one training step of 784-800-10 by eventProp, reset of the membrane, T = 300, batch 16",
    steps: 3,
  },
  recurrent: { what: "one training step of 784-256R-10, T = 100, batch 4", steps: 3 },
  "delays-input": { what: "one training step of 784-800-10 with delays by input, T = 300, batch 16", steps: 3 },
  "delays-connection": { what: "one training step of 784-800-10 with delays by connection, T = 300, batch 16", steps: 3 },
  conv: { what: "one training step of 1x28x28-conv8c5-apool2-10, T = 100, batch 4", steps: 3 },
};
/** Cases that are counted with AVX2 too. */
const WITH_AVX2 = ["dense", "inference", "recurrent", "conv"];
const CASES = Object.fromEntries([
  ...Object.keys(NETWORKS).map((network) => [network, caseOf(network, "sse2")]),
  ...WITH_AVX2.map((network) => [`${network}-avx2`, caseOf(network, "avx2")]),
]);

await main(async () => {
  const { values: words } = parseArgs({
    options: { renew: { type: "boolean", default: false }, cases: { type: "string", default: Object.keys(CASES).join(",") } },
  });
  checkTools();
  const binary = await build();
  refuseCallsOfVectorOperations(binary);
  let names = words.cases.split(",");
  const unknown = names.find((name) => !Object.hasOwn(CASES, name));
  if (unknown !== undefined) throw new StepFailed(`no case ${unknown}: there are ${Object.keys(CASES).join(", ")}`);
  if (spawnSync("valgrind", ["--version"]).status !== 0) {
    return skipCheck("instructions", "they need valgrind (apt-get install valgrind)");
  }
  if (process.arch !== "x64") {
    return skipCheck("instructions", `the baseline is for x64, this is ${process.arch}`);
  }
  const isAvx2 = (name) => CASES[name].level === "avx2";
  if (names.some(isAvx2) && !hasAvx2(binary)) {
    skipCheck("instructions", "those of AVX2: this processor or this valgrind does not have it");
    names = names.filter((name) => !isAvx2(name));
  }
  const baseline = JSON.parse(readFileSync(BASELINE, "utf8"));
  const failed = [];
  const counted = await countAll(binary, names);
  for (const name of names) {
    const found = { instructionsPerStep: counted.get(name), what: CASES[name].what, compiler: compiler() };
    if (words.renew) {
      baseline[name] = found;
      process.stdout.write(`${name}: baseline is now ${grouped(found.instructionsPerStep)} instructions, ${found.what}\n`);
    } else if (!isAsBefore(name, found, baseline[name])) failed.push(name);
  }
  if (words.renew) writeFileSync(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
  if (failed.length > 0) {
    const again = `npm run bench:instructions -- --renew --cases ${failed.join(",")}`;
    throw new StepFailed(`${failed.join(", ")}: counts differ by more than ${100 * TOLERANCE} %. If that is meant: ${again}`);
  }
});

function caseOf(network, level) {
  const { what, steps } = NETWORKS[network];
  return { network, level, what: `${what}, ${level.toUpperCase()}`, steps };
}

/** Says how a count compares with the baseline; `false` where the same compiler made them too different. */
function isAsBefore(name, found, baseline) {
  if (baseline === undefined) throw new StepFailed(`benches/instructions.json has no ${name}`);
  const change = found.instructionsPerStep / baseline.instructionsPerStep - 1;
  const percent = `${change < 0 ? "" : "+"}${(100 * change).toFixed(2)} %`;
  const counts = `${grouped(found.instructionsPerStep)} instructions, baseline ${grouped(baseline.instructionsPerStep)} (${percent})`;
  if (Math.abs(change) <= TOLERANCE || found.compiler === baseline.compiler) {
    process.stdout.write(`${name}: ${counts}\n`);
    return Math.abs(change) <= TOLERANCE;
  }
  skipCheck("instructions", `${name}: ${counts}, but the baseline is of ${baseline.compiler}, this is ${found.compiler}`);
  return true;
}

/** Throws where a vector operation is called that ought to be inlined: an addition would cost what a call costs. */
function refuseCallsOfVectorOperations(binary) {
  const symbols = readFileSync(binary, "latin1");
  const level = { x64: "avx2", arm64: "neon" }[process.arch];
  if (level !== undefined && !symbols.includes(`vectorize_${level}`)) throw new StepFailed(`${binary} has no names of functions`);
  if (symbols.includes("__fearless_simd_kernel")) {
    throw new StepFailed("a vector operation is called rather than inlined: #[inline(always)] is missing where it is used");
  }
}

/** Whether valgrind shows this processor's AVX2 to a program. */
function hasAvx2(binary) {
  return spawnSync("valgrind", ["--tool=none", binary, "inference", "0", "avx2"]).status === 0;
}

async function build() {
  const target = hostTarget();
  // As the addon is built, with the features that it gives its dependencies: what was compiled for it is not compiled again.
  const crates = ["--package", "spikelet-benches", "--package", "spikelet-node", "--target", target];
  const words = ["--release", ...crates, "--bin", "step-instructions", ...(await sameEverywhere(target))];
  await run("cargo", ["build", "--quiet", "--locked", ...words]);
  return join(process.env.CARGO_TARGET_DIR || join(ROOT, "target"), target, "release", "step-instructions");
}

/** Instructions of a step of each case, by name; a run keeps one core at work. */
async function countAll(binary, names) {
  const runs = names.flatMap((name) => [1, 2].map((times) => ({ name, steps: times * CASES[name].steps })));
  const left = [...runs];
  const worker = async () => {
    for (let run = left.shift(); run !== undefined; run = left.shift())
      run.count = await instructions(binary, run.name, run.steps);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return new Map(
    names.map((name) => {
      const [short, long] = runs.filter((run) => run.name === name);
      return [name, Math.round((long.count - short.count) / CASES[name].steps)];
    }),
  );
}

async function instructions(binary, name, steps) {
  const folder = mkdtempSync(join(tmpdir(), "spikelet-"));
  try {
    const file = join(folder, "callgrind.out");
    const { network, level } = CASES[name];
    const step = [binary, network, String(steps), level];
    await promisify(execFile)("valgrind", ["--tool=callgrind", `--callgrind-out-file=${file}`, ...step]);
    const total = /^(?:summary|totals): (\d+)/m.exec(readFileSync(file, "utf8"));
    if (total === null) throw new StepFailed(`valgrind counted nothing of ${name}`);
    return Number(total[1]);
  } catch (thrown) {
    throw thrown instanceof StepFailed ? thrown : new StepFailed(`valgrind failed:\n${thrown.stderr ?? thrown.message}`);
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
