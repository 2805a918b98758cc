// npm test: the quick checks and tests, as far as their inputs have changed since they last passed.
// npm run test:all: all of them. Names of checks and groups run these alone, changed or not: npm test -- api clippy. With --force also
// what has not changed runs again. With SPIKELET_CI=1 it does what a build machine does: it checks other platforms too, and fails where
// a test is skipped that test/may-skip.json does not name.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKS } from "./checks.mjs";
import { ensureChromium } from "./chromium.mjs";
import { GROUPS, inputsOf } from "./groups.mjs";
import { runTool, StepFailed } from "./run.mjs";
import { install, main, setUp } from "./setup.mjs";
import { isBuildMachine } from "./skips.mjs";
import { forget, hashOf, hasPassed, pass, ROOT } from "./stamps.mjs";
import { checkTools, fail } from "./tools.mjs";

const MAX_LENGTH = Math.max(...[CHECKS, GROUPS].flatMap(Object.keys).map(({ length }) => length));

/** @typedef {{ name: string, needs: readonly string[], hash: string }} Task */

/** What the command line asks for. */
function requestedIn(words) {
  const options = words.filter((word) => word.startsWith("-"));
  const names = words.filter((word) => !word.startsWith("-"));
  const unknown = [
    ...options.filter((option) => !["--all", "--force"].includes(option)),
    ...names.filter((name) => !Object.hasOwn(CHECKS, name) && !Object.hasOwn(GROUPS, name)),
  ];
  const known = `${Object.keys(CHECKS).join(", ")} and the tests ${Object.keys(GROUPS).join(", ")}`;
  if (unknown.length > 0) fail(`${unknown[0]} is no check: there are ${known}.`);
  const tiers = ["quick", ...(options.includes("--all") ? ["all", ...(isBuildMachine ? ["machine"] : [])] : [])];
  const isWanted = ([name, { tier }]) => (names.length > 0 ? names.includes(name) : tiers.includes(tier));
  return {
    isForced: options.includes("--force") || names.length > 0,
    checks: Object.entries(CHECKS).filter(isWanted),
    groups: Object.entries(GROUPS).filter(isWanted),
  };
}

/** Toolchain versions: a check that passed with another compiler did not pass with this one. */
function versions() {
  const { stdout } = spawnSync("rustc", ["--version"], { encoding: "utf8", cwd: ROOT });
  return [process.version, stdout ?? "", isBuildMachine ? "nothing skipped" : ""];
}

function report(name, what) {
  process.stdout.write(`${name.padEnd(MAX_LENGTH)} ${what}\n`);
}

/** Checks and groups that have not passed as they are. */
async function stale({ isForced, checks, groups }) {
  const extra = versions();
  const isStale = ({ name, hash }) => isForced || !hasPassed(`check-${name}`, hash);
  const hashed = checks.map(([name, check]) => ({ needs: [], ...check, name, hash: hashOf(check.inputs, extra) }));
  const tests = groups.map(async ([name, { needs }]) => ({ name, needs, hash: hashOf(await inputsOf(name), extra) }));
  return { checks: hashed.filter(isStale), groups: (await Promise.all(tests)).filter(isStale) };
}

/** One check after the other. */
async function inTurn(checks) {
  for (const { name, hash, work } of checks) {
    const start = Date.now();
    forget(`check-${name}`);
    await work();
    pass(`check-${name}`, hash);
    report(name, `passed in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
}

/** All groups in one run of Vitest; those that pass are kept where others fail. `until`: when what runs beside them is through. */
async function vitest(groups, until) {
  if (groups.length === 0) return;
  if (groups.some(({ needs }) => needs.includes("chromium"))) await ensureChromium();
  const folder = mkdtempSync(join(tmpdir(), "spikelet-tests-"));
  const outcomes = join(folder, "outcomes.json");
  for (const { name } of groups) forget(`check-${name}`);
  try {
    const words = groups.flatMap(({ name }) => ["--project", name]);
    const environment = { SPIKELET_OUTCOMES: outcomes };
    const failure = await runTool("vitest", "vitest.mjs", ["run", ...words], { until, environment }).catch((thrown) => thrown);
    const passed = passedIn(outcomes);
    for (const { name, hash } of groups) {
      if (passed.includes(name)) pass(`check-${name}`, hash);
      report(name, passed.includes(name) ? "passed" : "failed");
    }
    if (failure !== undefined) throw failure;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function passedIn(outcomes) {
  try {
    return JSON.parse(readFileSync(outcomes, "utf8"));
  } catch {
    throw new StepFailed("vitest ended without an outcome");
  }
}

await main(async () => {
  const requested = requestedIn(process.argv.slice(2));
  checkTools();
  await install();
  const { needs, ...before } = await stale(requested).then(({ checks, groups }) => ({
    checks,
    groups,
    needs: new Set([...checks, ...groups].flatMap((task) => task.needs)),
  }));
  await setUp({ withAddon: needs.has("addon"), withWasm: needs.has("wasm"), withTypeScript: needs.has("dist") });
  // A build may write declarations, on which others depend.
  const { checks, groups } = needs.size > 0 ? await stale(requested) : before;
  const names = new Set([...checks, ...groups].map(({ name }) => name));
  const all = [...requested.checks, ...requested.groups].map(([name]) => name);
  for (const name of all) if (!names.has(name)) report(name, "unchanged since it last passed");
  // A compiler waits for its last file and a test for a process most of the time: together they keep all cores at work.
  const row = (isApart) => checks.filter((check) => (check.isApart ?? false) === isApart);
  const first = inTurn(row(false));
  const until = row(false).length > 0 ? first : undefined;
  const ended = await Promise.allSettled([first, inTurn(row(true)).then(() => vitest(groups, until))]);
  const failures = ended.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  if (failures.length > 1) process.stderr.write(`${failures[1].message}\n`);
  if (failures.length > 0) throw failures[0];
  process.stdout.write("all checks passed\n");
});
