import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { made, PAGE } from "../../research/pages/spoken-digits.js";
import { ROOT } from "../docs/guides.js";

it("tables and figures of docs/results/spoken-digits.md are made of the records", async () => {
  const page = readFileSync(join(ROOT, PAGE), "utf8");
  const { text, figures } = await made(page);
  expect(text).toBe(page);
  expect(figures.size).toBeGreaterThan(0);
  for (const [path, svg] of figures) {
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(readFileSync(join(ROOT, path), "utf8"), path).toBe(svg);
  }
});
