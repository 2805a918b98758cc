import { spawnSync } from "node:child_process";
import { lstat, mkdtemp, open, readFile, rm, symlink } from "node:fs/promises";
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

it.skipIf(process.platform === "win32")("save replaces a link, also one to a device or a pipe", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-"));
  const pipe = join(folder, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  for (const device of ["/dev/null", pipe]) {
    const link = join(folder, "report.json");
    await rm(link, { force: true });
    await symlink(device, link);
    await save(link, "spikes");
    expect(await readFile(link, "utf8")).toBe("spikes");
    expect((await lstat(link)).isFile()).toBe(true);
    expect((await lstat(device)).isFile()).toBe(false);
  }
});

it.skipIf(process.platform === "win32")("save writes into the output of the process where that is a file", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), "out");
  const before = await lstat("/dev/stdout");
  const output = await open(file, "w");
  const files = new URL("../../dist/io/files.node.js", import.meta.url).href;
  const program = `process.stdout.write("before "); await (await import(${JSON.stringify(files)})).save("/dev/stdout", "spikes");`;
  const args = ["--input-type=module", "-e", program];
  expect(spawnSync(process.execPath, args, { stdio: ["ignore", output.fd, "inherit"] }).status).toBe(0);
  await output.close();
  expect(await readFile(file, "utf8")).toBe("before spikes");
  expect((await lstat("/dev/stdout")).ino).toBe(before.ino);
});
