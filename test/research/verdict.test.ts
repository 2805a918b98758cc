import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXPERIMENTS } from "../../research/catalogue/index.js";
import { QUESTIONS } from "../../research/catalogue/questions.js";
import { made, PAGES } from "../../research/pages/verdict.js";
import { ROOT } from "../docs/guides.js";

const page = readFileSync(join(ROOT, "docs/results/verdict.md"), "utf8");

it("docs/results/verdict.md has a row for every question, in the order of the list", () => {
  const rows = page.split("\n").filter((line) => /^\| R\d/.test(line));
  expect(rows.map((row) => row.split(" | ")[1])).toEqual(QUESTIONS.map(({ question }) => question));
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
