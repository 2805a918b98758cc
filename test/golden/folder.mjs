// All golden files of a folder, with a report for people.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkGolden } from "./check.mjs";
import { translate, translationsIn } from "./translations.mjs";

/** The files of the project itself. */
export const GOLDEN = fileURLToPath(new URL(".", import.meta.url));

/** @param {string} dir */
export async function goldenFiles(dir) {
  return (await readdir(dir)).filter((file) => file.endsWith(".json") && file !== "not-yet.json").sort();
}

/** Outcomes as they are printed. */
const WORDS = { passed: "passed", failed: "failed", unsupported: "not supported" };
const WIDTH = Math.max(...Object.values(WORDS).map(({ length }) => length));

/**
 * @param {string} dir
 * @param {string} [lines] what `translate` returned for the folder, where no other program can be started
 * @returns the exit code: 1 when a file failed or there is none, 2 when the folder can't be read
 */
export async function checkFolder(dir = GOLDEN, lines = undefined) {
  /** @type {string[]} */
  let files;
  /** @type {Map<string, import("./translations.mjs").Translation>} */
  let translations;
  try {
    files = await goldenFiles(dir);
    translations = translationsIn(lines ?? translate(dir));
  } catch (thrown) {
    process.stderr.write(`${dir} can't be read: ${thrown instanceof Error ? thrown.message : thrown}\n`);
    return 2;
  }
  const counts = { passed: 0, failed: 0, unsupported: 0 };
  for (const file of files) {
    const { outcome, lines: said } = await checkFile(join(dir, file), translations.get(file));
    counts[outcome] += 1;
    const between = outcome === "unsupported" ? ", " : `\n${" ".repeat(WIDTH + 3)}`;
    const found = said.length === 0 ? "" : `: ${said.slice(0, 5).join(between)}`;
    process.stdout.write(`${WORDS[outcome].padEnd(WIDTH)} ${file}${found}\n`);
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.unsupported} not supported\n`);
  return counts.failed > 0 || files.length === 0 ? 1 : 0;
}

/**
 * @param {string} path
 * @param {import("./translations.mjs").Translation | undefined} translation
 */
async function checkFile(path, translation) {
  try {
    return await checkGolden(JSON.parse(await readFile(path, "utf8")), translation);
  } catch (thrown) {
    const lines = [`can't be read: ${thrown instanceof Error ? thrown.message : thrown}`];
    return { outcome: /** @type {const} */ ("failed"), lines };
  }
}
