// Wraps the prose of the pages at one width: part of `npm run format`. Code, tables, headings and figures stay as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stamps.mjs";

const WIDTH = 130;

/** Pages whose prose has this width. */
export const WRAPPED = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CODE_OF_CONDUCT.md",
  "CHANGELOG.md",
  "benches/README.md",
  "fuzz/README.md",
  "test/fixtures/README.md",
  "test/golden/README.md",
  "test/oracle/README.md",
  "demo/listen/spoken-digits.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`),
];

/** A line that begins something else than a paragraph, or is one of its own. */
const APART = /^(#|\||<|!\[|\[!\[|>|---)/;
const ITEM = /^(\s*(?:[-*+]|\d+\.) )/;
/** What would become a heading, an item or a quotation at the beginning of a line. */
const MARK = /^(#+|[-*+>|]|\d+\.)$/;

/**
 * A page with its lines of prose no longer than the width, where words allow.
 *
 * @param {string} markdown
 */
export function wrapped(markdown) {
  const lines = markdown.split("\n");
  /** @type {string[]} */
  const out = [];
  for (let k = 0; k < lines.length; ) {
    const line = lines[k] ?? "";
    const fence = /^\s*```/.test(line);
    if (fence) {
      do out.push(lines[k++] ?? "");
      while (k < lines.length && !/^\s*```/.test(lines[k] ?? ""));
      out.push(lines[k++] ?? "");
      continue;
    }
    if (line.trim() === "" || APART.test(line) || /^ {4}/.test(line)) {
      out.push(line);
      k++;
      continue;
    }
    const [first = ""] = ITEM.exec(line) ?? [];
    const indent = first === "" ? (/^\s*/.exec(line)?.[0] ?? "") : " ".repeat(first.length);
    const words = [line.slice(first === "" ? indent.length : first.length)];
    k++;
    while (k < lines.length && isContinued(lines[k] ?? "")) words.push((lines[k++] ?? "").trim());
    out.push(...fill(words.join(" "), first === "" ? indent : first, indent));
  }
  return out.join("\n");
}

/** @param {string} line */
function isContinued(line) {
  return line.trim() !== "" && !APART.test(line) && !ITEM.test(line) && !/^\s*```/.test(line);
}

/**
 * @param {string} text
 * @param {string} first before the first line
 * @param {string} indent before the others
 */
function fill(text, first, indent) {
  /** @type {string[]} */
  const lines = [];
  let line = first;
  let isEmpty = true;
  // Code in a line stays whole.
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    const isFull = !isEmpty && line.length + 1 + word.length > WIDTH;
    if (isFull && !MARK.test(word)) {
      lines.push(line);
      line = indent + word;
    } else {
      line += isEmpty ? word : ` ${word}`;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

if (process.argv[1] === import.meta.filename) {
  for (const page of WRAPPED) {
    const path = join(ROOT, page);
    const text = readFileSync(path, "utf8");
    const now = wrapped(text);
    if (now !== text) writeFileSync(path, now);
  }
}
