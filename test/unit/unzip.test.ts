import { mkdtemp, open, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { expect, it, vi } from "vitest";
import { unzip } from "../../ts/cli/download/unzip.js";

/** What was done to files, in its order. */
const done: string[] = [];

vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:fs/promises")>();
  const rename: typeof original.rename = async (from, to) => {
    done.push("rename");
    return original.rename(from, to);
  };
  return { ...original, rename };
});

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));

it("what is unpacked is on the disk before it gets its name", async () => {
  const dir = await folder();
  const archive = join(dir, "set.zip");
  await writeFile(archive, zipSync({ "set/a.bin": new Uint8Array(5), "set/b/c.bin": new Uint8Array(7) }));
  const handle = await open(archive);
  using sync = vi.spyOn(Object.getPrototypeOf(handle), "sync").mockImplementation(async () => {
    done.push("sync");
  });
  await handle.close();
  await unzip(archive, dir, "set");
  expect((await readFile(join(dir, "set", "b", "c.bin"))).length).toBe(7);
  // Two files and the two folders that they are in.
  expect(done.slice(0, done.indexOf("rename"))).toEqual(Array(4).fill("sync"));
  expect(sync).toHaveBeenCalledTimes(5);
});
