// Faults that .ci/run has to find: at least one for each check and group, such as it exists to find.
import { FAULTS_OF_CHECKS } from "./of-checks.mjs";
import { FAULTS_OF_FILES } from "./of-files.mjs";
import { FAULTS_OF_PAGES } from "./of-pages.mjs";
import { FAULTS_OF_RUST } from "./of-rust.mjs";
import { FAULTS_OF_TYPESCRIPT } from "./of-typescript.mjs";

/**
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} what it is, in a sentence
 * @property {string} file where it is, relative to the root
 * @property {string} find text that the file has exactly once
 * @property {string} put what stands there instead
 * @property {string} suite the check or group that must turn red
 * @property {Narrow} [narrow] the least of it that must; without: all of a check
 * @property {readonly ("addon" | "dist" | "wasm")[]} [builds] what has to be built again
 * @property {string} says text that the output then has, so that it is red for this fault
 */

/**
 * @typedef {{ vitest: string, test?: string } | { package: string, words?: readonly string[] }} Narrow a file of tests, and the names of
 * those in it that count, as a pattern; or the package for which the check calls cargo, and further words of that call
 */

/** @type {readonly Fault[]} */
export const FAULTS = [...FAULTS_OF_CHECKS, ...FAULTS_OF_RUST, ...FAULTS_OF_TYPESCRIPT, ...FAULTS_OF_FILES, ...FAULTS_OF_PAGES];

/**
 * The text of a file with a fault in it; undefined where it does not have the text to find exactly once.
 *
 * @param {Pick<Fault, "find" | "put">} fault
 * @param {string} text
 */
export function withFault({ find, put }, text) {
  const [before, after, ...more] = text.split(find);
  return after === undefined || more.length > 0 ? undefined : `${before}${put}${after}`;
}
