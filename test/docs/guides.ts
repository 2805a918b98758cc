import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Block, blocksOf } from "./blocks.js";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A page for users, and what of it is run. */
export interface Guide {
  path: string;
  name: string;
  markdown: string;
  blocks: Block[];
  /** All its TypeScript as one program. */
  code: string;
  /** Files that its commands read, by name. */
  files: Map<string, string>;
  /** What stands behind `npx spikelet`, line by line. */
  commands: string[];
}

/** README.md, the first page of the site and every page in docs/. */
export function readGuides(): Guide[] {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  const ordered = pages.sort().map((page) => `docs/${page.replaceAll("\\", "/")}`);
  return ["README.md", "site/home.md", ...ordered].map(readGuide);
}

function readGuide(path: string): Guide {
  const markdown = readFileSync(join(ROOT, path), "utf8");
  const blocks = blocksOf(markdown);
  const run = (language: string): string[] => blocks.filter((block) => block.isRun && block.language === language).map(textOf);
  return {
    path,
    name: path.replace(/\.md$/, "").replaceAll("/", "-"),
    markdown,
    blocks,
    code: run("ts").join("\n"),
    files: new Map(blocks.flatMap(({ file, text }) => (file === null ? [] : [[file, text]]))),
    commands: run("sh").flatMap(commandLines),
  };
}

const textOf = ({ text }: Block): string => text;

/** The lines of a block of commands, without comments. */
function commandLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/(^|\s+)#.*/, "").trim())
    .filter((line) => line !== "");
}
