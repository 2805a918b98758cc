// What may be left out: on a person's machine whatever lacks something, on a build machine only what test/may-skip.json names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StepFailed } from "./run.mjs";
import { ROOT } from "./stamps.mjs";

/** Whether this is a build machine, on which nothing else is skipped. */
export const isBuildMachine = process.env["SPIKELET_CI"] === "1";

/** @type {{ checks: Record<string, string>, tests: Record<string, string> }} reasons by name */
export const MAY_SKIP = JSON.parse(readFileSync(join(ROOT, "test", "may-skip.json"), "utf8"));

/**
 * Says that a check of `npm test` is left out.
 *
 * @param {string} name
 * @param {string} why
 * @throws {StepFailed} on a build machine, unless test/may-skip.json names it.
 */
export function skipCheck(name, why) {
  if (isBuildMachine && !(name in MAY_SKIP.checks))
    throw new StepFailed(`${name} must not be skipped on a build machine: ${why}`);
  process.stdout.write(`${name} skipped: ${why}\n`);
}
