// Other runtimes, frameworks and test runners, of test/frameworks/package-lock.json: what npm installs, and no script of theirs.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";
import { hashOf, ROOT } from "./stamps.mjs";

const SOURCE = "test/frameworks";
const FILES = ["package.json", "package-lock.json"];

/** The folder in which they are installed; the projects of the tests lie in it. */
export const FRAMEWORKS = join(ROOT, ".cache/frameworks");
const STAMP = join(FRAMEWORKS, ".installed");

/** Whether they are installed, as the lock file has them. */
export function hasFrameworks() {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted();
}

/** Installs them. */
export async function installFrameworks() {
  if (hasFrameworks()) return;
  mkdirSync(FRAMEWORKS, { recursive: true });
  for (const file of FILES) copyFileSync(join(ROOT, SOURCE, file), join(FRAMEWORKS, file));
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["ci", "--prefix", FRAMEWORKS, ...quiet]);
  writeFileSync(STAMP, wanted());
}

/**
 * Path of the binary of a package that has one package for each platform.
 *
 * @param {"@oven/bun" | "@deno/" | "@cloudflare/workerd"} begin how their names begin
 * @param {string} file in the package
 */
export function binaryOf(begin, file) {
  const [scope = "", name = ""] = begin.split("/");
  const folder = join(FRAMEWORKS, "node_modules", scope);
  const found = readdirSync(folder)
    .filter((one) => one.startsWith(name))
    .map((one) => join(folder, one, file));
  return found.find((path) => existsSync(path)) ?? "";
}

function wanted() {
  return hashOf(
    FILES.map((file) => `${SOURCE}/${file}`),
    [process.platform, process.arch],
  );
}
