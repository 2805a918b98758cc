import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARITHMETIC } from "spikelet";
import { isDataAtHand, measure, packStudy, readStudy, recordsOf, type SweepEvent, studyFolders, sweep } from "spikelet/study";
import { beforeAll, describe, expect, it } from "vitest";
import { YIN_YANG } from "../sweep/yin-yang.js";

const CONFIG = { ...YIN_YANG, training: { ...YIN_YANG.training, epochs: 1 } };
const PLAN = {
  config: CONFIG,
  variants: ["antlr", "mixture"].map((type) => ({ series: type, settings: { "rule.type": type } })),
  seeds: 2,
  report: { title: "two rules", figures: [{ type: "spread", measure: "firstSpike", title: "Accuracy" }] },
};
const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));

describe("a plan that a program runs", () => {
  let out: string;
  const events: SweepEvent[] = [];

  beforeAll(async () => {
    out = await folder();
    const options = { out, name: "rules", processes: 0, threads: 1, commit: "abcd1234" };
    await sweep(PLAN, { ...options, onEvent: (event) => events.push(event) });
  });

  it("tells of each epoch and each run by its name", () => {
    const runs = events.filter(({ type }) => type === "run");
    expect(runs.map((event) => "name" in event && event.name)).toEqual([
      "antlr, seed 1",
      "mixture, seed 1",
      "antlr, seed 2",
      "mixture, seed 2",
    ]);
    expect(runs.at(-1)).toMatchObject({ index: 4, count: 4, settings: { series: "mixture" }, seed: 2 });
    expect(events.filter(({ type }) => type === "epoch")).toHaveLength(4);
  });

  it("is read with points, table and records, which say what made them", async () => {
    const { name, plan, points, table, rows, done, missing, chosen } = await readStudy(out);
    expect({ name, done, missing }).toEqual({ name: "rules", done: 4, missing: 0 });
    expect(plan.report).toEqual(PLAN.report);
    expect(points.map(({ place }) => place)).toEqual(["antlr", "mixture"]);
    expect(points.flatMap(recordsOf).map(measure("firstSpike").of)).toHaveLength(4);
    expect(table[0]?.slice(0, 2)).toEqual(["variant", "test accuracy by first spike, %"]);
    expect(chosen?.place).toMatch(/^(antlr|mixture)$/);
    for (const { record } of rows) expect(record).toMatchObject({ arithmetic: ARITHMETIC, ran: { commit: "abcd1234" } });
  });

  it("runs nothing twice", async () => {
    const again: SweepEvent[] = [];
    const { done } = await sweep(PLAN, { out, processes: 0, onEvent: (event) => again.push(event) });
    expect(again).toEqual([]);
    expect(done).toBe(4);
  });

  it("is read of a packed file, and by another plan", async () => {
    const file = `${out}.ndjson`;
    await packStudy(out, file);
    expect(await studyFolders(file)).toEqual([""]);
    expect((await readStudy(file)).table).toEqual((await readStudy(out)).table);
    const more = { ...PLAN, seeds: 3 };
    expect(await readStudy(file, { plan: more })).toMatchObject({ done: 4, missing: 2, others: 0 });
    await expect(readStudy(file, { folder: "search/none" })).rejects.toMatchObject({ code: "DATA_FORMAT", path: file });
  });
});

describe("what can't be run", () => {
  it.each([
    ["a plan with a field that there is not", { ...PLAN, colour: 1 }, {}, "colour"],
    [
      "a figure of no measure",
      { ...PLAN, report: { figures: [{ type: "spread", measure: "luck", title: "L" }] } },
      {},
      "report.figures[0].measure",
    ],
    ["a figure of no type", { ...PLAN, report: { figures: [{ type: "pie", title: "L" }] } }, {}, "report.figures[0].type"],
    ["a part of no whole", PLAN, { shard: "2" }, "--shard"],
  ])("is refused with its path: %s", async (_, plan, options, path) => {
    const out = await folder();
    await expect(sweep(plan, { out, processes: 0, ...options })).rejects.toMatchObject({ code: "CONFIG_INVALID", path });
  });

  it("is ended by its signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(sweep(PLAN, { out: await folder(), processes: 0, signal })).rejects.toThrow("enough");
  });

  it("is known beforehand, as far as data are concerned", async () => {
    expect(isDataAtHand("yinYang")).toBe(true);
    expect(isDataAtHand("nothing")).toBe(false);
    expect(isDataAtHand("mnist", await folder())).toBe(true);
  });
});
