import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { createWhole } from "../../ts/io/files.node.js";

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
