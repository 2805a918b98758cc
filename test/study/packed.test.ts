import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { ARITHMETIC } from "../../ts/generated/arithmetic.js";
import type { JsonObject } from "../../ts/json.js";
import { WHOLE } from "../../ts/study/plan/shard.js";
import { gather } from "../../ts/study/report/merge.node.js";
import { type Run, runsOf } from "../../ts/study/run/runs.js";
import { runStudy } from "../../ts/study/run/study.node.js";
import { packStudy, storedStudies, unpackStudy } from "../../ts/study/store/packed.node.js";
import { type RunRecord, withChecksum } from "../../ts/study/store/record.js";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { addRecord, CONFIG, HASHES, planOf, recordOf } from "../sweep/records.js";

const JSON_PLAN: JsonObject = { config: CONFIG, seeds: [1, 2, 3] };
const PLAN = planOf({ seeds: [1, 2, 3] });

/** Fills the folder of a study with the records of the first of its runs. */
async function study(dir: string, done = 3, change: (record: RunRecord) => RunRecord = (record) => record): Promise<Run[]> {
  const folder = new StudyFolder(dir);
  await folder.begin({ name: "seeds", plan: PLAN, json: JSON_PLAN }, HASHES);
  const { runs } = await runsOf(PLAN, HASHES, () => undefined);
  for (const run of runs.slice(0, done)) await addRecord(folder, await withChecksum(change(recordOf(run, run.seed / 10))));
  return runs;
}

const otherArithmetic = (record: RunRecord) => ({ ...record, arithmetic: ARITHMETIC - 1 });

describe("a packed study", () => {
  let dir: string;
  let file: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    file = join(dir, "packed.ndjson");
    await study(join(dir, "study"));
    await study(join(dir, "study", "search", "one"), 2);
    await packStudy(join(dir, "study"), file);
  });

  it("has the records of every folder, but for their histories", async () => {
    const studies = await storedStudies(file);
    for (const folder of ["", "search/one"]) {
      const packed = await gather([studies.study(folder) ?? "none"]);
      const loose = await gather([join(dir, "study", folder)]);
      expect(packed).toMatchObject({ manifest: loose.manifest, damaged: [], unchecked: 0 });
      const outcomes = loose.table.rows.map(({ record: { result } = {} }) => {
        return result && { ...result, history: [], lastEpoch: result.history.at(-1) };
      });
      expect(packed.table.rows.map(({ record }) => record?.result)).toEqual(outcomes);
    }
    expect(studies.study("search/two")).toBeUndefined();
    expect((await gather([file])).table.done).toBe(3);
  });

  it("is compressed where its name says so", async () => {
    const compressed = `${file}.gz`;
    await packStudy(join(dir, "study"), compressed);
    expect(gunzipSync(await readFile(compressed)).toString()).toBe(await readFile(file, "utf8"));
    expect((await gather([compressed])).table).toEqual((await gather([file])).table);
    await unpackStudy(compressed, join(dir, "again"));
    expect((await gather([join(dir, "again")])).table.done).toBe(3);
    const bytes = await readFile(compressed);
    for (const damaged of [bytes.subarray(0, 100), bytes.fill(0, 200, 210), Buffer.from("{}")]) {
      await writeFile(compressed, damaged);
      await expect(storedStudies(compressed)).rejects.toMatchObject({ code: "DATA_FORMAT", path: compressed });
    }
  });

  it("is the same text whatever was written first", async () => {
    const ids = (await readFile(file, "utf8")).split("\n").flatMap((line) => /"id":"(\w+)"/.exec(line)?.[1] ?? []);
    expect(ids.slice(0, 3)).toEqual(ids.slice(0, 3).sort());
    await packStudy(join(dir, "study"), `${file}.again.ndjson`);
    expect(await readFile(`${file}.again.ndjson`, "utf8")).toBe(await readFile(file, "utf8"));
  });

  it("becomes folders again, from which the same text is packed", async () => {
    const again = join(dir, "again");
    await unpackStudy(file, again);
    await packStudy(again, `${file}.again.ndjson`);
    expect(await readFile(`${file}.again.ndjson`, "utf8")).toBe(await readFile(file, "utf8"));
    const [run] = await study(join(dir, "study"));
    const kept = join(again, "runs", `${run?.id}.json`);
    await writeFile(kept, "mine");
    await unpackStudy(file, again);
    expect(await readFile(kept, "utf8")).toBe("mine");
  });

  it("becomes no folder where a line is damaged", async () => {
    const text = await readFile(file, "utf8");
    const damaged = join(dir, "damaged.ndjson");
    await writeFile(damaged, text.replace('"loss":0.', '"loss":1.'));
    await expect(unpackStudy(damaged, join(dir, "none"))).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    await writeFile(damaged, text.replaceAll('"search/one"', '"../one"'));
    await expect(unpackStudy(damaged, join(dir, "none"))).rejects.toMatchObject({ code: "DATA_FORMAT" });
    await writeFile(damaged, "");
    await expect(unpackStudy(damaged, join(dir, "none"))).rejects.toMatchObject({ code: "DATA_FORMAT" });
    expect(await readdir(dir)).not.toContain("none");
  });

  it("names the line whose number has changed, and reads the others", async () => {
    const lines = (await readFile(file, "utf8")).split("\n");
    lines[2] = (lines[2] ?? "").replace('"loss":0.', '"loss":1.');
    await writeFile(file, lines.join("\n"));
    const { table, damaged } = await gather([file]);
    expect(damaged).toEqual([{ file: `${file}:3`, message: expect.stringContaining("checksum") }]);
    expect(table).toMatchObject({ done: 2, missing: 1 });
  });

  it("is not made of a study that is ranked by an epoch", async () => {
    const objective = { metric: "history[0].trainLoss", goal: "min" };
    const ranked = join(dir, "ranked");
    await new StudyFolder(ranked).begin(
      { name: "ranked", plan: planOf({ objective }), json: { ...JSON_PLAN, objective } },
      HASHES,
    );
    await expect(packStudy(ranked, file)).rejects.toMatchObject({ code: "CONFIG_INVALID", path: ranked });
  });

  it("is not made of a folder that has no study, or a damaged record", async () => {
    await expect(packStudy(dir, file)).resolves.toBeUndefined();
    await expect(packStudy(await mkdtemp(join(tmpdir(), "spikelet-")), file)).rejects.toMatchObject({ code: "DATA_FORMAT" });
    const [run] = await study(join(dir, "damaged"));
    await writeFile(join(dir, "damaged", "runs", `${run?.id}.json`), "{}");
    await expect(packStudy(join(dir, "damaged"), file)).rejects.toMatchObject({ code: "DATA_FORMAT" });
  });
});

describe("runs of another arithmetic", () => {
  let dir: string;
  const resumed = async () => {
    const options = { plan: PLAN, hashes: HASHES, folder: new StudyFolder(dir), shard: WHOLE, retry: false };
    const begun: number[] = [];
    const execute = async function* (queue: { length: number }) {
      begun.push(queue.length);
      yield* [];
    };
    for await (const _ of runStudy({ ...options, execute })) expect.unreachable();
    return begun;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "spikelet-"));
  });

  it.each([
    ["another number", otherArithmetic, `arithmetic ${ARITHMETIC - 1}`],
    ["none", ({ arithmetic: _, ...record }: RunRecord) => record, "arithmetic unknown"],
  ])("are not gone on with: %s", async (_, change, words) => {
    await study(dir, 2, change);
    await expect(resumed()).rejects.toMatchObject({ code: "CONFIG_INVALID", path: dir, message: expect.stringContaining(words) });
  });

  it("do no harm where nothing is missing, and the same number is gone on with", async () => {
    await study(dir, 3, otherArithmetic);
    expect(await resumed()).toEqual([]);
    dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    await study(dir, 2);
    expect(await resumed()).toEqual([1]);
  });

  it("are not merged with those of this one", async () => {
    const other = await mkdtemp(join(tmpdir(), "spikelet-"));
    await study(dir, 2);
    await study(other, 3, otherArithmetic);
    await expect(gather([dir, other])).rejects.toMatchObject({ code: "CONFIG_INVALID", path: other });
  });
});
