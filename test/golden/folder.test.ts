import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkFolder, GOLDEN } from "./folder.mjs";

interface Golden {
  format: number;
  config: { target_type: string; early_stop: boolean };
  expected: { loss: { total: number } };
}

/** A case of format 2 that the library passes, with a change. */
function changed(change: (golden: Golden) => void = () => {}): string {
  const [line = ""] = readFileSync(join(GOLDEN, "neuron-constants.ndjson"), "utf8").split("\n");
  const golden = JSON.parse(line) as Golden;
  change(golden);
  return JSON.stringify(golden);
}

describe("npm run test:golden", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikelet-"));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  async function report(files: Record<string, string>): Promise<{ code: number; lines: string[] }> {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    let printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    const code = await checkFolder(folder);
    return { code, lines: printed.trimEnd().split("\n") };
  }

  it("names the features that a file needs and the library lacks", async () => {
    const lacking = changed(({ config }) => {
      config.early_stop = true;
      config.target_type = "train";
    });
    expect(await report({ "1_passes.json": changed(), "2_lacking.json": lacking })).toEqual({
      code: 0,
      lines: [
        "passed        1_passes.json",
        "not supported 2_lacking.json: early stop with the target train",
        "1 passed, 0 failed, 1 not supported",
      ],
    });
  });

  it("fails for results that differ, formats that it does not know and files that are not JSON", async () => {
    const files = {
      "1_differs.json": changed(({ expected }) => {
        expected.loss.total *= 2;
      }),
      "2_format.json": changed((golden) => {
        golden.format = 4;
      }),
      "3_broken.json": "{",
    };
    const { code, lines } = await report(files);
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/^failed {8}1_differs\.json: loss\[0\]: /),
      "failed        2_format.json: unknown format 4",
      expect.stringMatching(/^failed {8}3_broken\.json: can't be read: /),
      "0 passed, 3 failed, 0 not supported",
    ]);
  });

  it("checks each line of an NDJSON file, and names it", async () => {
    const files = { "a.ndjson": `${changed()}\n\n{\n${changed()}\n`, "b.json": changed().replace(/,/, ",\n") };
    expect((await report(files)).lines).toEqual([
      "passed        a.ndjson:1",
      expect.stringMatching(/^failed {8}a\.ndjson:3: can't be read: /),
      "passed        a.ndjson:4",
      "passed        b.json",
      "3 passed, 1 failed, 0 not supported",
    ]);
  });

  it("fails for a folder without files and for none", async () => {
    expect((await report({})).code).toBe(1);
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(await checkFolder(join(folder, "missing"))).toBe(2);
  });
});
