// npm test: sets up what is missing, then runs every check whose inputs changed since it last passed.
// npm test -- --all runs them all; npm test -- vitest clippy runs these alone, changed or not.
import { spawnSync } from "node:child_process";
import { ensureChromium } from "./chromium.mjs";
import { buildReference } from "./docs.mjs";
import { run, runTool } from "./run.mjs";
import { main, RUST, setUp, TYPESCRIPT } from "./setup.mjs";
import { ROOT, step } from "./stamps.mjs";

const GENERATED = ["ts/generated", "spikelet.schema.json"];
const BINDINGS = ["bindings/node", "bindings/wasm", ".cargo"];
const ALL_RUST = [...RUST, "crates/xtask", ...BINDINGS, "benches/rust"];
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
];

/** Each check: what it depends on and what it runs. */
const CHECKS = {
  codegen: { inputs: [...ALL_RUST, ...GENERATED], work: () => xtask("check-codegen") },
  arrow: { inputs: [...ALL_RUST, "ts"], work: () => xtask("check-arrow") },
  rustfmt: { inputs: ALL_RUST, work: () => run("cargo", ["fmt", "--all", "--check"]) },
  clippy: {
    inputs: ALL_RUST,
    work: () => run("cargo", ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  },
  cargo: {
    inputs: [...ALL_RUST, "test/golden", "fuzz/src", "fuzz/corpus", "fuzz/found"],
    work: () => run("cargo", ["test", "--quiet"]),
  },
  reference: { inputs: [...ALL_RUST, "ts", "docs", "README.md", "typedoc.json"], work: buildReference },
  biome: { inputs: ALL_SCRIPTS, work: () => runTool("@biomejs/biome", "bin/biome", ["check"]) },
  types: { inputs: [...ALL_SCRIPTS, ...GENERATED], work: () => runTool("typescript", "bin/tsc", ["-p", "tsconfig.check.json"]) },
  instructions: {
    inputs: [...RUST, "benches/rust", "benches/instructions.json", "scripts/instructions.mjs"],
    work: () => run(process.execPath, ["scripts/instructions.mjs"]),
  },
  vitest: {
    inputs: [...ALL_SCRIPTS, ...RUST, ...BINDINGS, "README.md", "docs", "package-lock.json"],
    work: async () => {
      await ensureChromium();
      await runTool("vitest", "vitest.mjs", ["run"]);
    },
  },
};

function xtask(...args) {
  return run("cargo", ["run", "--quiet", "--package", "spikelet-xtask", "--", ...args]);
}

/** Toolchain versions: a check that passed with another compiler did not pass with this one. */
function versions() {
  const { stdout } = spawnSync("rustc", ["--version"], { encoding: "utf8", cwd: ROOT });
  return [process.version, stdout ?? ""];
}

await main(async () => {
  const words = process.argv.slice(2);
  const named = words.filter((word) => word in CHECKS);
  await setUp();
  const extra = versions();
  for (const [name, { inputs, work }] of Object.entries(CHECKS)) {
    if (named.length > 0 && !named.includes(name)) continue;
    const start = Date.now();
    const force = words.includes("--all") || named.length > 0;
    const wasRun = await step(`check-${name}`, { inputs, extra, force }, work);
    const what = wasRun ? `passed in ${((Date.now() - start) / 1000).toFixed(1)} s` : "unchanged since it last passed";
    process.stdout.write(`${name.padEnd(8)} ${what}\n`);
  }
  process.stdout.write("all checks passed\n");
});
