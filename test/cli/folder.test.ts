import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Lease } from "../../ts/io/lease.node.js";
import { LineFile } from "../../ts/io/line-file.node.js";
import { Hold } from "../support/hold.js";
import { beat } from "../support/lease.js";
import { outcomeOf, shortRun } from "../support/short-run.js";
import { atOutput, emptyFolder, MAIN, spawnSpikelet, spikelet } from "../support/spawn-cli.js";

const FILES = ["best.safetensors", "events.ndjson", "history.csv", "last.safetensors", "report.html", "report.json", "run.json"];

let run: Awaited<ReturnType<typeof shortRun>>;
let whole: ReturnType<typeof outcomeOf>;
/** Run A, interrupted after an epoch of many. */
let half: string;

/** So many that the best epoch is not the last. */
const EPOCHS = 15;

const train = (...args: string[]) => spikelet(["train", ...args, "--json"]);
const errorOf = ({ json }: { json: () => Record<string, unknown>[] }) => json().find(({ type }) => type === "error");
const json = (dir: string, name: string) => JSON.parse(readFileSync(join(dir, name), "utf8"));

/** What the metadata of a checkpoint say. */
function metadata(file: string): Record<string, string> {
  const bytes = readFileSync(file);
  return JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString()).__metadata__;
}
const originOf = (file: string) => JSON.parse(metadata(file)["origin"] ?? "null");

/** A copy of a folder that a test may change. */
function copyOf(from: string, name: string): string {
  cpSync(from, run.folder(name), { recursive: true });
  return run.folder(name);
}

beforeAll(async () => {
  run = await shortRun({ epochs: EPOCHS });
  expect(await train("--config", run.config, "--out", run.folder("whole"))).toMatchObject({ code: 0 });
  whole = outcomeOf(run.folder("whole"));
  half = run.folder("half");
  const args = ["train", "--config", run.config, "--out", half, "--json", "--checkpoint-every", "20"];
  expect(await spawnSpikelet(args, undefined, atOutput('"epochEnd"', "kill -INT $PID"))).toMatchObject({ code: 130 });
  expect(readdirSync(half).sort()).toEqual(["best.safetensors", "events.ndjson", "history.csv", "last.safetensors", "run.json"]);
});

describe("links in the folder of --out", () => {
  it("are replaced or left alone, and what they lead to stays as it is", async () => {
    const [out, victim] = [run.folder("links"), run.folder("precious")];
    mkdirSync(out);
    writeFileSync(victim, "precious");
    for (const name of [".probe", ".probe.tmp", "events.ndjson", "history.csv", "report.html", "run.json"])
      symlinkSync(victim, join(out, name));
    for (const name of ["last.safetensors", "best.safetensors", "report.json"]) symlinkSync(run.folder("none"), join(out, name));
    expect(await train("--config", run.config, "--out", out)).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
    for (const name of FILES) expect(lstatSync(join(out, name)).isFile(), name).toBe(true);
    expect(readFileSync(victim, "utf8")).toBe("precious");
    expect(readdirSync(join(out, "..")), "nothing was made where a link led nowhere").not.toContain("none");
  });

  it("in the place of the lock are refused", async () => {
    const [out, victim] = [run.folder("linked-lock"), run.folder("precious-too")];
    mkdirSync(out);
    writeFileSync(victim, "precious");
    symlinkSync(victim, join(out, ".lock"));
    const refused = await train("--config", run.config, "--out", out);
    expect(errorOf(refused)).toMatchObject({ code: "WRITE_FAILED", path: "--out" });
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });
});

describe("a folder that a training writes to", () => {
  /** A training that runs until it is killed; it has written all files of its first epoch. */
  async function running(out: string): Promise<ChildProcess> {
    const long = ["--set", "training.epochs=1000000"];
    const args = ["train", "--config", run.config, ...long, "--out", out, "--json"];
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: emptyFolder(), stdio: ["ignore", "pipe", "ignore"] });
    // It is listened to until its end: without a reader it could not print.
    let told = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk) => {
        // An epoch is told before its files are written, and the next one only then.
        told += chunk;
        if (told.split('"type":"epochEnd"').length > 2) resolve();
      });
    });
    return child;
  }

  it("takes no second one, nor an evaluation, until the first has ended", async () => {
    const out = run.folder("busy");
    const child = await running(out);
    try {
      const unfinished = join(out, ".last.safetensors.0123456789abcdef.tmp");
      writeFileSync(unfinished, "being written");
      const best = join(out, "best.safetensors");
      const attempts = [
        train("--config", run.config, "--out", out),
        train("--config", run.config, "--out", out, "--overwrite"),
        train("--resume", "--out", out),
        spikelet(["evaluate", "--checkpoint", best, "--out", out, "--json"]),
      ];
      for (const refused of await Promise.all(attempts)) {
        expect(refused.code).toBe(1);
        const message = expect.stringContaining(`in use by process ${child.pid} on`);
        expect(errorOf(refused)).toMatchObject({ code: "FOLDER_IN_USE", path: "--out", message });
      }
      expect(readFileSync(unfinished, "utf8")).toBe("being written");
      expect(await spikelet(["evaluate", "--checkpoint", best, "--json"]), "reading is free").toMatchObject({ code: 0 });
    } finally {
      const ended = once(child, "close");
      child.kill("SIGKILL");
      await ended;
    }
    expect(readdirSync(out), "the lock of the one that was killed").toContain(".lock");
    const replaced = await train("--config", run.config, "--out", out, "--overwrite");
    expect(replaced).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
    expect(readdirSync(out).sort()).toEqual(FILES);
  });
});

it("a training that was stopped, and taken for dead meanwhile, writes nothing more when it goes on", async () => {
  const out = run.folder("taken-over");
  const hold = new Hold('"epochEnd"', 2);
  const ended = spawnSpikelet(["train", "--config", run.config, "--out", out, "--json"], undefined, hold.env);
  await hold.reached();
  const [token = ""] = readdirSync(join(out, ".lock"));
  beat(join(out, ".lock", token, "owner"), 0, { host: "elsewhere" });
  using other = await Lease.take(join(out, ".lock"), { silence: 5, pause: 1 });
  using events = LineFile.open(other.place, join(out, "events.ndjson"));
  events.append("the other's\n");
  for (const name of readdirSync(out).filter((name) => /^(last|best|history|run)/.test(name))) {
    await other.save(join(out, name), "the other's");
  }
  const theirs = outcomeFiles(out);
  hold.release();
  const over = await ended;
  expect(over.code, over.stderr).toBe(1);
  expect(errorOf(over)).toMatchObject({ code: "FOLDER_IN_USE", path: out });
  expect(outcomeFiles(out)).toEqual(theirs);
  other.check();
});

describe("a run", () => {
  it("is named in every file that it writes", () => {
    const out = run.folder("whole");
    const { run: id, dataHash } = json(out, "run.json");
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(json(out, "report.json").run).toBe(id);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain(id);
    for (const name of ["last.safetensors", "best.safetensors"]) {
      expect(originOf(join(out, name))).toMatchObject({ run: id, data: dataHash, source: { dataset: "yinYang" } });
    }
    const [header = "", ...rows] = readFileSync(join(out, "history.csv"), "utf8").trim().split("\n");
    expect(header.split(",").at(-1)).toBe("run");
    expect(rows).toHaveLength(EPOCHS);
    for (const row of rows) expect(row.split(",")).toEqual([...Array(header.split(",").length - 1).fill(expect.anything()), id]);
  });

  it("has another name with another seed, and the same with other threads", async () => {
    const [seed, threads] = [run.folder("seed"), run.folder("one-thread")];
    const one = ["--set", "training.epochs=1"];
    await train("--config", run.config, ...one, "--seed", "5", "--out", seed);
    await train("--config", run.config, ...one, "--threads", "1", "--out", threads);
    const { run: id } = json(seed, "run.json");
    await train("--config", run.config, ...one, "--out", seed, "--overwrite");
    expect(json(seed, "run.json").run).not.toBe(id);
    expect(json(seed, "run.json").run).toBe(json(threads, "run.json").run);
    const bytes = (dir: string) => readFileSync(join(dir, "last.safetensors"));
    expect(bytes(seed)).toEqual(bytes(threads));
  });
});

describe("a fresh run", () => {
  it("does not replace one that is there unless it is told to", async () => {
    for (const [name, from, what] of [
      ["over-finished", run.folder("whole"), "a finished run"],
      ["over-half", half, "a run that has not ended"],
    ] as const) {
      const out = copyOf(from, name);
      const before = outcomeFiles(out);
      const refused = await train("--config", run.config, "--seed", "9", "--out", out);
      expect(refused.code).toBe(2);
      expect(errorOf(refused)).toMatchObject({ code: "USAGE", message: expect.stringContaining(`holds ${what}`) });
      expect(outcomeFiles(out)).toEqual(before);
      const alone = run.folder(`${name}-alone`);
      for (const dir of [out, alone]) {
        expect(await train("--config", run.config, "--seed", "9", "--out", dir, "--overwrite")).toMatchObject({ code: 0 });
      }
      expect(outcomeOf(out)).toEqual(outcomeOf(alone));
    }
  });

  it("that comes to no data leaves the one that it would replace", async () => {
    const out = copyOf(run.folder("whole"), "no-data");
    const before = outcomeFiles(out);
    const failed = await train("--config", run.config, "--out", out, "--overwrite", "--dataset", "mnist", "--data", "/nowhere");
    expect(failed.code).not.toBe(0);
    expect(outcomeFiles(out)).toEqual(before);
  });

  it.each([
    ["with samples of another size", ["--dataset", "digits"], "samples have"],
    ["with fewer outputs than classes", ["--set", "network.layers[1].units=2"], "label"],
  ])("%s leaves the one that it would replace", async (_, args, message) => {
    const out = copyOf(run.folder("whole"), "no-beginning");
    const before = outcomeFiles(out);
    const failed = await train("--config", run.config, "--out", out, "--overwrite", ...args);
    expect(errorOf(failed)).toMatchObject({ message: expect.stringContaining(message) });
    expect(outcomeFiles(out)).toEqual(before);
  });

  it("takes the place of one that has learnt nothing", async () => {
    const out = run.folder("nothing-learnt");
    const args = ["train", "--config", run.config, "--out", out, "--json"];
    expect(await spawnSpikelet(args, undefined, atOutput('"started"', "kill -KILL $PID"))).toMatchObject({ code: null });
    expect(readdirSync(out)).toContain("last.safetensors");
    expect(await train("--config", run.config, "--out", out)).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });
});

/** Every file of a folder but its lock. */
function outcomeFiles(dir: string): Map<string, Buffer> {
  return new Map(
    readdirSync(dir)
      .filter((name) => name !== ".lock")
      .map((name) => [name, readFileSync(join(dir, name))]),
  );
}

describe("--resume into a new folder", () => {
  it.each(["best.safetensors", "last.safetensors"])("from %s ends in the bits of one that never stopped", async (name) => {
    const out = run.folder(`from-${name}`);
    expect(await train("--resume", "--checkpoint", join(half, name), "--out", out)).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
    expect(readdirSync(out).sort()).toEqual(FILES);
  });

  it("from the last checkpoint of a finished run reports its best epoch", async () => {
    const out = run.folder("from-finished");
    const last = join(run.folder("whole"), "last.safetensors");
    expect(await train("--resume", "--checkpoint", last, "--out", out)).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });

  it("without the best checkpoint reports the best of those that are there, and says so", async () => {
    expect((whole.chosen as { epoch: number }).epoch).toBeLessThan(EPOCHS);
    const alone = run.folder("alone");
    mkdirSync(alone);
    cpSync(join(run.folder("whole"), "last.safetensors"), join(alone, "copy.safetensors"));
    const out = run.folder("from-copy");
    const resumed = await train("--resume", "--checkpoint", join(alone, "copy.safetensors"), "--out", out);
    expect(resumed).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("the checkpoint of the best epoch so far is missing"),
    });
    const last = join(out, "last.safetensors");
    const report = json(out, "report.json");
    expect(report).toMatchObject({ checkpoint: last, best: { epoch: EPOCHS } });
    const evaluated = await spikelet(["evaluate", "--checkpoint", last, "--json"]);
    expect(evaluated.json()[0]?.["test"]).toEqual(report.test);
  });

  it("that holds another run is refused, and with --overwrite reports nothing of that", async () => {
    const other = run.folder("other");
    expect(await train("--config", run.config, "--seed", "9", "--out", other)).toMatchObject({ code: 0 });
    const before = outcomeFiles(other);
    for (const leftOut of [[], ["run.json", "report.json"]]) {
      for (const name of leftOut) rmSync(join(other, name));
      for (const name of leftOut) before.delete(name);
      const refused = await train("--resume", "--checkpoint", join(half, "best.safetensors"), "--out", other);
      expect(refused.code).toBe(2);
      expect(errorOf(refused)).toMatchObject({ code: "USAGE", message: expect.stringContaining("holds another run") });
      expect(outcomeFiles(other)).toEqual(before);
    }
    const args = ["--resume", "--checkpoint", join(half, "last.safetensors"), "--out", other, "--overwrite"];
    expect(await train(...args)).toMatchObject({ code: 0 });
    expect(outcomeOf(other)).toEqual(whole);
  });
});

describe("the data of a checkpoint", () => {
  it.each<[string, (dir: string) => void]>([
    ["missing", (dir) => rmSync(join(dir, "run.json"))],
    ["empty", (dir) => writeFileSync(join(dir, "run.json"), "")],
    ["null", (dir) => writeFileSync(join(dir, "run.json"), "null")],
    ["that of another run", (dir) => writeFileSync(join(dir, "run.json"), '{"run":"x","data":{"dataset":"digits"}}')],
  ])("is found when run.json is %s", async (name, damage) => {
    const out = copyOf(half, `run.json is ${name}`);
    damage(out);
    expect(await train("--resume", "--out", out)).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });

  it.each<[string, string[], (dir: string) => void]>([
    ["in run.json", [], (dir) => writeRecord(dir, { ...json(dir, "run.json").data, options: { samples: 1300 } })],
    ["without run.json", ["--dataset", "digits"], (dir) => rmSync(join(dir, "run.json"))],
    ["encoded otherwise", ["--encode", "latency:0:30"], () => undefined],
  ])("is not replaced by other data, %s", async (name, args, change) => {
    const out = copyOf(half, `other data ${name}`);
    change(out);
    const before = outcomeFiles(out);
    const refused = await train("--resume", ...args, "--out", out);
    expect(refused.code).toBe(1);
    const message = expect.stringMatching(/last\.safetensors learnt from.*--allow-other-data/);
    expect(errorOf(refused)).toMatchObject({ code: "CHECKSUM_MISMATCH", path: "data", message });
    expect(outcomeFiles(out)).toEqual(before);
  });

  it("is replaced with --allow-other-data, which makes another run of it", async () => {
    const out = copyOf(half, "allowed");
    const { run: before, data } = json(out, "run.json");
    writeRecord(out, { ...data, options: { samples: 1300 } });
    const other = await train("--resume", "--allow-other-data", "--out", out);
    expect(other).toMatchObject({ code: 0 });
    const report = json(out, "report.json");
    expect(report).toMatchObject({ data: { options: { samples: 1300 } }, best: { epoch: expect.any(Number) } });
    expect(report.best.epoch, "what other data say about epochs does not count").toBeGreaterThan(1);
    expect(report.run).not.toBe(before);
    expect(json(out, "run.json").run).toBe(report.run);
    expect(originOf(join(out, "best.safetensors")).run).toBe(report.run);
    expect(await train("--resume", "--out", out), "it has learnt from them now").toMatchObject({ code: 0 });
    expect(await train("--allow-other-data", "--config", run.config)).toMatchObject({ code: 2 });
  });

  it("is free where nothing is learnt", async () => {
    const best = join(run.folder("whole"), "best.safetensors");
    for (const command of ["evaluate", "predict", "gradients"]) {
      const args = [command, "--checkpoint", best, "--encode", "latency:0:30", "--json"];
      expect(await spikelet(args)).toMatchObject({ code: 0 });
    }
  });

  it("is known to evaluate without run.json too", async () => {
    const out = copyOf(run.folder("whole"), "no record");
    rmSync(join(out, "run.json"));
    const { code, json: lines, stderr } = await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(lines()[0]?.["test"]).toEqual(json(out, "report.json").test);
  });
});

/** Writes another source of data into run.json. */
function writeRecord(dir: string, data: object): void {
  writeFileSync(join(dir, "run.json"), JSON.stringify({ ...json(dir, "run.json"), data }));
}

describe("the folder of a training", () => {
  it("takes no study, nor that of a study a training", async () => {
    const out = copyOf(run.folder("whole"), "with a study");
    const before = outcomeFiles(out);
    const plan = run.folder("plan.json");
    writeFileSync(plan, JSON.stringify({ config: { network: { input: 5, steps: 10, layers: [{ type: "dense", units: 3 }] } } }));
    const sweep = await spikelet(["sweep", plan, "--out", out]);
    expect(sweep).toMatchObject({ code: 2, stderr: expect.stringContaining("holds a training or an evaluation") });
    expect(outcomeFiles(out)).toEqual(before);
    const study = run.folder("study");
    mkdirSync(study);
    writeFileSync(join(study, "study.json"), "{}");
    const trained = await spikelet(["train", "--config", run.config, "--out", study]);
    expect(trained).toMatchObject({ code: 2, stderr: expect.stringContaining("holds a sweep") });
    expect(readdirSync(study)).toEqual(["study.json"]);
  });
});

describe("export and import --out", () => {
  it("replace no file of a run, nor of one that has just begun", async () => {
    const out = copyOf(run.folder("whole"), "exported-into");
    const before = outcomeFiles(out);
    const best = join(out, "best.safetensors");
    const weights = join(out, "weights.npz");
    expect(await spikelet(["export", "--checkpoint", best, "--out", weights])).toMatchObject({ code: 0 });
    before.set("weights.npz", readFileSync(weights));
    const begun = run.folder("just-begun");
    mkdirSync(begun);
    writeFileSync(join(begun, ".lock"), "");
    const write = (file: string) => [
      ["export", "--checkpoint", best, "--format", "safetensors", "--out", file],
      ["import", weights, "--config", run.config, "--out", file],
    ];
    const files = [join(out, "last.safetensors"), join(out, "run.json"), join(begun, "best.safetensors")];
    for (const args of files.flatMap(write)) {
      const refused = await spikelet([...args, "--json"]);
      const message = expect.stringMatching(/^--out .* is a file of the run in that folder: .*\/network\./);
      expect(errorOf(refused), args.join(" ")).toMatchObject({ code: "USAGE", message });
      expect(refused.code).toBe(2);
    }
    expect(outcomeFiles(out)).toEqual(before);
    expect(readdirSync(begun)).toEqual([".lock"]);
    for (const args of write(join(out, "network.safetensors"))) expect(await spikelet(args)).toMatchObject({ code: 0 });
  });
});

describe("evaluate --out", () => {
  it("does not replace the report of a training", async () => {
    const out = copyOf(run.folder("whole"), "evaluated");
    const before = outcomeFiles(out);
    const refused = await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--out", out, "--json"]);
    expect(refused.code).toBe(2);
    expect(errorOf(refused)).toMatchObject({ message: expect.stringContaining("holds a training") });
    expect(outcomeFiles(out)).toEqual(before);
  });
});
