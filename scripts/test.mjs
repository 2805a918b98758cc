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
import { GROUPS, inputsByFile, inputsOf } from "./groups.mjs";
import { runTool, StepFailed } from "./run.mjs";
import { install, main, setUp } from "./setup.mjs";
import { isBuildMachine } from "./skips.mjs";
import { forget, hashOf, hasPassed, pass, ROOT } from "./stamps.mjs";
import { checkTools, fail } from "./tools.mjs";

const MAX_LENGTH = Math.max(...[CHECKS, GROUPS].flatMap(Object.keys).map(({ length }) => length));

/**
 * @typedef {{ name: string, needs: readonly string[], hash: string, files?: Map<string, string> }} Task files: those test files of a group
 * that have not passed as they are, with their digests; all of them where there is none
 */

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
  const staleGroups = (await Promise.all(tests)).filter(isStale);
  const withFiles = staleGroups.map(async (group) => ({ ...group, files: await staleFiles(group.name, extra, isForced) }));
  return { checks: hashed.filter(isStale), groups: await Promise.all(withFiles) };
}

/** Test files of a group that have not passed as they are, with their digests; `undefined` where the group runs as a whole. */
async function staleFiles(name, extra, isForced) {
  const files = [...(await inputsByFile(name))].map(([file, inputs]) => [file, hashOf(inputs, extra)]);
  const isStale = ([file, hash]) => isForced || !hasPassed(stampOf(name, file), hash);
  return files.length === 0 ? undefined : new Map(files.filter(isStale));
}

/** Whether no file of a group has passed as it is. */
async function isWhole({ name, files }) {
  return files === undefined || files.size === (await inputsByFile(name)).size;
}

const stampOf = (group, file) => `test-${group}-${file.replaceAll("/", "-")}`;

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

const folderOf = (name) => `test/${GROUPS[name].folder ?? name}/`;

/** All groups in one run of Vitest; those that pass are kept where others fail. `until`: when what runs beside them is through. */
async function vitest(groups, until) {
  if (groups.every(({ files }) => files?.size === 0)) {
    for (const { name, hash } of groups) pass(`check-${name}`, hash);
    return;
  }
  if (groups.some(({ needs }) => needs.includes("chromium"))) await ensureChromium();
  const folder = mkdtempSync(join(tmpdir(), "spikelet-tests-"));
  const outcomes = join(folder, "outcomes.json");
  for (const { name, files } of groups) {
    forget(`check-${name}`);
    for (const file of files?.keys() ?? []) forget(stampOf(name, file));
  }
  try {
    const projects = groups.flatMap(({ name }) => ["--project", name]);
    // The folder of a group stands for all its files; those that are not named have passed as they are.
    const chosen = groups.map(async (group) => ((await isWhole(group)) ? [folderOf(group.name)] : [...group.files.keys()]));
    const words = ["run", ...projects, ...new Set((await Promise.all(chosen)).flat())];
    const environment = { SPIKELET_OUTCOMES: outcomes };
    const failure = await runTool("vitest", "vitest.mjs", words, { until, environment }).catch((thrown) => thrown);
    const passed = passedIn(outcomes);
    for (const { name, hash, files } of groups) {
      for (const [file, own] of files ?? []) if (passed.files.includes(`${name} ${file}`)) pass(stampOf(name, file), own);
      const isPassed = [...(files?.keys() ?? [])].every((file) => passed.files.includes(`${name} ${file}`));
      const isGood = files === undefined ? passed.groups.includes(name) : isPassed;
      if (isGood) pass(`check-${name}`, hash);
      report(name, isGood ? `passed${files === undefined ? "" : `, ${files.size} files`}` : "failed");
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
  // A compiler waits for its last file and a test for a process most of the time: together they keep all cores at work. What needs
  // nothing built begins beside the build, in another folder of cargo.
  const unbuilt = requested.checks.filter(([, { needs = [], isApart }]) => needs.length === 0 && !isApart);
  const early = await stale({ ...requested, checks: unbuilt, groups: [] });
  const first = inTurn(early.checks);
  first.catch(() => {});
  const needs = new Set([...requested.checks, ...requested.groups].flatMap(([, task]) => task.needs ?? []));
  await setUp({ withAddon: needs.has("addon"), withWasm: needs.has("wasm"), withTypeScript: needs.has("dist") });
  const isLeft = (check) => !unbuilt.includes(check);
  const { checks, groups } = await stale({ ...requested, checks: requested.checks.filter(isLeft) });
  const names = new Set([...early.checks, ...checks, ...groups].map(({ name }) => name));
  const all = [...requested.checks, ...requested.groups].map(([name]) => name);
  for (const name of all) if (!names.has(name)) report(name, "unchanged since it last passed");
  const second = first.then(() => inTurn(checks.filter(({ isApart }) => !isApart)));
  const ended = await Promise.allSettled([
    second,
    inTurn(checks.filter(({ isApart }) => isApart)).then(() => vitest(groups, second)),
  ]);
  const failures = ended.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  if (failures.length > 1) process.stderr.write(`${failures[1].message}\n`);
  if (failures.length > 0) throw failures[0];
  process.stdout.write("all checks passed\n");
});
