// Checks beside the tests in TypeScript: what each depends on and what it runs.
import { testArm64 } from "./arm64.mjs";
import { buildReference } from "./docs.mjs";
import { checkOldestRust, checkTarget, testWasi } from "./platforms.mjs";
import { incremental, run, runTool } from "./run.mjs";
import { RUST, TYPESCRIPT } from "./sources.mjs";
import { checkThirdParty, THIRD_PARTY } from "./third-party.mjs";

const GENERATED = ["ts/generated", "ts/infer/encode/options.ts", "spikelet.schema.json"];
const BINDINGS = ["crates/kernel-bench", "bindings/extras", "bindings/kernels", "bindings/node", "bindings/wasm", ".cargo"];
const ALL_RUST = [...RUST, "crates/golden", "crates/circles", "crates/xtask", "crates/wasm-build", ...BINDINGS, "benches/rust"];
const TSCONFIGS = ["tsconfig.json", "tsconfig.check.json", "tsconfig.page.json"];
const ALL_SCRIPTS = [
  ...TYPESCRIPT,
  "scripts",
  "benches",
  "!benches/results",
  "test",
  "vitest.config.ts",
  ".dependency-cruiser.mjs",
  "tsconfig.check.json",
  "biome.json",
  "presets",
  "examples",
  "create-spikelet",
  "demo",
  "research",
  "!research/records",
  "site",
];

/**
 * @typedef {object} Check
 * @property {"quick" | "all" | "machine" | "name"} tier quick: of `npm test`; all: of `npm run test:all`; machine: of that on a build
 * machine, since it takes other compilers and systems; name: only where it is named, and in a job of its own in the workflows
 * @property {readonly string[]} inputs
 * @property {readonly ("addon" | "dist" | "wasm")[]} [needs] what has to be built first
 * @property {boolean} [isApart] whether it runs beside those that share the folder of cargo
 * @property {() => unknown} work
 */

/** The crates that compute, and what xtask asks of them. */
const CORE = ["kernels", "config", "data", "encode", "network", "integer", "quantization", "training"].map(
  (name) => `spikelet-${name}`,
);
const CODEGEN = ["config", "encode", "training"].map((name) => `spikelet-${name}/codegen`).join(",");

/** Cases of `npm run bench:instructions` that cover each kernel; the others count the same ones in other networks. */
const COUNTED = [
  "dense",
  "alif",
  "readout",
  "event-prop",
  "recurrent",
  "delays-connection",
  "conv",
  "dense-avx2",
  "inference-avx2",
];

/** @type {Record<string, Check>} */
export const CHECKS = {
  rustfmt: { tier: "quick", inputs: ALL_RUST, work: () => run("cargo", ["fmt", "--all", "--check"]) },
  circles: { tier: "quick", inputs: ALL_RUST, isApart: true, work: () => cargoRun("circles") },
  core: {
    tier: "quick",
    inputs: [...RUST, "crates/golden", "spikelet.schema.json", "test/golden"],
    // The features that the checks of xtask compile the crates with: they are compiled once for both.
    work: () => cargoTest(CORE, ["--features", CODEGEN]),
  },
  biome: { tier: "quick", inputs: ALL_SCRIPTS, isApart: true, work: () => runTool("@biomejs/biome", "bin/biome", ["check"]) },
  types: {
    tier: "quick",
    inputs: [...ALL_SCRIPTS, ...GENERATED, "bindings/node"],
    needs: ["addon"],
    isApart: true,
    work: () => runTool("typescript", "bin/tsc", ["-p", "tsconfig.check.json", ...incremental("check")]),
  },
  imports: {
    tier: "quick",
    inputs: ["ts", "research", "!research/records", "demo", ".dependency-cruiser.mjs", ...TSCONFIGS, "package.json"],
    isApart: true,
    work: checkImports,
  },
  "public-api": {
    tier: "quick",
    inputs: [...TYPESCRIPT, "api", "scripts/api.mjs"],
    needs: ["dist"],
    isApart: true,
    work: async () => (await import("./api.mjs")).checkApiFiles(),
  },
  codegen: { tier: "all", inputs: [...ALL_RUST, "presets", ...GENERATED], work: () => cargoRun("xtask", "check-codegen") },
  clippy: {
    tier: "all",
    inputs: ALL_RUST,
    work: () => run("cargo", ["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  },
  cargo: {
    tier: "all",
    inputs: [...ALL_RUST, "crates/infer", "crates/infer-loops", "fuzz/src", "fuzz/corpus", "fuzz/found", "spikelet.schema.json"],
    work: () =>
      cargoTest(["spikelet-circles", "spikelet-fields", "spikelet-golden", "spikelet-infer", "spikelet-io", "spikelet-session"]),
  },
  reference: {
    tier: "all",
    inputs: [...ALL_RUST, "ts", "typedoc.json"],
    needs: ["addon"],
    isApart: true,
    work: () => buildReference({ withBindings: false }),
  },
  instructions: {
    tier: "all",
    inputs: [...RUST, "crates/kernel-bench", "benches/rust", "benches/instructions.json", "scripts/instructions.mjs"],
    work: () => run(process.execPath, ["scripts/instructions.mjs", "--cases", COUNTED.join(",")]),
  },
  size: {
    tier: "all",
    inputs: [...RUST, ...BINDINGS, "crates/wasm-build", "scripts/size.mjs", "scripts/wasm-sizes.mjs"],
    needs: ["wasm"],
    work: () => run(process.execPath, ["scripts/size.mjs"]),
  },
  "third-party": {
    tier: "all",
    inputs: ["Cargo.lock", "Cargo.toml", ...BINDINGS, "package.json", THIRD_PARTY, "LICENSE-MIT", "scripts/third-party.mjs"],
    work: checkThirdParty,
  },
  "oldest-rust": { tier: "machine", inputs: ALL_RUST, work: checkOldestRust },
  windows: { tier: "machine", inputs: ALL_RUST, work: () => checkTarget("x86_64-pc-windows-msvc") },
  macos: { tier: "machine", inputs: ALL_RUST, work: () => checkTarget("aarch64-apple-darwin") },
  arm64: {
    tier: "machine",
    inputs: [...ALL_RUST, ...TYPESCRIPT, "test/parity", "test/golden", "scripts/arm64.mjs"],
    needs: ["addon", "dist"],
    work: () => testArm64(),
  },
  wasi: {
    tier: "name",
    inputs: [...ALL_RUST, "spikelet.schema.json", "test/golden", "scripts/wasi.mjs"],
    work: testWasi,
  },
};

function cargoRun(name, ...args) {
  return run("cargo", ["run", "--quiet", "--locked", "--package", `spikelet-${name}`, "--", ...args]);
}

function cargoTest(packages, options = []) {
  return run("cargo", ["test", "--quiet", "--locked", ...packages.flatMap((name) => ["--package", name]), ...options]);
}

/** Imports of Node, then those of a page: the configuration of TypeScript says which module of a pair `#host/x` is. */
async function checkImports() {
  const cruise = (host, ...folders) => {
    const cache = ["--cache", `.cache/imports-${host}`, "--cache-strategy", "content"];
    const words = ["--ts-config", `tsconfig.${host}.json`, ...cache, ...folders];
    return runTool("dependency-cruiser", "bin/dependency-cruise.mjs", words, { isQuiet: true });
  };
  await cruise("check", "ts", "research");
  await cruise("page", "ts", "demo");
}
