// All golden files of a folder, with a report for people.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkGolden } from "./check.mjs";

/** The files of the project itself. */
export const GOLDEN = fileURLToPath(new URL(".", import.meta.url));

/** @param {string} dir */
export async function goldenFiles(dir) {
  return (await readdir(dir)).filter((file) => file.endsWith(".json") && file !== "not-yet.json").sort();
}

/**
 * @param {string} dir
 * @returns the exit code: 1 when a file failed or there is none
 */
export async function checkFolder(dir = GOLDEN) {
  /** @type {string[]} */
  let files;
  try {
    files = await goldenFiles(dir);
  } catch (thrown) {
    process.stderr.write(`${dir} can't be read: ${thrown instanceof Error ? thrown.message : thrown}\n`);
    return 2;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const { outcome, lines } = await checkFile(join(dir, file));
    counts[outcome] += 1;
    if (outcome === "passed") process.stdout.write(`passed   ${file}\n`);
    else process.stdout.write(`${outcome.padEnd(8)} ${file}: ${lines.slice(0, 5).join("\n           ")}\n`);
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return counts.failed > 0 || files.length === 0 ? 1 : 0;
}

/** @param {string} path */
async function checkFile(path) {
  try {
    return await checkGolden(JSON.parse(await readFile(path, "utf8")));
  } catch (thrown) {
    const lines = [`can't be read: ${thrown instanceof Error ? thrown.message : thrown}`];
    return { outcome: /** @type {const} */ ("failed"), lines };
  }
}
