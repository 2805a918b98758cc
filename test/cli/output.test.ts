import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, MAIN, spawnSpikelet } from "../support/spawn-cli.js";
import { everyFile } from "../sweep/outcomes.js";
import { YIN_YANG } from "../sweep/yin-yang.js";

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
/** What SIGPIPE ends other programs with, as a shell tells it. */
const SIGPIPE = 141;

/** Trainings that go on until somebody ends them. */
const endless = { ...YIN_YANG, training: { ...YIN_YANG.training, epochs: 1_000_000 } };

/** Runs a command and closes one of its streams after the first line, as `head -1` does; answers with what came on the other. */
async function closedAfterALine(args: string[], closed: "stdout" | "stderr"): Promise<{ code: number | null; other: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: emptyFolder(),
    env: { ...process.env, NO_COLOR: "1" },
    stdio: "pipe",
  });
  let other = "";
  child[closed === "stdout" ? "stderr" : "stdout"].on("data", (chunk) => {
    other += chunk;
  });
  let first = "";
  child[closed].on("data", (chunk) => {
    first += chunk;
    if (first.includes("\n")) child[closed].destroy();
  });
  const [code] = await once(child, "close");
  return { code, other };
}

async function file(name: string, content: object): Promise<string> {
  const path = join(await folder(), name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

const RECORD = /^[0-9a-f]{32}\.json$/;
const quiet = expect.not.stringMatching(/EPIPE|error|\n {4}at /);

describe("an output that nobody reads any more", () => {
  it("ends a training quietly, with a checkpoint that it goes on from", async () => {
    const [config, out] = [await file("config.json", endless), await folder()];
    const args = ["--config", config, "--out", out, "--json"];
    expect(await closedAfterALine(["train", ...args], "stdout")).toEqual({ code: SIGPIPE, other: quiet });
    const checkpoint = join(out, "last.safetensors");
    expect(existsSync(checkpoint)).toBe(true);
    const again = await closedAfterALine(["train", "--resume", "--out", out, "--json"], "stdout");
    expect(again).toEqual({ code: SIGPIPE, other: quiet });
  });

  it.each(["0", "2"])(
    "ends a sweep quietly, with %s processes: what is done is there, and nothing half done",
    async (processes) => {
      // So many that it can't be over when the first line has been read.
      const settings = { "optimizer.learningRate": { from: 0.001, to: 0.1, count: 5000 } };
      const config = { ...YIN_YANG, training: { ...YIN_YANG.training, epochs: 1 } };
      const [plan, out] = [await file("plan.json", { config, settings }), await folder()];
      const args = ["sweep", plan, "--out", out, "--processes", processes];
      for (const [more, closed] of [
        [["--json"], "stdout"],
        [[], "stderr"],
      ] as const) {
        expect(await closedAfterALine([...args, ...more], closed)).toEqual({ code: SIGPIPE, other: quiet });
        expect(everyFile(join(out, "runs"))).toContainEqual(expect.stringMatching(RECORD));
        expect(everyFile(join(out, "runs")).filter((name) => !RECORD.test(name))).toEqual([]);
      }
    },
  );
});

describe("an output that can't be written", () => {
  it.each([[["--version"]], [["info"]], [["data", "list"]], [["sweep", "--help"]]])(
    "ends quietly where nobody reads: %j",
    async (args) => {
      const child = spawn(process.execPath, [MAIN, ...args], { cwd: emptyFolder(), stdio: "pipe" });
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      child.stdout.destroy();
      expect((await once(child, "close"))[0]).toBe(SIGPIPE);
      expect(stderr).toBe("");
    },
  );

  it("is an error where there is no space", async ({ skip }) => {
    if (!existsSync("/dev/full")) skip("skipped: there is no /dev/full");
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [MAIN, "data", "list"], {
      cwd: emptyFolder(),
      stdio: ["ignore", full, "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    expect((await once(child, "close"))[0]).toBe(1);
    closeSync(full);
    expect(stderr).toMatch(/^error stdout: .*ENOSPC.*\(WRITE_FAILED\)\n$/);
  });
});

describe("a command that waits for what never comes", () => {
  /** Reading these files never answers, and keeps nothing alive. */
  const STALLED = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { readFile } = fs.promises;
    const isStalled = (file) => /(json|safetensors)$/.test(String(file));
    fs.promises.readFile = (file, ...rest) => (isStalled(file) ? new Promise(() => undefined) : readFile(file, ...rest));
    syncBuiltinESMExports();`;

  it.each([[["sweep", "plan.json"]], [["train", "--config", "config.json"]], [["evaluate", "--checkpoint", "a.safetensors"]]])(
    "does not end with 0 and no output: %j",
    async (args) => {
      const preload = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(STALLED)}` };
      const out = args[0] === "evaluate" ? [] : ["--out", await folder()];
      const result = await spawnSpikelet([...args, ...out, "--json"], undefined, preload);
      expect(result.code).toBe(1);
      expect(result.stderr).toMatch(/^error it ended before it had finished.*\(UNFINISHED\)\n$/);
      expect(result.json()).toMatchObject([{ type: "error", code: "UNFINISHED" }]);
    },
  );
});
