import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  cpSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { shortRun } from "../support/short-run.js";
import { importing, MAIN, spawnSpikelet, spikelet } from "../support/spawn-cli.js";
import { YIN_YANG } from "../sweep/yin-yang.js";

let run: Awaited<ReturnType<typeof shortRun>>;

const errorOf = ({ json }: { json: () => Record<string, unknown>[] }) => json().find(({ type }) => type === "error");
const mkfifo = (file: string) => expect(spawnSync("mkfifo", [file]).status).toBe(0);

beforeAll(async () => {
  run = await shortRun({ epochs: 2 });
  expect(await spikelet(["train", "--config", run.config, "--out", run.folder("whole"), "--json"])).toMatchObject({ code: 0 });
});

describe.skipIf(process.platform === "win32")("in the folder of --out", () => {
  const resumed = (out: string) => spikelet(["train", "--resume", "--out", out, "--set", "training.epochs=3", "--json"]);

  it("a file with another name is not added to, nor cut", async () => {
    const [out, victim] = [run.folder("hard"), run.folder("precious")];
    cpSync(run.folder("whole"), out, { recursive: true });
    writeFileSync(victim, "precious\nhalf a line");
    rmSync(join(out, "events.ndjson"));
    linkSync(victim, join(out, "events.ndjson"));
    const message = expect.stringContaining("another name leads to it too");
    expect(errorOf(await resumed(out))).toMatchObject({ code: "WRITE_FAILED", path: join(out, "events.ndjson"), message });
    expect(readFileSync(victim, "utf8")).toBe("precious\nhalf a line");
  });

  it.each(["events.ndjson", "history.csv", "run.json", "best.safetensors", "last.safetensors"])(
    "a pipe in the place of %s is not waited for",
    async (name) => {
      const out = run.folder(`pipe-${name}`);
      cpSync(run.folder("whole"), out, { recursive: true });
      rmSync(join(out, name));
      mkfifo(join(out, name));
      const { code, stderr } = await resumed(out);
      // What is written anew takes the place of the pipe.
      expect(code, stderr).toBe(["events.ndjson", "last.safetensors"].includes(name) ? 1 : 0);
    },
  );

  it("a link in the place of a folder is refused", async () => {
    const [out, other] = [run.folder("study"), run.folder("other")];
    mkdirSync(out);
    mkdirSync(other);
    symlinkSync(other, join(out, "runs"));
    const plan = join(await mkdtemp(join(tmpdir(), "spikelet-")), "plan.json");
    await writeFile(plan, JSON.stringify({ config: YIN_YANG, settings: {} }));
    const result = await spikelet(["sweep", plan, "--out", out, "--processes", "0", "--json"]);
    expect(errorOf(result)).toMatchObject({ code: "WRITE_FAILED", path: join(out, "runs") });
    expect(readdirSync(other)).toEqual([]);
  });
});

it.skipIf(process.platform === "win32")("a command that waits for a pipe is ended by a second signal", async () => {
  const pipe = run.folder("pipe");
  mkfifo(pipe);
  const child = spawn(process.execPath, [MAIN, "train", "--config", pipe], { stdio: "ignore" });
  const opened = () => {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      return undefined;
    }
  };
  let writer: number | undefined;
  // Nobody can open it for writing alone before the command has opened it.
  await expect.poll(() => (writer ??= opened())).toBeDefined();
  await expect
    .poll(() => {
      child.kill("SIGTERM");
      return child.exitCode ?? child.signalCode;
    })
    .not.toBeNull();
  closeSync(writer as number);
});

it("a disk that takes nothing more is named with the file, whatever can't be released", async () => {
  const out = run.folder("read-only");
  const env = { NODE_OPTIONS: importing("read-only.mjs"), READ_ONLY_AFTER: '"epochEnd"' };
  const result = await spawnSpikelet(["train", "--config", run.config, "--out", out, "--json"], undefined, env);
  expect(result.code).toBe(1);
  expect(errorOf(result)).toMatchObject({ code: "WRITE_FAILED", path: expect.stringContaining(out) });
  expect(errorOf(result)?.["message"]).toContain("EROFS");
  expect(result.stderr).not.toContain("suppressed");
  // The lock of an ended process is nobody's.
  expect(await spikelet(["train", "--resume", "--out", out, "--json"])).toMatchObject({ code: 0 });
});
