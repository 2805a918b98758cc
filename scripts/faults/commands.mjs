// The commands that show a fault: all of a check or group, or the least of it that must be red. They run in a copy of the clone, with the
// settings of a build machine.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {import("./list.mjs").Fault} Fault */
/** @typedef {{ command: string, args: string[], environment?: Record<string, string>, outcomes?: string }} Command */
/** @typedef {{ isRed: boolean, hasRun: boolean, output: string }} Outcome isRed: it failed; hasRun: something was tested at all */

/**
 * What to run in a copy of the clone.
 *
 * @param {string} folder
 * @param {Fault} fault
 * @param {boolean} isWhole
 * @returns {Promise<Command>}
 */
export async function commandOf(folder, { suite, narrow }, isWhole) {
  if (isWhole) return { command: process.execPath, args: ["scripts/test.mjs", suite] };
  if (narrow === undefined)
    return program(`const { CHECKS } = await import("./scripts/checks.mjs");
    try { await CHECKS[${JSON.stringify(suite)}].work(); } catch ({ message }) { console.error(message); process.exitCode = 1; }`);
  if ("vitest" in narrow) return vitest(suite, narrow);
  return cargoCall(await cargoCalls(folder, suite), suite, narrow);
}

/**
 * Builds what the words name in a copy of the clone, as far as it is not what the sources say.
 *
 * @param {string} folder
 * @param {Iterable<string>} words of `addon`, `dist`, `wasm`, `chromium`
 */
export async function build(folder, words) {
  const needs = new Set(words);
  const options = { withAddon: needs.has("addon"), withWasm: needs.has("wasm"), withTypeScript: needs.has("dist") };
  const work = [
    'const { main, setUp } = await import("./scripts/setup.mjs");',
    `await main(() => setUp(${JSON.stringify(options)}));`,
    ...(needs.has("chromium") ? ['await (await import("./scripts/chromium.mjs")).ensureChromium();'] : []),
  ];
  return execute(folder, program(work.join("\n")));
}

/** @returns {Command} */
function program(text) {
  return { command: process.execPath, args: ["--input-type=module", "--eval", text] };
}

/** @returns {Command} */
function vitest(suite, { vitest: file, test }) {
  const outcomes = join(mkdtempSync(join(tmpdir(), "spikelet-fault-")), "outcomes.json");
  // In place of the reporters of a build machine, which count what the name leaves out as skipped.
  const reporters = ["--reporter=json", `--outputFile=${outcomes}`, "--reporter=default"];
  const name = test === undefined ? [] : ["--testNamePattern", test];
  const args = ["node_modules/vitest/vitest.mjs", "run", file, "--project", suite, ...name, ...reporters];
  return { command: process.execPath, args, outcomes };
}

/**
 * The call of cargo with which a check tests a package, for that package alone.
 *
 * @param {{ args: string[], environment: Record<string, string> }[]} calls of the check
 * @param {string} suite
 * @param {{ package: string, words?: readonly string[] }} narrow
 * @returns {Command}
 */
export function cargoCall(calls, suite, { package: name, words = [] }) {
  const call = calls.find(({ args }) => args.includes("--workspace") || packagesOf(args).includes(name));
  if (call === undefined) throw new Error(`the check ${suite} calls cargo for no package ${name}`);
  /** @type {string[]} */
  const args = [];
  for (let at = 0; at < call.args.length; at++) {
    const word = call.args[at] ?? "";
    const value = call.args[at + 1] ?? "";
    if (word === "--workspace") args.push("--package", name);
    else if (word === "--package" && value === name) args.push(word, value);
    else if (word === "--features") {
      const own = value.split(",").filter((feature) => feature.startsWith(`${name}/`));
      if (own.length > 0) args.push(word, own.join(","));
    } else if (!HAVE_VALUES.includes(word)) args.push(word);
    if (HAVE_VALUES.includes(word)) at += 1;
  }
  return { command: "cargo", args: [...args, ...words], environment: call.environment };
}

/** Options that say which packages and which of their features are meant. */
const HAVE_VALUES = ["--package", "--exclude", "--features"];

function packagesOf(args) {
  return args.flatMap((word, at) => (word === "--package" ? [args[at + 1] ?? ""] : []));
}

/** What a check calls cargo with: its work is done with a program of that name that only says so. */
async function cargoCalls(folder, suite) {
  const work = mkdtempSync(join(tmpdir(), "spikelet-fault-"));
  try {
    const [record, cargo] = [join(work, "calls.ndjson"), join(work, "bin", "cargo")];
    mkdirSync(join(work, "bin"));
    const line = 'JSON.stringify({ args: process.argv.slice(2), environment }) + "\\n"';
    const environment = "Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(CARGO_|RUST)/.test(name)))";
    const text = `const environment = ${environment};\nrequire("node:fs").appendFileSync(${JSON.stringify(record)}, ${line});\n`;
    writeFileSync(cargo, `#!${process.execPath}\n${text}`);
    chmodSync(cargo, 0o755);
    const checks = pathToFileURL(join(folder, "scripts", "checks.mjs")).href;
    const path = `${join(work, "bin")}${delimiter}${process.env["PATH"]}`;
    const doWork = `await (await import(${JSON.stringify(checks)})).CHECKS[${JSON.stringify(suite)}].work();`;
    await execute(folder, { ...program(doWork), environment: { PATH: path } });
    const lines = existsSync(record) ? readFileSync(record, "utf8").split("\n").filter(Boolean) : [];
    return lines.map((text) => /** @type {{ args: string[], environment: Record<string, string> }} */ (JSON.parse(text)));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * Runs a command in a copy of the clone.
 *
 * @param {string} folder
 * @param {Command} command
 * @returns {Promise<Outcome>}
 */
export async function execute(folder, { command, args, environment = {}, outcomes }) {
  const { CARGO_TARGET_DIR: _, ...inherited } = process.env;
  const env = { ...inherited, SPIKELET_CI: "1", CARGO_INCREMENTAL: "0", NO_COLOR: "1", ...environment };
  const { code, output } = await ended(spawn(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] }));
  if (outcomes === undefined) return { isRed: code !== 0, hasRun: true, output };
  const hasPassed = existsSync(outcomes) && JSON.parse(readFileSync(outcomes, "utf8")).numPassedTests > 0;
  rmSync(join(outcomes, ".."), { recursive: true });
  return { isRed: code !== 0, hasRun: hasPassed || code !== 0, output };
}

/** @returns {Promise<{ code: number | null, output: string }>} */
function ended(child) {
  return new Promise((resolve, reject) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
