// A copy of the clone that may be damaged: what is under version control as it stands, and what is built and ignored.
import { execFileSync } from "node:child_process";
import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ROOT } from "../stamps.mjs";

/** What is ignored and no part of a build: results of trainings, and data. */
const LEFT_OUT = /^(out|data)\//;

/**
 * Makes a folder a copy of the clone. One that is there already keeps what it has built.
 *
 * @param {string} folder
 */
export async function copyClone(folder) {
  const isNew = !existsSync(join(folder, ".git"));
  if (isNew) execFileSync("git", ["clone", "--quiet", ROOT, folder]);
  const files = listed(["--cached", "--others", "--exclude-standard"]);
  for (const file of files) update(join(ROOT, file), join(folder, file), isNew);
  if (!isNew) return;
  for (const path of listed(["--others", "--ignored", "--exclude-standard", "--directory"])) {
    if (!LEFT_OUT.test(path)) await copyBuilt(join(ROOT, path), join(folder, path));
  }
}

function listed(options) {
  return execFileSync("git", ["ls-files", "-z", ...options], { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 28 })
    .split("\0")
    .filter(Boolean);
}

/** With its time in a new copy, since cargo compiles again what is newer than what it has built. */
function update(from, to, isNew) {
  if (!existsSync(from)) return rmSync(to, { force: true });
  const isSame = existsSync(to) && readFileSync(from).equals(readFileSync(to));
  if (!isSame) {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  if (isNew) utimesSync(to, statSync(from).atime, statSync(from).mtime);
}

function copyBuilt(from, to) {
  return cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => !/[\\/]incremental$/.test(path),
  });
}
