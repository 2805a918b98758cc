import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { checkGolden } from "./check.mjs";
import { GOLDEN, goldenFiles } from "./folder.mjs";
import { translate, translationsIn } from "./translations.mjs";

/** Cases that wait for a feature, each with the reason. */
const notYet: Record<string, string> = JSON.parse(readFileSync(join(GOLDEN, "not-yet.json"), "utf8"));
const files = await goldenFiles(GOLDEN);
const translations = translationsIn(translate(GOLDEN));

describe.each(BACKENDS)("golden files through the public API, on %s", (backend) => {
  beforeAll(() => {
    vi.stubEnv("SPIKELET_BACKEND", backend);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  for (const file of files) {
    const golden = JSON.parse(readFileSync(join(GOLDEN, file), "utf8")) as { name: string };
    it(file, async () => {
      const { outcome, lines } = await checkGolden(golden, translations.get(file));
      if (outcome === "failed") expect.fail(lines.join("\n"));
      expect({ outcome, lines }).toMatchObject({ outcome: golden.name in notYet ? "unsupported" : "passed" });
    });
  }

  it("list only cases that exist", () => {
    const names = files.map((file) => (JSON.parse(readFileSync(join(GOLDEN, file), "utf8")) as { name: string }).name);
    expect(Object.keys(notYet).filter((name) => !names.includes(name))).toEqual([]);
  });
});
