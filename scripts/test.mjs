// npm test: sets up what is missing, then runs every check whose inputs changed since it last passed.
// npm test -- --all runs them again; npm test -- vitest clippy runs these alone, changed or not. With SPIKELET_CI=1 it does what a build
// machine does: it checks other platforms too, and fails where a test is skipped that test/may-skip.json does not name.
import { spawnSync } from "node:child_process";
import { testArm64 } from "./arm64.mjs";
import { ensureChromium } from "./chromium.mjs";
import { buildReference } from "./docs.mjs";
import { checkOldestRust, checkTarget, testWasi } from "./platforms.mjs";
import { run, runTool } from "./run.mjs";
import { main, setUp } from "./setup.mjs";
import { isBuildMachine } from "./skips.mjs";
import { RUST, TYPESCRIPT } from "./sources.mjs";
import { ROOT, step } from "./stamps.mjs";
import { checkThirdParty, THIRD_PARTY } from "./third-party.mjs";

const GENERATED = ["ts/generated", "spikelet.schema.json"];
const BINDINGS = ["bindings/node", "bindings/wasm", ".cargo"];
const ALL_RUST = [...RUST, "crates/golden", "crates/xtask", "crates/wasm-build", ...BINDINGS, "benches/rust"];
const ALL_SCRIPTS = [
  ...TYPESCRIPT,
  "scripts",
  "benches",
  "test",
  "vitest.config.ts",
  "tsconfig.check.json",
  "biome.json",
  "presets",
  "examples",
  "demo",
  "site",
];

/** What the site is made from, but for scripts. */
const PAGES = [
  "docs",
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "fuzz/README.md",
  "typedoc.json",
];

/** Each check: what it depends on and what it runs; `others`: of compilers and systems other than this machine's;
 * `isByName`: only where it is asked for, and in a job of its own in the workflows; `isApart`: beside those that are not, which share the
 * folder of cargo. */
const CHECKS = {
  codegen: { inputs: [...ALL_RUST, "presets", ...GENERATED], work: () => xtask("check-codegen") },
  arrow: { inputs: [...ALL_RUST, "ts", "ARCHITECTURE.md"], work: () => xtask("check-arrow") },
  rustfmt: { inputs: ALL_RUST, work: () => run("cargo", ["fmt", "--all", "--check"]) },
  clippy: {
    inputs: ALL_RUST,
    work: () => run("cargo", ["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  },
  cargo: {
    inputs: [...ALL_RUST, "spikelet.schema.json", "test/golden", "fuzz/src", "fuzz/corpus", "fuzz/found"],
    work: () => run("cargo", ["test", "--quiet", "--locked"]),
  },
  reference: { inputs: [...ALL_RUST, "ts", "typedoc.json"], isApart: true, work: buildReference },
  biome: { inputs: ALL_SCRIPTS, isApart: true, work: () => runTool("@biomejs/biome", "bin/biome", ["check"]) },
  types: {
    inputs: [...ALL_SCRIPTS, ...GENERATED],
    isApart: true,
    work: () => runTool("typescript", "bin/tsc", ["-p", "tsconfig.check.json"]),
  },
  instructions: {
    inputs: [...RUST, "benches/rust", "benches/instructions.json", "scripts/instructions.mjs"],
    work: () => run(process.execPath, ["scripts/instructions.mjs"]),
  },
  size: {
    inputs: [...RUST, ...BINDINGS, "crates/wasm-build", "scripts/size.mjs", "scripts/wasm-sizes.mjs"],
    work: () => run(process.execPath, ["scripts/size.mjs"]),
  },
  "third-party": {
    inputs: ["Cargo.lock", "Cargo.toml", ...BINDINGS, "package.json", THIRD_PARTY, "LICENSE-MIT", "scripts/third-party.mjs"],
    work: checkThirdParty,
  },
  "oldest-rust": { inputs: ALL_RUST, others: true, work: checkOldestRust },
  windows: { inputs: ALL_RUST, others: true, work: () => checkTarget("x86_64-pc-windows-msvc") },
  macos: { inputs: ALL_RUST, others: true, work: () => checkTarget("aarch64-apple-darwin") },
  wasi: {
    inputs: [...ALL_RUST, "spikelet.schema.json", "test/golden", "scripts/wasi.mjs"],
    others: true,
    isByName: true,
    work: testWasi,
  },
  arm64: {
    inputs: [...ALL_RUST, ...TYPESCRIPT, "test/parity", "test/golden", "scripts/arm64.mjs"],
    others: true,
    work: () => testArm64(),
  },
  vitest: {
    inputs: [...ALL_SCRIPTS, ...RUST, "crates/golden", ...BINDINGS, ...PAGES, "package-lock.json"],
    isApart: true,
    work: async (until) => {
      await ensureChromium();
      await runTool("vitest", "vitest.mjs", ["run"], { until });
    },
  },
};

const MAX_LENGTH = Math.max(...Object.keys(CHECKS).map(({ length }) => length));

function xtask(...args) {
  return run("cargo", ["run", "--quiet", "--locked", "--package", "spikelet-xtask", "--", ...args]);
}

/** Toolchain versions: a check that passed with another compiler did not pass with this one. */
function versions() {
  const { stdout } = spawnSync("rustc", ["--version"], { encoding: "utf8", cwd: ROOT });
  return [process.version, stdout ?? ""];
}

/** What the words of the command line ask for; the checks of other platforms take minutes, and people ask for them by name. */
function isWanted(name, named) {
  if (named.length > 0) return named.includes(name);
  return !CHECKS[name].isByName && (isBuildMachine || !CHECKS[name].others);
}

await main(async () => {
  const words = process.argv.slice(2);
  const named = words.filter((word) => Object.hasOwn(CHECKS, word));
  await setUp();
  const extra = [...versions(), isBuildMachine ? "nothing skipped" : ""];
  const force = words.includes("--all") || named.length > 0;
  const wanted = Object.entries(CHECKS).filter(([name]) => isWanted(name, named));
  const row = (isApart) => wanted.filter(([, check]) => (check.isApart ?? false) === isApart);
  /** One check after the other; `until`: when those beside them are through, whose output comes first. */
  const inTurn = async (checks, until) => {
    for (const [name, { inputs, work }] of checks) {
      const start = Date.now();
      const wasRun = await step(`check-${name}`, { inputs, extra, force }, () => work(until));
      const what = wasRun ? `passed in ${((Date.now() - start) / 1000).toFixed(1)} s` : "unchanged since it last passed";
      process.stdout.write(`${name.padEnd(MAX_LENGTH)} ${what}\n`);
    }
  };
  // A compiler waits for its last file and a test for a process most of the time: together they keep all cores at work.
  const first = inTurn(row(false));
  const ended = await Promise.allSettled([first, inTurn(row(true), row(false).length > 0 ? first : undefined)]);
  const failures = ended.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  if (failures.length > 1) process.stderr.write(`${failures[1].message}\n`);
  if (failures.length > 0) throw failures[0];
  process.stdout.write("all checks passed\n");
});
