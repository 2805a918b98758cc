// A step is done again only when its inputs have changed since it last went well.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the clone. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const STAMPS = join(ROOT, ".cache", "stamps");
const IGNORED = new Set(["node_modules", "target", ".git", "__pycache__", "pkg", "pkg-threads", "dist"]);
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
  const stamp = join(STAMPS, name);
  const hash = hashOf(inputs, extra);
  const isDone = existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  if (!force && isDone && outputs.every((output) => existsSync(join(ROOT, output)))) return false;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}

/**
 * Digest of names and contents of files.
 *
 * @param {string[]} inputs files and folders, relative to the root
 * @param {string[]} [extra] other text
 */
export function hashOf(inputs, extra = []) {
  const hash = createHash("sha256");
  for (const text of extra) hash.update(`${text}\0`);
  for (const input of inputs) {
    const path = join(ROOT, input);
    if (!existsSync(path)) continue;
    for (const file of filesOf(path)) {
      hash.update(`${file.slice(ROOT.length)}\0`);
      hash.update(readFileSync(file));
      hash.update("\0");
    }
  }
  return hash.digest("hex");
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.has(name))
    .filter(({ name }) => !(path.endsWith("node") && BUILT.test(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => filesOf(join(path, name)));
}
