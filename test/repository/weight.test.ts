import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/stamps.mjs";

/** Bytes of the files under version control, in a folder. */
function trackedBytes(folder: string): number {
  const files = execFileSync("git", ["ls-files", "-z", folder], { cwd: ROOT, encoding: "utf8" }).split("\0");
  const sizes = files
    .map((file) => statSync(join(ROOT, file), { throwIfNoEntry: false }))
    .map((stat) => (stat?.isFile() ? stat.size : 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

it("what is under version control stays light", () => {
  expect(trackedBytes("research/records")).toBeLessThan(8_000_000);
  expect(trackedBytes(".")).toBeLessThan(25_000_000);
});
