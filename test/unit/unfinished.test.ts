import { mkdtemp, open, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { create, removeUnfinished, temporaryBeside } from "../../ts/io/files.node.js";

const TEXT = "x".repeat(1 << 22);

it("a new file that can't be written to its end is not there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-"));
  const handle = await open(join(folder, "other"), "w");
  using sync = vi.spyOn(Object.getPrototypeOf(handle), "sync");
  await handle.close();
  sync.mockRejectedValueOnce(Object.assign(new Error("no space"), { code: "ENOSPC" }));
  await expect(create(join(folder, "file"), TEXT)).rejects.toMatchObject({ code: "ENOSPC" });
  expect(await readdir(folder)).toEqual(["other"]);
});

it("what is cleared away was left of these files, not of others whose names begin like theirs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-"));
  const [left, other, own] = [join(folder, "a.json"), join(folder, "a.json.gz"), join(folder, ".a.json.mine.tmp")];
  for (const file of [temporaryBeside(left), temporaryBeside(other), own]) await writeFile(file, "");
  await removeUnfinished([left, join(folder, "*")]);
  const names = await readdir(folder);
  expect(names).toHaveLength(2);
  expect(names).toContain(".a.json.mine.tmp");
  expect(names).toContainEqual(expect.stringMatching(/^\.a\.json\.gz\./));
});
