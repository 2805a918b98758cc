import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { checkGolden } from "./check.mjs";
import { GOLDEN, goldenCases } from "./folder.mjs";
import { translate, translationsIn } from "./translations.mjs";

/** Cases that wait for a feature, each with the reason. */
const notYet: Record<string, string> = JSON.parse(readFileSync(join(GOLDEN, "not-yet.json"), "utf8"));
const cases = (await goldenCases(GOLDEN)).map(({ place, text }) => ({ place, golden: JSON.parse(text) as { name: string } }));
const translations = translationsIn(translate(GOLDEN));

describe.each(BACKENDS)("golden cases through the public API, on %s", (backend) => {
  beforeAll(() => {
    vi.stubEnv("SPIKELET_BACKEND", backend);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  for (const { place, golden } of cases) {
    it(`${place} ${golden.name}`, async () => {
      const { outcome, lines } = await checkGolden(golden, translations.get(place));
      if (outcome === "failed") expect.fail(lines.join("\n"));
      expect({ outcome, lines }).toMatchObject({ outcome: golden.name in notYet ? "unsupported" : "passed" });
    });
  }

  it("have names of their own, and not-yet.json only such names", () => {
    const names = cases.map(({ golden }) => golden.name);
    expect(Object.keys(notYet).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});
