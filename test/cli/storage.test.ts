import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { outcomeOf, shortRun } from "../support/short-run.js";
import { atOutput, spawnSpikelet, spikelet } from "../support/spawn-cli.js";

let run: Awaited<ReturnType<typeof shortRun>>;
let whole: ReturnType<typeof outcomeOf>;

beforeAll(async () => {
  run = await shortRun({ epochs: 30 });
  expect(await spikelet(["train", "--config", run.config, "--out", run.folder("whole")])).toMatchObject({ code: 0 });
  whole = outcomeOf(run.folder("whole"));
});

/** Trains into `out`; a shell command does something to the process, `$PID`, when the first epoch has ended. */
function trainUntilEpoch(out: string, command: string) {
  const args = ["train", "--config", run.config, "--out", out, "--json", "--checkpoint-every", "20"];
  return spawnSpikelet(args, undefined, atOutput('"epochEnd"', command));
}

/** A folder in which a training was interrupted. */
async function interrupted(name: string): Promise<string> {
  const out = run.folder(name);
  expect(await trainUntilEpoch(out, "kill -INT $PID")).toMatchObject({ code: 130 });
  return out;
}

const errorOf = ({ json }: { json: () => Record<string, unknown>[] }) => json().find(({ type }) => type === "error");

describe("where nothing can be written", () => {
  const withLimits = process.platform === "linux" ? it : it.skip;

  withLimits("for want of space, the last good checkpoint is still there and good", async () => {
    const out = run.folder("full");
    // Files may not grow beyond this any more: what writes a checkpoint is refused in the middle of it.
    const failed = await trainUntilEpoch(out, "prlimit --pid $PID --fsize=9000");
    expect(failed.code).toBe(1);
    expect(errorOf(failed)).toMatchObject({ code: "WRITE_FAILED", path: expect.stringMatching(/\.safetensors$/) });
    expect(failed.stderr).toMatch(/last\.safetensors holds the last good state; --resume continues from it/);
    expect(await spikelet(["train", "--resume", "--out", out])).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });

  withLimits("for want of permission, training does not begin", async () => {
    const refused = await spikelet(["train", "--config", run.config, "--out", "/proc/spikelet/out", "--json"]);
    expect(refused.code).toBe(1);
    expect(errorOf(refused)).toMatchObject({ code: "WRITE_FAILED", path: "--out" });
    expect(refused.json().some(({ type }) => type === "started")).toBe(false);
  });
});

describe("a damaged checkpoint", () => {
  it.each<[string, (whole: Buffer) => Buffer]>([
    ["truncated", (bytes) => bytes.subarray(0, bytes.length - 100)],
    ["empty", () => Buffer.alloc(0)],
    ["with one bit flipped", (bytes) => Buffer.from(bytes.map((byte, at) => (at === 7000 ? byte ^ 4 : byte)))],
    ["of another program", () => Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{}")])],
    ["that is something else", () => Buffer.from("PK\u0003\u0004 an archive")],
  ])("%s is refused and left alone; the best one still works", async (name, damage) => {
    const out = run.folder(name);
    cpSync(run.folder("whole"), out, { recursive: true });
    const file = join(out, "last.safetensors");
    writeFileSync(file, damage(readFileSync(file)));
    const before = readFileSync(file);
    const refused = await spikelet(["train", "--resume", "--out", out, "--json"]);
    expect(refused.code).toBe(1);
    expect(errorOf(refused)).toMatchObject({ code: "CHECKPOINT_INVALID", path: file });
    expect(refused.stderr).toMatch(/--resume --checkpoint .*best\.safetensors/);
    expect(readFileSync(file)).toEqual(before);
    const best = join(out, "best.safetensors");
    expect(await spikelet(["train", "--resume", "--checkpoint", best, "--out", out])).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });
});

describe("--resume", () => {
  it("goes on with other threads, and nothing else changes", async () => {
    const out = await interrupted("threads");
    expect(await spikelet(["train", "--resume", "--threads", "1", "--out", out])).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
    const { backend, config } = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    expect([backend.threads, config.training.threads]).toEqual([1, 2]);
    expect(await spikelet(["train", "--resume", "--threads", "5000", "--out", out])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error --threads: must be at most 1024/),
    });
  });

  it("goes back to the threads of the configuration when --threads is not given again", async () => {
    const out = run.folder("threads-once");
    const args = ["train", "--config", run.config, "--threads", "1", "--out", out, "--json"];
    const first = await spawnSpikelet(args, undefined, atOutput('"epochEnd"', "kill -INT $PID"));
    expect(first.json()[0]).toMatchObject({ backend: { threads: 1 }, config: { training: { threads: 2 } } });
    const second = await spikelet(["train", "--resume", "--out", out, "--json"]);
    expect(second.json()[0]).toMatchObject({ type: "started", backend: { threads: 2 } });
    expect(outcomeOf(out)).toEqual(whole);
  });

  it("finds the history in the checkpoint, also where the file is gone", async () => {
    const out = await interrupted("history");
    writeFileSync(join(out, "history.csv"), "");
    expect(await spikelet(["train", "--resume", "--out", out])).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });

  it("takes no settings but more epochs", async () => {
    const resume = (...args: string[]) => spikelet(["train", "--resume", "--out", run.folder("whole"), ...args]);
    expect(await resume("--set", "training.batchSize=3")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/but for training\.epochs: leave --set training\.batchSize=3 out/),
    });
    expect(await resume("--stop-after-no-improvement", "3")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/configuration from the checkpoint: leave --stop-after-no-improvement out/),
    });
    expect(await resume("--set", "training.epochs=1")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/last\.safetensors has learnt for \d+ epochs/),
    });
    expect(await resume("--set", "training.epochs=many")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--set training\.epochs must be a whole number/),
    });
  });

  it.each(["in its folder", "in another folder"])("of a finished run goes on to more epochs, %s", async (where) => {
    const [epochs, inPlace] = [4, where === "in its folder"];
    const folder = (name: string) => run.folder(`${name} ${where}`);
    const [short, longer] = [folder("short"), folder("longer")];
    const totalOf = (total: number) => ["--set", `training.epochs=${total}`];
    // A schedule that takes no notice of the number of epochs: all may as well have been asked for at once.
    const train = ["train", "--config", run.config, "--set", 'schedule={"type":"constant"}'];
    expect(await spikelet([...train, ...totalOf(epochs), "--out", short])).toMatchObject({ code: 0 });
    expect(await spikelet([...train, ...totalOf(epochs + 2), "--out", longer])).toMatchObject({ code: 0 });
    const out = inPlace ? short : folder("more");
    const from = inPlace ? [] : ["--checkpoint", join(short, "last.safetensors")];
    expect(await spikelet(["train", "--resume", ...from, ...totalOf(epochs + 2), "--out", out])).toMatchObject({ code: 0 });
    const [found, expected] = [out, longer].map((dir) => JSON.parse(readFileSync(join(dir, "report.json"), "utf8")));
    expect([found.test, found.best, found.train.epochs]).toEqual([expected.test, expected.best, epochs + 2]);
    expect(found.config).toEqual(expected.config);
  });

  it("of a finished run fits a schedule that ends with the run to the new number of epochs", async () => {
    const [out, longer, total] = [run.folder("fitted"), run.folder("fitted at once"), ["--set", "training.epochs=32"]];
    cpSync(run.folder("whole"), out, { recursive: true });
    expect(await spikelet(["train", "--resume", ...total, "--out", out])).toMatchObject({ code: 0 });
    expect(await spikelet(["train", "--config", run.config, ...total, "--out", longer])).toMatchObject({ code: 0 });
    const [before, fitted, atOnce] = [whole, outcomeOf(out), outcomeOf(longer)].map(({ epochs }) =>
      epochs.slice(1).map((row) => Number(row.split(",")[1])),
    ) as [number[], number[], number[]];
    expect(fitted).toEqual([...before, ...atOnce.slice(before.length)]);
    expect(fitted[30]).toBeGreaterThan(fitted[29] ?? Number.NaN);
  });

  it("of nothing says what it looked for", async () => {
    const out = run.folder("nothing-there");
    const refused = await spikelet(["train", "--resume", "--out", out]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/last\.safetensors: is missing: --checkpoint FILE/),
    });
    expect(existsSync(out)).toBe(false);
    const moved = await spikelet(["train", "--resume", "--checkpoint", join(out, "gone.safetensors")]);
    expect(moved).toMatchObject({ code: 1, stderr: expect.stringMatching(/gone\.safetensors: is missing/) });
  });
});

describe("--checkpoint-every", () => {
  it("leaves states within an epoch", async () => {
    const out = run.folder("within");
    const long = ["--set", "training.batchSize=1", "--set", 'data.options={"samples":60000}', "--checkpoint-every", "50"];
    const args = ["train", "--config", run.config, ...long, "--out", out, "--json"];
    await spawnSpikelet(args, undefined, atOutput('"step":(?!1,)\\d{3}', "kill -KILL $PID"));
    expect(existsSync(join(out, "best.safetensors"))).toBe(false);
    let started: Record<string, unknown> | undefined;
    await spawnSpikelet(["train", "--resume", "--out", out, "--json"], (child, stdout) => {
      if (started !== undefined || !stdout.includes("\n")) return;
      started = JSON.parse(stdout.split("\n")[0] ?? "");
      child.kill("SIGKILL");
    });
    expect(started).toMatchObject({ type: "started", epoch: 0 });
    expect(started?.["step"]).toBeGreaterThanOrEqual(50);
  });

  it("takes updates and times", async () => {
    const refused = await spikelet(["train", "--checkpoint-every", "often"]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/500, 30s or 10min, got "often"/) });
  });
});
