import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXPERIMENTS } from "../../research/catalogue/index.js";
import { QUESTIONS } from "../../research/catalogue/questions.js";
import { made, PAGES } from "../../research/pages/verdict.js";
import { ROOT } from "../docs/guides.js";

const page = readFileSync(join(ROOT, "docs/results/verdict.md"), "utf8");

it("docs/results/verdict.md has a section for every question, in the order of the list", () => {
  const headings = page.split("\n").flatMap((line) => /^### (.*)$/.exec(line)?.slice(1) ?? []);
  expect(headings).toEqual(QUESTIONS.map(({ question, asked }) => `${question} (${asked})`));
});

it("docs/results/verdict.md can be read: at most 5,000 words, each table folded, one number with its spread in a cell", () => {
  expect(page.split(/\s+/).length).toBeLessThanOrEqual(5000);
  const open = page.replaceAll(/<details>.*?<\/details>/gs, "");
  expect(open.split("\n").filter((line) => line.startsWith("|"))).toEqual([]);
  const cells = page.split("\n").flatMap((line) => (line.startsWith("|") ? line.split("|").slice(2, -1) : []));
  const numbers = cells.map((cell) => cell.trim()).filter((cell) => /^[+−]?[\d.]+/.test(cell));
  expect(numbers.length).toBeGreaterThan(100);
  expect(numbers.filter((cell) => !/^[+−]?[\d.]+( ± [\d.]+)?†?( |$)/.test(cell) || /\d, \d/.test(cell))).toEqual([]);
});

it("every question's command is one that there is", () => {
  for (const { command } of QUESTIONS) {
    const [program, ...words] = command?.split(" ") ?? [];
    if (program === "node") expect(existsSync(join(ROOT, words[0] ?? "")), command ?? "").toBe(true);
    if (program !== "npm") continue;
    expect(words.slice(0, 3)).toEqual(["run", "experiment", "--"]);
    expect(EXPERIMENTS.map(({ name }) => name)).toContain(words[3]);
  }
});

it.each(PAGES)("the tables of %s, and figures, are made of the records", async (path) => {
  const before = readFileSync(join(ROOT, path), "utf8");
  const { text, figures } = await made(before);
  expect(before).toContain("<!-- made: ");
  expect(text).toBe(before);
  expect(figures.size).toBeGreaterThan(0);
  for (const [place, svg] of figures) expect(readFileSync(join(ROOT, place), "utf8"), place).toBe(svg);
});
