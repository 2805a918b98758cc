import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readTried, tableOf } from "../promises/record.js";
import { ROOT, readGuides } from "./guides.js";

it("the table of what ran where is that of the record, and has every page with programs or commands", () => {
  const tried = readTried();
  const page = readFileSync(join(ROOT, "docs/results/reliability.md"), "utf8");
  expect(page).toContain(`\n\n${tableOf(tried)}\n\n`);
  const dates = [...new Set(tried.places.map(({ date }) => date))].sort();
  expect(page.replaceAll(/\s+/g, " ")).toContain(`Spikelet ${tried.spikelet}, ${dates.join(" to ")}`);
  const shown = readGuides().filter(({ code, commands }) => code !== "" || commands.some((line) => line.startsWith("npx ")));
  expect(tried.pages.map(({ path }) => path)).toEqual(shown.map(({ path }) => path));
  const names = tried.places.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["Node 20", "Node 22", "Node 24", "Bun", "Deno", "Chromium"]));
  for (const { blocks, program, commands, ran } of tried.pages) {
    if (blocks > 0) expect(Object.keys(program)).toEqual(expect.arrayContaining(names));
    for (const count of Object.values(ran)) expect(count).toBe(commands);
  }
});
