import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const execute = promisify(execFile);

/** The preset's training, made short. */
const SHORT = ["training.epochs=1", 'network.layers=[{"type":"dense","units":10}]'].flatMap((setting) => ["--set", setting]);

describe("npm start", () => {
  let out: string;
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), "spikelet-start-"));
  });
  afterAll(() => rm(out, { recursive: true, force: true }));

  const start = (...words: string[]) => execute(process.execPath, ["scripts/start.mjs", ...words, "--out", out], { cwd: ROOT });
  const report = async () => JSON.parse(await readFile(join(out, "report.json"), "utf8"));

  it("trains anew in a folder where it has trained before", async () => {
    await start(...SHORT);
    const first = await report();
    await start(...SHORT, "--seed", "2");
    const second = await report();
    expect([first.config.training.seed, second.config.training.seed]).toEqual([1, 2]);
    expect(second.run).not.toBe(first.run);
  });
});
