// Pages of results whose tables and figures a script makes from the records.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stamps.mjs";

/** Folder of the records of the experiments. */
export const RECORDS = "research/records";

/**
 * Puts a table between the two comments that have its name.
 *
 * @param {string} page
 * @param {string} name
 * @param {string} table
 */
export function put(page, name, table) {
  const [begin, end] = [`<!-- made: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, after] = [page.split(begin), page.split(end)];
  if (before.length !== 2 || after.length !== 2) return page;
  return `${before[0]}${begin}\n\n${table}\n\n${end}${after[1]}`;
}

/**
 * Writes a page anew, and its figures.
 *
 * @param {string} path
 * @param {(page: string) => Promise<{ text: string, figures: ReadonlyMap<string, string> }>} made
 */
export async function renew(path, made) {
  const file = join(ROOT, path);
  const { text, figures } = await made(readFileSync(file, "utf8"));
  writeFileSync(file, text);
  for (const [place, svg] of figures) writeFileSync(join(ROOT, place), svg);
}
