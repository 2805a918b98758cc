import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXPERIMENTS } from "../../ts/study/catalogue/index.js";
import { QUESTIONS } from "../../ts/study/catalogue/questions.js";
import { differenceRows, markdownTable, resultRows } from "../../ts/study/report/comparison.js";
import { comparedIn } from "../../ts/study/report/comparison.node.js";
import { checkCommandLine } from "../support/command-line.js";
import { ROOT } from "./guides.js";

const page = readFileSync(join(ROOT, "docs/results/verdict.md"), "utf8");

it("docs/results/verdict.md has a row for every question, in the order of the list", () => {
  const rows = page.split("\n").filter((line) => /^\| R\d/.test(line));
  expect(rows.map((row) => row.split(" | ")[1])).toEqual(QUESTIONS.map(({ question }) => question));
});

it("every question's command is one that there is", async () => {
  for (const { command } of QUESTIONS) {
    const [program, ...words] = command?.split(" ") ?? [];
    if (program === "node") expect(existsSync(join(ROOT, words[0] ?? "")), command ?? "").toBe(true);
    if (program !== "spikelet") continue;
    await checkCommandLine(words.join(" "));
    expect(EXPERIMENTS.map(({ name }) => name)).toContain(words[1]);
  }
});

it.each(["verdict", "verdict-fashion"])("the tables of %s are made of its records", async (name) => {
  const experiment = EXPERIMENTS.find((one) => one.name === name);
  const dir = join(ROOT, "docs/results/records", name);
  if (experiment === undefined || !existsSync(dir)) return;
  const all = await comparedIn(dir, experiment, "full");
  const [reference] = all;
  expect(page).toContain(markdownTable(resultRows(all)));
  if (reference) expect(page).toContain(markdownTable(differenceRows(all, reference)));
});
