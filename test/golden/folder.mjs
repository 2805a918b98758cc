// All golden cases of a folder, with a report for people.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkGolden } from "./check.mjs";
import { translate, translationsIn } from "./translations.mjs";

/** The folder of the project itself. */
export const GOLDEN = fileURLToPath(new URL(".", import.meta.url));

/** @typedef {{ place: string, text: string }} Case place: the file; in an `.ndjson` file with a colon and the number of the line */

/**
 * Cases of a folder: a `.json` file is one, and so is each line of an `.ndjson` file. `not-yet.json` is none.
 *
 * @param {string} dir
 * @returns {Promise<Case[]>}
 */
export async function goldenCases(dir) {
  const files = (await readdir(dir)).filter((file) => /\.(nd)?json$/.test(file) && file !== "not-yet.json").sort();
  const cases = files.map(async (file) => {
    const text = await readFile(join(dir, file), "utf8");
    if (file.endsWith(".json")) return [{ place: file, text }];
    const lines = text.split("\n").map((line, index) => ({ place: `${file}:${index + 1}`, text: line }));
    return lines.filter((line) => line.text.trim() !== "");
  });
  return (await Promise.all(cases)).flat();
}

/** Outcomes as they are printed. */
const WORDS = { passed: "passed", failed: "failed", unsupported: "not supported" };
const WIDTH = Math.max(...Object.values(WORDS).map(({ length }) => length));

/**
 * @param {string} dir
 * @param {string} [lines] what `translate` returned for the folder, where no other program can be started
 * @returns the exit code: 1 when a case failed or there is none, 2 when the folder can't be read
 */
export async function checkFolder(dir = GOLDEN, lines = undefined) {
  /** @type {Case[]} */
  let cases;
  /** @type {Map<string, import("./translations.mjs").Translation>} */
  let translations;
  try {
    cases = await goldenCases(dir);
    translations = translationsIn(lines ?? translate(dir));
  } catch (thrown) {
    process.stderr.write(`${dir} can't be read: ${thrown instanceof Error ? thrown.message : thrown}\n`);
    return 2;
  }
  const counts = { passed: 0, failed: 0, unsupported: 0 };
  for (const one of cases) {
    const { outcome, lines: said } = await checkCase(one, translations.get(one.place));
    counts[outcome] += 1;
    const between = outcome === "unsupported" ? ", " : `\n${" ".repeat(WIDTH + 3)}`;
    const found = said.length === 0 ? "" : `: ${said.slice(0, 5).join(between)}`;
    process.stdout.write(`${WORDS[outcome].padEnd(WIDTH)} ${one.place}${found}\n`);
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.unsupported} not supported\n`);
  return counts.failed > 0 || cases.length === 0 ? 1 : 0;
}

/**
 * @param {Case} one
 * @param {import("./translations.mjs").Translation | undefined} translation
 */
async function checkCase({ text }, translation) {
  try {
    return await checkGolden(JSON.parse(text), translation);
  } catch (thrown) {
    const lines = [`can't be read: ${thrown instanceof Error ? thrown.message : thrown}`];
    return { outcome: /** @type {const} */ ("failed"), lines };
  }
}
