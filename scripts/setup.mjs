// Installs and builds what is missing or out of date; a second call does nothing.
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingForMpi } from "./mpi-tools.mjs";
import { buildInfo, incremental, run, runTool, StepFailed } from "./run.mjs";
import { hostTarget, sameEverywhere } from "./rust.mjs";
import { RUST, TYPESCRIPT } from "./sources.mjs";
import { hashOf, ROOT, step } from "./stamps.mjs";
import { checkTools, fail } from "./tools.mjs";
import {
  EXTRAS,
  makeExtras,
  makeInfer,
  makeKernels,
  makeWasm,
  makeWasmWithThreads,
  NAMED_WASM,
  RAW_MODULES,
  wasmTool,
} from "./wasm.mjs";
import { commitDeclarations } from "./wasm-declarations.mjs";

const MPI_ADDON = "bindings/node/spikelet-mpi.node";
/** What the compiler makes of a module of ts/. */
const MADE = /\.(?:js|d\.ts)$/;
const ADDON_INPUTS = [...RUST, "crates/kernel-bench", "bindings/node"];

/**
 * Makes node_modules, the addon, the WebAssembly and dist/ what they should be.
 *
 * @param {{ withAddon?: boolean, withWasm?: boolean, withTypeScript?: boolean }} [options] false: it is left as it is; the WebAssembly
 * takes most of the time
 */
export async function setUp({ withAddon = true, withWasm = true, withTypeScript = true } = {}) {
  checkTools();
  await install();
  const built = await Promise.allSettled(withWasm ? [rust(withAddon, true), buildWasmWithThreads()] : [rust(withAddon, false)]);
  const failure = built.find(({ status }) => status === "rejected");
  if (failure !== undefined) throw failure.reason;
  if (withWasm) commitDeclarations();
  if (withTypeScript) await buildTypeScript();
  if (withTypeScript && withWasm) await buildBundles();
}

/** What is compiled in the folder of cargo, one after the other; the module with threads has a folder of its own. */
async function rust(withAddon, withWasm) {
  if (withAddon) await buildAddon();
  if (withWasm) {
    await buildInfer();
    await buildKernels();
    await buildWasm();
    await buildExtras();
  }
}

/** Runs `main` and turns a failed step into one line and exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof StepFailed) fail(thrown.message);
    throw thrown;
  }
}

function say(message) {
  process.stderr.write(`${message}\n`);
}

/** Installs the npm packages of package-lock.json. */
export async function install() {
  const stamp = join(ROOT, "node_modules", ".spikelet-lock");
  const hash = hashOf(["package-lock.json"], [process.versions.modules, process.platform, process.arch]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  say("installing npm packages …");
  const how = existsSync(join(ROOT, "package-lock.json")) ? "ci" : "install";
  await run("npm", [how, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { isQuiet: true });
  writeFileSync(stamp, hashOf(["package-lock.json"], [process.versions.modules, process.platform, process.arch]));
}

async function buildAddon() {
  // The packages that index.js looks for, and their version.
  const { napi, version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const extra = [process.platform, process.arch, JSON.stringify({ napi, version })];
  const options = { inputs: ADDON_INPUTS, outputs: ["bindings/node/index.js"], extra };
  await step("addon", options, async () => {
    say("building the Rust core (a minute or two the first time) …");
    await buildBinding(["--platform", "--output-dir", "bindings/node"]);
  });
}

async function buildBinding(options, environment = {}) {
  const manifest = ["--manifest-path", "bindings/node/Cargo.toml"];
  const args = ["build", "--release", ...manifest, ...options, "--", "--locked", ...(await sameEverywhere(hostTarget()))];
  return runTool("@napi-rs/cli", "dist/cli.js", args, { isQuiet: true, environment });
}

/**
 * Builds the addon for training under mpirun beside the other.
 *
 * @throws {StepFailed} where the headers of an MPI library or libclang are missing.
 */
export async function buildMpi() {
  await step("mpi", { inputs: ADDON_INPUTS, outputs: [MPI_ADDON], extra: [process.platform, process.arch] }, async () => {
    const missing = missingForMpi();
    if (missing !== undefined) throw new StepFailed(missing);
    say("building the addon for MPI …");
    const folder = join(ROOT, ".cache", "mpi");
    // Ranks compare the sources: those of others may learn other bits.
    await buildBinding(["--features", "mpi", "--output-dir", folder], { SPIKELET_SOURCES: hashOf(ADDON_INPUTS) });
    copyFileSync(join(folder, "spikelet.node"), join(ROOT, MPI_ADDON));
  });
}

const WASM_INPUTS = [
  ...RUST,
  ".cargo",
  "bindings/wasm",
  "crates/wasm-build",
  "scripts/wasm.mjs",
  "scripts/wasm-declarations.mjs",
];

async function buildWasm() {
  const outputs = ["bindings/wasm/pkg/spikelet.js", "bindings/wasm/pkg/spikelet_bg.wasm", NAMED_WASM];
  const { tool, version = "", why } = wasmTool();
  await step("wasm", { inputs: WASM_INPUTS, outputs, extra: [tool, version] }, async () => {
    say(`building the WebAssembly (a minute the first time; ${why}) …`);
    await makeWasm({ tool });
  });
}

async function buildExtras() {
  const inputs = [...RUST, ".cargo", "bindings/extras", "scripts/wasm.mjs"];
  await step("extras", { inputs, outputs: [EXTRAS] }, async () => {
    say("building the second WebAssembly, of what pages rarely use …");
    await makeExtras();
  });
}

/** What all modules with raw exports are made of. */
const RAW_INPUTS = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "scripts/wasm.mjs"];

async function buildInfer() {
  const inputs = [...RAW_INPUTS, "crates/infer", "crates/infer-loops", "bindings/infer"];
  await step("infer", { inputs, outputs: [`${RAW_MODULES.infer}/module.js`] }, async () => {
    say("building the WebAssembly that only runs networks …");
    await makeInfer();
  });
}

async function buildKernels() {
  const crates = ["config", "data", "encode", "fields", "kernels", "kernel-bench"].map((name) => `crates/${name}`);
  const inputs = [...RAW_INPUTS, ...crates, "bindings/kernels"];
  await step("kernels", { inputs, outputs: [`${RAW_MODULES.kernels}/module.js`] }, async () => {
    say("building the WebAssembly that measures kernels …");
    await makeKernels();
  });
}

async function buildWasmWithThreads() {
  const outputs = ["bindings/wasm/pkg-threads/spikelet-threads.js", "bindings/wasm/pkg-threads/spikelet-threads_bg.wasm"];
  await step("wasm-threads", { inputs: WASM_INPUTS, outputs }, async () => {
    say("building the WebAssembly with threads (a minute or two the first time) …");
    await makeWasmWithThreads();
  });
}

async function buildTypeScript() {
  await step("typescript", { inputs: TYPESCRIPT, outputs: ["dist/index.js", "dist/cli/main.js"] }, async () => {
    say("building the TypeScript …");
    removeUnsourced();
    await runTool("typescript", "bin/tsc", ["-p", "tsconfig.json", ...incremental("dist")], { isQuiet: true });
    chmodSync(join(ROOT, "dist/cli/main.js"), 0o755);
  });
}

/** Removes the bundles and what `dist` has of modules that `ts` no longer has; all of it where the last build did not end well. */
function removeUnsourced() {
  const dist = join(ROOT, "dist");
  const remembered = join(ROOT, buildInfo("dist"));
  if (!existsSync(join(dist, "cli/main.js")) || !existsSync(remembered)) {
    for (const path of [dist, remembered]) rmSync(path, { recursive: true, force: true });
    return;
  }
  for (const folder of ["cjs", "cdn"]) rmSync(join(dist, folder), { recursive: true, force: true });
  const made = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => MADE.test(file));
  for (const file of made) if (!existsSync(join(ROOT, "ts", file.replace(MADE, ".ts")))) rmSync(join(dist, file));
}

/** Bundles of dist/ that have the JavaScript of the WebAssembly in them. */
async function buildBundles() {
  const inputs = [...TYPESCRIPT, ...WASM_INPUTS, "scripts/common-js.mjs", "scripts/cdn.mjs", "scripts/cdn-worker.mjs"];
  await step(
    "bundles",
    { inputs, outputs: ["dist/cjs/index.cjs", "dist/cjs/fast-png.cjs", "dist/cdn/spikelet.js"] },
    async () => {
      const [{ buildCommonJs }, { buildForCdn }] = await Promise.all([import("./common-js.mjs"), import("./cdn.mjs")]);
      await Promise.all([buildCommonJs(), buildForCdn()]);
    },
  );
}
