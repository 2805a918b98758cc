import { afterEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../../ts/cli/app.js";
import { allCommands } from "../support/command-line.js";

const paths = ["", ...(await allCommands()).keys()];

/** The help of a command on a terminal of so many columns; `undefined`: on none. */
async function helpOf(path: string, columns: number | undefined): Promise<string> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const before = process.stdout.columns;
  Object.assign(process.stdout, { columns });
  try {
    expect(await runCli([...path.split(" ").filter((word) => word !== ""), "--help"])).toBe(0);
  } finally {
    Object.assign(process.stdout, { columns: before });
    vi.restoreAllMocks();
  }
  return text;
}

afterEach(() => vi.restoreAllMocks());

describe("the help", () => {
  it.each(paths)("of %j is as wide as the terminal, and 80 columns elsewhere", async (path) => {
    for (const [columns, max] of [[undefined, 80] as const, [72, 72] as const, [130, 130] as const]) {
      const text = await helpOf(path, columns);
      expect(text).toMatch(/^Usage: spikelet/);
      expect(text).toMatch(/^ {2}spikelet /m);
      const wide = text.split("\n").filter((line) => line.length > max);
      expect(wide).toEqual([]);
    }
  });

  it("breaks long examples so that a shell reads them as one line", async () => {
    const text = await helpOf("evaluate", 80);
    expect(text).toContain(
      "  spikelet evaluate --checkpoint out/digits/best.safetensors \\\n      --split validation --out out/evaluation\n",
    );
  });
});
