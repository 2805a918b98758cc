import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { createWhole, removeUnfinished, temporaryBeside } from "../../ts/io/files.node.js";

const TEXT = "x".repeat(1 << 22);

it("a new file is whole as soon as it is there, and one that is there stays", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-"));
  const file = join(folder, "file");
  for (let k = 0; k < 5; k++) {
    const isNew = createWhole(file, TEXT);
    while (!existsSync(file)) await setImmediate();
    expect(readFileSync(file).length).toBe(TEXT.length);
    expect(await isNew).toBe(true);
    expect(await createWhole(file, "another")).toBe(false);
    expect(await readdir(folder)).toEqual(["file"]);
    await rm(file);
  }
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
