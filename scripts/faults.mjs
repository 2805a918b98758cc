// npm run test:faults: puts known faults into a copy of the clone, one at a time, and shows that the check or group that exists to find
// each turns red. Without the fault the same command has to be green.
//
//   npm run test:faults                          every fault of scripts/faults/
//   npm run test:faults -- --list                what they are
//   npm run test:faults -- --only NAME           this one; may be given again
//   npm run test:faults -- --whole               all of each check or group, not the least of it that must be red
//   npm run test:faults -- --folder DIR          works in DIR and keeps it, with what each command printed
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CHECKS } from "./checks.mjs";
import { build, commandOf, execute } from "./faults/commands.mjs";
import { copyClone } from "./faults/copy.mjs";
import { FAULTS, withFault } from "./faults/list.mjs";
import { suitesOfTiers } from "./faults/suites.mjs";
import { GROUPS } from "./groups.mjs";
import { StepFailed } from "./run.mjs";
import { main } from "./setup.mjs";

/** @typedef {import("./faults/list.mjs").Fault} Fault */
/** @typedef {{ fault: Fault, outcome: string, seconds: number }} Row */

const CAUGHT = "caught";

/** Faults that need the same builds come together, those that need none first. */
function inOrder(faults) {
  const weight = ({ builds = [] }) =>
    ["dist", "addon", "wasm"].reduce((sum, word, k) => sum + (builds.includes(word) ? 2 ** k : 0), 0);
  return [...faults].sort((a, b) => weight(a) - weight(b));
}

/** Everything that the checks and groups need. */
function needsOf(faults) {
  return new Set(faults.flatMap(({ suite }) => CHECKS[suite]?.needs ?? GROUPS[suite]?.needs ?? []));
}

function keep(folder, name, output) {
  const outputs = join(folder, ".cache", "faults");
  mkdirSync(outputs, { recursive: true });
  writeFileSync(join(outputs, `${name}.txt`), output);
}

/** What a red command shows without the fault, or undefined where it is green. */
async function problemBefore(folder, fault, command) {
  const { isRed, hasRun, output } = await execute(folder, command);
  keep(folder, `${fault.name}.before`, output);
  if (isRed) return "RED WITHOUT IT";
  return hasRun ? undefined : "NOTHING TESTED";
}

/** What comes of a fault that is in its place. */
async function outcomeOf(folder, fault, command) {
  const built = await build(folder, fault.builds ?? []);
  if (built.isRed) return { outcome: built.output.includes(fault.says) ? CAUGHT : "DOES NOT BUILD", output: built.output };
  const { isRed, output } = await execute(folder, command);
  if (!isRed) return { outcome: "MISSED", output };
  return { outcome: output.includes(fault.says) ? CAUGHT : "RED FOR ANOTHER REASON", output };
}

/**
 * Puts a fault in, runs its command, takes it out.
 *
 * @param {string} folder
 * @param {Fault} fault
 * @param {boolean} isWhole
 */
async function outcomeWith(folder, fault, isWhole) {
  const path = join(folder, fault.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, withFault(fault, text));
  try {
    const { outcome, output } = await outcomeOf(folder, fault, await commandOf(folder, fault, isWhole));
    keep(folder, fault.name, output);
    return outcome;
  } finally {
    writeFileSync(path, text);
  }
}

/** @returns {Promise<Row[]>} */
async function outcomesOf(folder, faults, isWhole) {
  const needs = needsOf(faults);
  const clean = async () => {
    const { isRed, output } = await build(folder, needs);
    if (isRed) throw new StepFailed(`the copy of the clone cannot be built:\n${output}`);
  };
  await clean();
  /** @type {Row[]} */
  const rows = [];
  const done = (fault, outcome, start) => {
    const seconds = (Date.now() - start) / 1000;
    rows.push({ fault, outcome, seconds });
    process.stderr.write(`${fault.name}: ${outcome}, ${seconds.toFixed(0)} s\n`);
  };
  /** @type {Map<string, string | undefined>} */
  const before = new Map();
  const left = [];
  for (const fault of faults) {
    const start = Date.now();
    if (withFault(fault, readFileSync(join(folder, fault.file), "utf8")) === undefined) {
      done(fault, "DOES NOT FIT", start);
      continue;
    }
    const key = JSON.stringify([fault.suite, isWhole || fault.narrow]);
    if (!before.has(key)) before.set(key, await problemBefore(folder, fault, await commandOf(folder, fault, isWhole)));
    const problem = before.get(key);
    if (problem === undefined) left.push(fault);
    else done(fault, problem, start);
  }
  /** @type {readonly string[]} */
  let altered = [];
  for (const fault of left) {
    const { builds = [] } = fault;
    if (altered.some((word) => !builds.includes(word))) await clean();
    const start = Date.now();
    done(fault, await outcomeWith(folder, fault, isWhole), start);
    altered = isWhole ? [...needs] : builds;
  }
  return rows;
}

function table(rows) {
  const lines = rows.map(
    ({ fault, outcome, seconds }) => `| ${fault.name} | ${fault.suite} | ${outcome} | ${seconds.toFixed(1)} |\n`,
  );
  return ["| fault | check or group | outcome | seconds |\n|---|---|---|---:|\n", ...lines].join("");
}

function chosen(names) {
  const unknown = names.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) throw new StepFailed(`there is no fault ${unknown}; -- --list names them`);
  return names.length === 0 ? FAULTS : FAULTS.filter(({ name }) => names.includes(name));
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      list: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      whole: { type: "boolean", default: false },
      folder: { type: "string" },
    },
  });
  const faults = inOrder(chosen(values.only));
  if (values.list) {
    for (const { name, suite, what } of faults) process.stdout.write(`${name} (${suite}): ${what}\n`);
    return;
  }
  const suites = suitesOfTiers();
  const idle = faults.find(({ suite }) => !suites.includes(suite));
  if (idle !== undefined) throw new StepFailed(`${idle.name}: .ci/run runs no check or group ${idle.suite}`);
  const without = suites.find((suite) => !FAULTS.some((fault) => fault.suite === suite));
  if (without !== undefined) throw new StepFailed(`the check or group ${without} of .ci/run has no fault in scripts/faults`);
  const folder = values.folder === undefined ? mkdtempSync(join(tmpdir(), "spikelet-faults-")) : resolve(values.folder);
  try {
    await copyClone(folder);
    const rows = await outcomesOf(folder, faults, values.whole);
    process.stdout.write(table(rows));
    const missed = rows.filter(({ outcome }) => outcome !== CAUGHT).length;
    if (missed > 0) throw new StepFailed(`${missed} of ${rows.length} faults were not caught as they must be`);
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
});
