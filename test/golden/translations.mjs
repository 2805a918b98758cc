// Configurations of golden cases, from the one translator (crates/golden).
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {{ place: string, configuration?: import("spikelet").Config, optimizers?: import("spikelet").OptimizerConfig[], schedules?: import("spikelet").ScheduleConfig[], unsupported?: string[], error?: string }} Translation */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** In a folder of its own: that of other builds is locked while these compile. */
const FOLDER = join(process.env["CARGO_TARGET_DIR"] || join(ROOT, "target"), "tools");
const PROGRAM = ["run", "--quiet", "--locked", "--profile", "tool", "--package", "spikelet-golden", "--target-dir", FOLDER, "--"];

/**
 * Translates every golden case of a folder.
 *
 * @param {string} dir
 * @returns {string} a line of JSON for each case
 */
export function translate(dir) {
  const words = [...PROGRAM, resolve(dir)];
  const { error, status, stdout, stderr } = spawnSync("cargo", words, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (error !== undefined) throw new Error(`cargo can't be started: ${error.message}`);
  if (status !== 0) throw new Error(stderr.trim());
  return stdout;
}

/**
 * @param {string} lines what `translate` returned
 * @returns {Map<string, Translation>} by place
 */
export function translationsIn(lines) {
  const translations = lines.split("\n").filter((line) => line !== "");
  return new Map(
    translations.map((line) => {
      const translation = /** @type {Translation} */ (JSON.parse(line));
      return [translation.place, translation];
    }),
  );
}
