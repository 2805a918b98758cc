import { spawnSync } from "node:child_process";
import { lstat, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { save } from "spikelet";
import { expect, it } from "vitest";

it.skipIf(process.platform === "win32")("save writes into a pipe instead of replacing it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-"));
  const pipe = join(folder, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  const [read] = await Promise.all([readFile(pipe, "utf8"), save(pipe, "spikes")]);
  expect(read).toBe("spikes");
  expect((await lstat(pipe)).isFIFO()).toBe(true);
  await rm(folder, { recursive: true });
});
