import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNetwork, save } from "spikelet";
import { expect, it } from "vitest";
import { MAIN } from "../support/spawn-cli.js";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("the commands of docs/exchange.md run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-guide-"));
  try {
    const { $schema: _, ...config } = JSON.parse(read("presets/digits.json"));
    await mkdir(join(folder, "out/digits"), { recursive: true });
    using network = await createNetwork(config);
    await save(join(folder, "out/digits/best.safetensors"), network.checkpoint());
    const commands = /```sh\n(.*?)```/s.exec(read("docs/exchange.md"))?.[1]?.trim().split("\n") ?? [];
    expect(commands.length).toBe(5);
    for (const command of commands) {
      const [, ...words] = command.split(" ");
      const { status, stderr, stdout } = spawnSync(process.execPath, [MAIN, ...words], { cwd: folder, encoding: "utf8" });
      expect(status, `${command}\n${stderr}`).toBe(0);
      expect(stdout).not.toBe("");
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
