// Starts other programs.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stamps.mjs";

/** A program ended with an error; what it printed was shown. */
export class StepFailed extends Error {}

/**
 * Runs a program in the root of the clone.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ isQuiet?: boolean, until?: Promise<unknown>, environment?: Record<string, string> }} [options] quiet: its output is shown
 * only when it fails; until: its output is held back until then
 */
export function run(command, args, { isQuiet = false, until, environment = {} } = {}) {
  return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    const isWindowsScript = process.platform === "win32" && command === "npm";
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: isQuiet || until !== undefined ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      shell: isWindowsScript,
    });
    /** @type {Buffer[]} */
    const output = [];
    let isHeld = true;
    const flush = () => (until === undefined ? process.stderr : process.stdout).write(Buffer.concat(output.splice(0)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        output.push(chunk);
        if (!isHeld) flush();
      });
    }
    const release = () => {
      isHeld = false;
      flush();
    };
    until?.then(release, release);
    child.on("error", (error) => reject(new StepFailed(`${command} can't be started: ${error.message}`)));
    child.on("close", async (code, signal) => {
      await until?.then(release, release);
      if (code === 0) return resolve();
      flush();
      reject(new StepFailed(`${[command, ...args].join(" ")} ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/**
 * Runs a JavaScript tool of a package in node_modules.
 *
 * @param {string} packageName
 * @param {string} file of the package
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runTool(packageName, file, args, options) {
  const script = join(ROOT, "node_modules", packageName, file);
  if (!existsSync(script)) throw new StepFailed(`${packageName} is not installed: npm install`);
  return run(process.execPath, [script, ...args], options);
}

/**
 * Where the compiler of TypeScript keeps what it knows of its last run, relative to the root.
 *
 * @param {string} name of the run
 */
export const buildInfo = (name) => `.cache/${name}.tsbuildinfo`;

/**
 * Options with which the compiler of TypeScript looks only at what has changed since its last run.
 *
 * @param {string} name of the run
 */
export const incremental = (name) => ["--incremental", "--tsBuildInfoFile", buildInfo(name)];
