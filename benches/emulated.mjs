// node benches/emulated.mjs: counts the instructions of a run of each kernel at its standard shape, for arm64 (NEON) and x64 (AVX2), both under
// QEMU, and writes them to benches/results/kernels/instructions.json. An emulator says nothing about time.
import { spawn, spawnSync } from "node:child_process";
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run, StepFailed } from "../scripts/run.mjs";
import { addTarget } from "../scripts/rust.mjs";
import { main } from "../scripts/setup.mjs";
import { ROOT } from "../scripts/stamps.mjs";
import { commitOf, RESULTS } from "./shared/record.mjs";

const FILE = join(RESULTS, "kernels/instructions.json");
const PROGRAM = "kernel-instructions";
const NEWLINE = 10;
/** How programs of each architecture are built and run here. */
const MACHINES = {
  arm64: {
    level: "neon",
    target: "aarch64-unknown-linux-gnu",
    emulator: ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"],
    environment: { CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER: "aarch64-linux-gnu-gcc" },
  },
  x64: { level: "avx2", target: "x86_64-unknown-linux-gnu", emulator: ["qemu-x86_64", "-cpu", "max"], environment: {} },
};

await main(async () => {
  const counts = {};
  for (const [name, machine] of Object.entries(MACHINES)) {
    const program = await build(machine);
    for (const kernel of kernelsOf(machine, program)) {
      counts[kernel] ??= {};
      counts[kernel][name] = (await count(machine, program, kernel, 3)) - (await count(machine, program, kernel, 2));
      process.stdout.write(`${kernel}, ${name}: ${counts[kernel][name].toLocaleString("en-US")} instructions\n`);
    }
  }
  const compiler = spawnSync("rustc", ["--version"], { encoding: "utf8", cwd: ROOT }).stdout.trim();
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify({ commit: commitOf(ROOT), compiler, counts }, null, 1)}\n`);
});

async function build({ target, environment }) {
  const problem = addTarget(target);
  if (problem !== undefined) throw new StepFailed(problem);
  const crates = ["--package", "spikelet-benches", "--bin", PROGRAM, "--target", target];
  await run("cargo", ["build", "--quiet", "--locked", "--release", ...crates], { environment });
  return join(process.env.CARGO_TARGET_DIR || join(ROOT, "target"), target, "release", PROGRAM);
}

function kernelsOf({ emulator: [emulator, ...options] }, program) {
  const { stdout, status, error } = spawnSync(emulator, [...options, program], { encoding: "utf8" });
  if (status !== 0) throw new StepFailed(`${emulator} (Debian: apt-get install qemu-user) failed: ${error?.message ?? status}`);
  return stdout.trim().split("\n");
}

/** Instructions of a whole program, which QEMU names one by one. */
async function count({ emulator: [emulator, ...options], level }, program, kernel, runs) {
  const folder = mkdtempSync(join(tmpdir(), "spikelet-"));
  try {
    const pipe = join(folder, "trace");
    spawnSync("mkfifo", [pipe]);
    const trace = ["-singlestep", "-d", "exec,nochain", "-D", pipe];
    const traced = spawn(emulator, [...options, ...trace, program, kernel, String(runs), level], { stdio: "inherit" });
    const ended = new Promise((resolve) => traced.on("close", resolve));
    let lines = 0;
    for await (const chunk of createReadStream(pipe)) for (const byte of chunk) if (byte === NEWLINE) lines++;
    if ((await ended) !== 0) throw new StepFailed(`${kernel} failed at ${level} in ${emulator}`);
    return lines;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
