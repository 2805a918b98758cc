import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readSeen, tableOf } from "../browsers/seen.js";
import { ROOT } from "./guides.js";

it("the table of what was seen to work in which browser is that of the record", () => {
  const guide = readFileSync(join(ROOT, "docs/guides/browser.md"), "utf8");
  const seen = readSeen();
  expect(guide).toContain(`\n\n${tableOf(seen)}\n\n`);
  const text = guide.replaceAll(/\s+/g, " ");
  expect(text).toContain(`Spikelet ${seen.spikelet} with the arithmetic ${seen.arithmetic}, ${seen.date}`);
  for (const digest of Object.values(seen.digests)) expect(text).toContain(`\`${digest}\``);
  expect(seen.browsers.length).toBeGreaterThan(0);
  for (const { saw, version } of seen.browsers) {
    expect(saw.training).toBe(true);
    expect(version).toMatch(/^\d/);
  }
});
