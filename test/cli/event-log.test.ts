import { spawnSync } from "node:child_process";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { WatchedRun } from "../../ts/cli/watch/watched-run.js";
import { blocksOf } from "../docs/blocks.js";
import { Hold } from "../support/hold.js";
import { shortRun } from "../support/short-run.js";
import { spawnSpikelet, spikelet } from "../support/spawn-cli.js";
import { folder } from "../support/watched-folder.js";

const EPOCHS = 3;

const python = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** A stand-in for the Python package, which prints what it is given. */
const SUMMARY_WRITER = `import json
class SummaryWriter:
    def __init__(self, folder): pass
    def add_scalar(self, name, value, epoch): print(json.dumps([name, value, epoch]))
`;

const linesOf = async (dir: string) => {
  const text = await readFile(join(dir, "events.ndjson"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
};

describe("events.ndjson", () => {
  let run: Awaited<ReturnType<typeof shortRun>>;
  let out = "";

  beforeAll(async () => {
    run = await shortRun({ epochs: EPOCHS });
    out = run.folder("out");
    expect(await spikelet(["train", "--config", run.config, "--out", out])).toMatchObject({ code: 0 });
  });

  it.skipIf(python === undefined)("is what the program for TensorBoard in the documentation reads (needs Python)", async () => {
    const page = await readFile(new URL("../../docs/reference/runs-and-metrics.md", import.meta.url), "utf8");
    const program = blocksOf(page).find(({ text }) => text.includes("SummaryWriter"))?.text ?? "";
    const path = await folder();
    await mkdir(join(path, "torch", "utils"), { recursive: true });
    await writeFile(join(path, "torch", "utils", "tensorboard.py"), SUMMARY_WRITER);
    await mkdir(join(path, "out", "digits"), { recursive: true });
    const lines = await linesOf(out);
    const withoutValidation = lines.map((line) =>
      line.epoch === 2 && line.type === "epochEnd" ? { ...line, validation: null } : line,
    );
    await writeFile(
      join(path, "out/digits/events.ndjson"),
      withoutValidation.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    const options = { cwd: path, input: program, env: { ...process.env, PYTHONPATH: path }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(python ?? "", ["-"], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const scalars = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const ends = withoutValidation.filter(({ type }) => type === "epochEnd");
    const expected = ends.flatMap(({ epoch, train, validation }) => [
      ["loss/train", train.loss, epoch],
      ...(validation ? [["loss/validation", validation.loss, epoch]] : []),
    ]);
    expect(scalars).toEqual(expected);
  });

  it("keeps what happened, each line with its time", async () => {
    const lines = await linesOf(out);
    expect(lines[0]).toMatchObject({ type: "started", epoch: 0, step: 0, data: { dataset: "yinYang" } });
    expect(lines.filter(({ type }) => type === "epochEnd").map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(lines.at(-1)).toMatchObject({ type: "finished", epochs: EPOCHS });
    for (const { time } of lines) expect(new Date(time).toISOString()).toBe(time);
    expect(new Set(lines.map(({ type }) => type))).not.toContain("report");
  });

  it("goes on with the training, and is complete where that goes on elsewhere", async () => {
    const more = ["--resume", "--set", `training.epochs=${EPOCHS + 1}`];
    const elsewhere = run.folder("elsewhere");
    expect(await spikelet(["train", ...more, "--checkpoint", join(out, "last.safetensors"), "--out", elsewhere])).toMatchObject({
      code: 0,
    });
    // As a training leaves the file that is killed while it adds a line.
    await appendFile(join(out, "events.ndjson"), '{"type":"epochEnd","ep');
    expect(await spikelet(["train", ...more, "--out", out])).toMatchObject({ code: 0 });
    expect((await linesOf(out)).filter(({ type }) => type === "started")).toHaveLength(2);
    for (const dir of [out, elsewhere]) {
      const { epochs, end } = await new WatchedRun(dir).read();
      expect({ epochs: epochs.map(({ epoch }) => epoch), end }).toEqual({ epochs: [1, 2, 3, 4], end: "finished" });
    }
  });

  it("is replaced with the run, and tells of a failure", async () => {
    const failing = run.folder("failing");
    const shards = run.folder("shards");
    const pack = ["data", "pack", "randman", "--set", "options.samplesPerClass=20", "--out", shards];
    expect(await spikelet(pack)).toMatchObject({ code: 0 });
    const file = join(shards, "shard-00000.spk");
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, 8, 12));
    const settings = ["network.input=20", "network.layers[0].units=20", "training.epochs=1"];
    const train = [
      "train",
      "--preset",
      "digits",
      ...settings.flatMap((setting) => ["--set", setting]),
      "--data",
      shards,
      "--out",
      failing,
    ];
    expect(await spikelet(train)).toMatchObject({ code: 1 });
    expect((await linesOf(failing)).at(-1)).toMatchObject({
      type: "failed",
      code: "CHECKSUM_MISMATCH",
      message: expect.any(String),
    });
    expect(await spikelet(["train", "--config", run.config, "--out", failing, "--overwrite"])).toMatchObject({ code: 0 });
    expect((await linesOf(failing)).map(({ type }) => type)).not.toContain("failed");
  });

  it("tells of an interrupt", async () => {
    const dir = run.folder("interrupted");
    const hold = new Hold('"epochEnd"', 2);
    let interrupt = () => {};
    const args = ["train", "--config", run.config, "--out", dir, "--json"];
    const ended = spawnSpikelet(args, (child) => (interrupt = () => child.kill("SIGINT")), hold.env);
    await hold.reached();
    interrupt();
    hold.release();
    expect(await ended).toMatchObject({ code: 130 });
    expect(await new WatchedRun(dir).read()).toMatchObject({ end: "interrupted" });
  });
});
