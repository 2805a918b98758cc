import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone: two folders above this file, and above the program that it becomes part of. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A page with its tables anew, and its figures by file. */
export interface Made {
  text: string;
  figures: ReadonlyMap<string, string>;
}

/** The file with the records of an experiment. */
export function recordsOf(name: string): string {
  return join(ROOT, "research/records", `${name}.ndjson.gz`);
}

/** Puts a table between the two comments that have its name. */
export function put(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- made: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, after] = [page.split(begin), page.split(end)];
  if (before.length !== 2 || after.length !== 2) return page;
  return `${before[0]}${begin}\n\n${table}\n\n${end}${after[1]}`;
}

/** Writes a page anew, and its figures. */
export async function renew(path: string, made: (page: string) => Promise<Made>): Promise<void> {
  const file = join(ROOT, path);
  const { text, figures } = await made(readFileSync(file, "utf8"));
  writeFileSync(file, text);
  for (const [place, svg] of figures) writeFileSync(join(ROOT, place), svg);
}
