// Other versions of Node, from the npm packages that hold nothing but its binary: the versions that the package promises to run in.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";
import { ROOT } from "./stamps.mjs";

/** The oldest version that the package takes, and the newest of each release line with long-term support. */
export const NODES = ["20.19.0", "22.23.3", "24.21.0"];

const PACKAGE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const BINARY = process.platform === "win32" ? "bin/node.exe" : "bin/node";

/**
 * Path of a version's binary, if it was installed.
 *
 * @param {string} version
 * @returns {string | undefined}
 */
export function nodeOf(version) {
  const path = join(folderOf(version), "node_modules", PACKAGE, BINARY);
  return existsSync(path) ? path : undefined;
}

/** Installs those that are missing into .cache/nodes. */
export async function installNodes() {
  for (const version of NODES.filter((version) => nodeOf(version) === undefined)) {
    const quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", "--prefix", folderOf(version), ...quiet, `${PACKAGE}@${version}`]);
  }
}

/** @param {string} version */
function folderOf(version) {
  return join(ROOT, ".cache/nodes", version);
}
