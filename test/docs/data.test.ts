import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { PUBLISHED, SETS } from "../../ts/cli/sets.js";

const rows = (await readFile(new URL("../../docs/reference/data-sets.md", import.meta.url), "utf8"))
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter(([, , samples, , input]) => samples !== undefined && /grey values|events|values|signals/.test(input ?? ""));

it("docs/reference/data-sets.md has a row for every data set, in the order of the list", () => {
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(SETS).map((name) => `\`${name}\``));
});

it.each([...PUBLISHED])(
  "docs/reference/data-sets.md states samples and licence of %s as its object does",
  (name, { samples, licence }) => {
    const row = rows.find(([, cell]) => cell === `\`${name}\``);
    const grouped = (count: number) => count.toLocaleString("en-US");
    expect(row?.[2]).toBe(`${grouped(samples.train + samples.test)} (${grouped(samples.test)})`);
    expect(row?.[5]).toContain(licence);
  },
);
