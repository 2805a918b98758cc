import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { spikelet } from "../support/spawn-cli.js";
import { everyFile, outcomes } from "./outcomes.js";
import { YIN_YANG } from "./yin-yang.js";

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
const config = { ...YIN_YANG, training: { ...YIN_YANG.training, epochs: 1 } };

describe("a folder with damage in it", () => {
  let plan: string;
  let out: string;
  let before: object[];
  const sweep = () => spikelet(["sweep", plan, "--out", out, "--processes", "0", "--json"]);
  const file = (k: number) => join(out, "runs", readdirSync(join(out, "runs")).sort()[k] ?? "");

  beforeAll(async () => {
    out = await folder();
    plan = join(await folder(), "plan.json");
    await writeFile(plan, JSON.stringify({ config, settings: { "optimizer.learningRate": [0.01, 0.02, 0.03] } }));
    expect((await sweep()).code).toBe(0);
    before = outcomes(out);
  });

  const changed = (change: (record: { [key: string]: unknown }) => void) => (text: string) => {
    const record = JSON.parse(text);
    change(record);
    return JSON.stringify(record);
  };

  it.each<[string, (text: string, other: string) => string | Uint8Array, RegExp]>([
    ["is empty", () => "", /is not one JSON object/],
    ["ends early", (text) => text.slice(0, -40), /is not one JSON object/],
    ["is zeros", (text) => new Uint8Array(text.length), /is not one JSON object/],
    ["is nested 100,000 deep", () => "[".repeat(1e5) + "]".repeat(1e5), /is not one JSON object/],
    ["is that of another run", (_, other) => other, /is the record of the run/],
    ["has another configuration", (text) => text.replace('"steps":40', '"steps":41'), /does not hold what its id/],
    ["has another number", (text) => text.replace(/"loss":\d/, '"loss":9'), /is not as it was written/],
    ["has no results", changed((record) => Object.assign(record, { result: {} })), /is no record of a run/],
    [
      "has a result without numbers",
      changed((record) => Object.assign(record["result"] as object, { test: { loss: null } })),
      /is no record/,
    ],
  ])("a record that %s stops neither status nor merge, and the sweep makes it again", async (_, damage, reason) => {
    writeFileSync(file(1), damage(readFileSync(file(1), "utf8"), readFileSync(file(0), "utf8")));
    const damaged = [{ file: file(1), message: expect.stringMatching(reason) }];
    for (const command of ["status", "merge"]) {
      const result = await spikelet(["sweep", command, out, "--json"]);
      expect(result.code, result.stderr).toBe(0);
      expect(result.json().at(-1)).toMatchObject({ done: 2, failed: 0, missing: 1, damaged });
    }
    expect((await spikelet(["sweep", "status", out])).stdout).toMatch(/^damaged {2}.*\.json: /m);

    const again = await sweep();
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("the run is done again") });
    expect(again.json().map(({ type }) => type)).toEqual(["run", "sweep"]);
    expect(again.json().at(-1)).toMatchObject({ done: 3, damaged: [] });
    expect(outcomes(out)).toEqual(before);
  });

  it("records without a checksum, of an earlier version, are counted", async () => {
    const text = readFileSync(file(0), "utf8");
    writeFileSync(file(0), JSON.stringify({ ...JSON.parse(text), checksum: undefined }));
    const status = await spikelet(["sweep", "status", out, "--json"]);
    expect(status.json().at(-1)).toMatchObject({ done: 3, damaged: [], unchecked: 1 });
    expect((await spikelet(["sweep", "status", out])).stdout).toMatch(/^unchecked {2}1 of these records/m);
    writeFileSync(file(0), text);
  });

  it("a damaged study.json is written anew by the same command", async () => {
    for (const text of ["", "[]", '{"format":1}', '{"format":1,"name":"plan","plan":{},"data":{"x":1}}']) {
      writeFileSync(join(out, "study.json"), text);
      expect(await spikelet(["sweep", "status", out])).toMatchObject({ code: 1, stderr: expect.stringContaining("DATA_FORMAT") });
      expect((await sweep()).json()).toMatchObject([{ type: "sweep", done: 3 }]);
    }
  });

  it("files that killed processes left half written go; those of one that is there stay", async () => {
    const files = everyFile(out);
    const [id = "", busy = ""] = readdirSync(join(out, "runs")).map((name) => name.split(".")[0]);
    const left = [
      `runs/.${id}.json.1a2b3c4d.tmp`,
      ".study.json.00000000.tmp",
      ".results.csv.12345678.tmp",
      ".report.html.0a0a0a0a.tmp",
    ];
    const kept = `runs/.${busy}.json.1a2b3c4d.tmp`;
    for (const name of [...left, kept]) writeFileSync(join(out, name), "{");
    const claimed = new StudyFolder(out);
    await claimed.claim(busy);
    await sweep();
    const isOfClaim = (name: string) => name.startsWith(`runs/${busy}.claim`);
    expect(everyFile(out).filter((name) => !isOfClaim(name))).toEqual([...files, kept].sort());
    claimed.release(busy);
    await sweep();
    expect(everyFile(out)).toEqual(files);
  });
});

it("what a process writes that has just claimed a run stays", async () => {
  const folderOfStudy = new StudyFolder(await folder());
  const runs = join(folderOfStudy.dir, "runs");
  const [left, written] = [".a.json.1a2b3c4d.tmp", ".a.json.5e6f7a8b.tmp"];
  mkdirSync(runs);
  writeFileSync(join(runs, left), "{");
  const claim = folderOfStudy.claim.bind(folderOfStudy);
  vi.spyOn(folderOfStudy, "claim").mockImplementation(async (name) => {
    const isFree = await claim(name);
    writeFileSync(join(runs, written), "{");
    return isFree;
  });
  await folderOfStudy.tidy();
  expect(readdirSync(runs)).toEqual([written]);
});

it("a file in the place of the folder of the records ends the sweep at once", async () => {
  const [out, plan] = [await folder(), join(await folder(), "plan.json")];
  await writeFile(plan, JSON.stringify({ config, settings: {} }));
  await writeFile(join(out, "runs"), "");
  const { code, json } = await spikelet(["sweep", plan, "--out", out, "--processes", "0", "--json"]);
  expect(code).toBe(1);
  expect(json()).toMatchObject([{ type: "error", code: "WRITE_FAILED", path: join(out, "runs") }]);
});

describe("files that people write", () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  const text = JSON.stringify({ config });

  async function refused(args: string[]): Promise<string> {
    const result = await spikelet(args);
    expect(result.code, result.stderr).toBe(2);
    expect(result.stderr).not.toMatch(/Maximum call stack|\n {4}at /);
    return result.stderr;
  }

  it("are refused when they are nested 100,000 deep", async () => {
    const dir = await folder();
    mkdirSync(join(dir, "x"));
    const file = (name: string, text: string) => {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    };
    const expected = /nested more than 100 levels deep/;
    expect(await refused(["sweep", file("plan.json", deep(1e5))])).toMatch(expected);
    expect(await refused(["sweep", file("in.json", `{"config":${deep(1e5)}}`)])).toMatch(expected);
    file("config.json", deep(1e5));
    expect(await refused(["sweep", file("beside.json", '{"config":"config.json"}')])).toMatch(expected);
    expect(await refused(["train", "--config", join(dir, "config.json")])).toMatch(expected);
    const path = file("path.json", JSON.stringify({ config, settings: { [`a${".a".repeat(1e5)}`]: [1] } }));
    expect(await refused(["sweep", path])).toMatch(/is no path/);
    expect(await refused(["train", "--set", `a=${"[".repeat(2e4)}${"]".repeat(2e4)}`])).toMatch(expected);
  });

  it("are not read in vain: a folder that can't be made ends the sweep at once", async () => {
    const dir = await folder();
    writeFileSync(join(dir, "plan.json"), text);
    for (const out of [join(dir, "plan.json", "out"), ...(existsSync("/proc/self") ? ["/proc/spikelet/out"] : [])]) {
      const result = await spikelet(["sweep", join(dir, "plan.json"), "--out", out]);
      expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(/can't be written into.*WRITE_FAILED/) });
    }
  });

  it("may begin with a byte order mark", async () => {
    const dir = await folder();
    writeFileSync(join(dir, "config.json"), `\u{feff}${JSON.stringify(config)}`);
    writeFileSync(join(dir, "plan.json"), '\u{feff}{"config":"config.json"}');
    const result = await spikelet(["sweep", join(dir, "plan.json"), "--out", join(dir, "out"), "--processes", "0", "--json"]);
    expect(result.code, result.stderr).toBe(0);
    const train = await spikelet(["train", "--config", join(dir, "config.json"), "--out", join(dir, "train"), "--json"]);
    expect(train.code, train.stderr).toBe(0);
  });

  it.each<[object, RegExp]>([
    [
      { objective: { metric: "test.accuracy.top5", goal: "max" } },
      /objective\.metric: is no number .*test\.accuracy\.firstSpike/,
    ],
    [{ objective: { metric: "test.spikes.perUnit", goal: "min" } }, /objective\.metric/],
    [{ objective: { metric: "test.spikes.perUnit[7]", goal: "min" } }, /objective\.metric/],
    [
      {
        config: {
          ...config,
          loss: { type: "spikeTrain" },
          data: { dataset: "spikeTrainMatching", options: { inputs: 5, outputs: 3, steps: 40 } },
        },
      },
      /objective\.metric: there are no samples for validation/,
    ],
  ])("a plan with %j is refused before anything runs", async (more, message) => {
    const dir = await folder();
    writeFileSync(join(dir, "plan.json"), JSON.stringify({ ...JSON.parse(text), ...more }));
    expect(await refused(["sweep", join(dir, "plan.json"), "--out", join(dir, "out")])).toMatch(message);
    expect(readdirSync(dir)).toEqual(["plan.json"]);
  });

  it("an objective may be any number that results have", async () => {
    const dir = await folder();
    for (const metric of ["epochs", "test.spikes.perUnit[1]", "history[0].trainLoss", "validation.loss"]) {
      writeFileSync(join(dir, "plan.json"), JSON.stringify({ config, objective: { metric, goal: "min" } }));
      const result = await spikelet(["sweep", join(dir, "plan.json"), "--out", join(dir, "out"), "--processes", "0"]);
      expect(result.code, result.stderr).toBe(0);
    }
  });
});
