// A step is done again only when its inputs have changed since it last went well.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the clone. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const STAMPS = join(ROOT, ".cache", "stamps");
const IGNORED = new Set(["node_modules", "target", ".git", ".cache", "__pycache__", "pkg", "pkg-threads", "dist"]);
const BUILT = /\.node$|^index\.(js|d\.ts)$/;

/**
 * Runs `work` unless it went well with the same inputs before.
 *
 * @param {string} name of the step
 * @param {{ inputs: string[], outputs?: string[], extra?: string[], force?: boolean }} options files and folders it depends
 * on and makes, relative to the root, and other text it depends on
 * @param {() => void | Promise<void>} work
 * @returns whether anything was done
 */
export async function step(name, { inputs, outputs = [], extra = [], force = false }, work) {
  const hash = hashOf(inputs, extra);
  if (!force && hasPassed(name, hash) && outputs.every((output) => existsSync(join(ROOT, output)))) return false;
  forget(name);
  await work();
  pass(name, hash);
  return true;
}

/**
 * Tells whether a step went well with inputs of this digest.
 *
 * @param {string} name
 * @param {string} hash
 */
export function hasPassed(name, hash) {
  const stamp = join(STAMPS, name);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
}

/**
 * Keeps that a step went well with inputs of this digest.
 *
 * @param {string} name
 * @param {string} hash
 */
export function pass(name, hash) {
  const stamp = join(STAMPS, name);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

/**
 * Forgets that a step ever went well.
 *
 * @param {string} name
 */
export function forget(name) {
  rmSync(join(STAMPS, name), { force: true });
}

/**
 * Digest of names and contents of files.
 *
 * @param {readonly string[]} inputs files and folders, relative to the root, with `/`; `!` before one leaves it out
 * @param {readonly string[]} [extra] other text
 */
export function hashOf(inputs, extra = []) {
  const hash = createHash("sha256");
  for (const text of extra) hash.update(`${text}\0`);
  for (const file of filesIn(inputs)) {
    hash.update(`${file}\0`);
    hash.update(readFileSync(join(ROOT, file)));
    hash.update("\0");
  }
  return hash.digest("hex");
}

/**
 * Files that inputs name, relative to the root, with `/`.
 *
 * @param {readonly string[]} inputs
 * @returns {string[]}
 */
export function filesIn(inputs) {
  const left = new Set(inputs.filter((input) => input.startsWith("!")).map((input) => input.slice(1)));
  const named = inputs.filter((input) => !input.startsWith("!"));
  return named.filter((input) => existsSync(join(ROOT, input))).flatMap((input) => filesOf(join(ROOT, input), left));
}

/**
 * @param {string} path
 * @param {ReadonlySet<string>} left files and folders that are left out
 * @returns {string[]}
 */
function filesOf(path, left) {
  const name = relative(ROOT, path).split(sep).join("/");
  if (left.has(name)) return [];
  if (!statSync(path).isDirectory()) return [name];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.has(name))
    .filter(({ name }) => !(path.endsWith("node") && BUILT.test(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => filesOf(join(path, name), left));
}
