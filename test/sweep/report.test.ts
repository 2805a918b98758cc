import { parallelCoordinates } from "spikelet/plot";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../ts/study/plan/plan.js";
import { effectsOf } from "../../ts/study/report/effects.js";
import { figures } from "../../ts/study/report/figures.js";
import { studyPage } from "../../ts/study/report/page.js";
import { byScore, pointsOf } from "../../ts/study/report/points.js";
import type { Run } from "../../ts/study/run/runs.js";
import { recordsById, type StudyTable, tableOf } from "../../ts/study/run/table.js";
import { HASHES, planOf, simulatedRecords } from "./records.js";

const RULES = ["antlr", "timing"] as const;
const RATES = "optimizer.learningRate";

async function played(plan: Plan, scoreOf: (run: Run) => number | undefined): Promise<StudyTable> {
  return tableOf(plan, HASHES, recordsById((await simulatedRecords(plan, scoreOf)).values()));
}

/** Scores that are a sum of what each setting and the seed contribute. */
function sum({ settings, seed }: Run): number {
  const rate = Number(settings[RATES]);
  const { type } = settings["rule"] as { type: string };
  return (type === "antlr" ? 0.5 : 0.25) + (rate === 0.01 ? 0.25 : 0) + seed / 64;
}

const grid = planOf({ settings: { rule: RULES.map((type) => ({ type })), [RATES]: [0.001, 0.01] }, seeds: 2 });

describe("marginal effects", () => {
  it("of choices are means over all else, for each seed", async () => {
    const [rule, rate] = effectsOf(await played(grid, sum), grid);
    expect(rule?.levels).toEqual([
      { label: "antlr", at: undefined, bySeed: [0.625 + 1 / 64, 0.625 + 2 / 64] },
      { label: "timing", at: undefined, bySeed: [0.375 + 1 / 64, 0.375 + 2 / 64] },
    ]);
    expect(rate?.levels).toEqual([
      { label: "0.001", at: 0.001, bySeed: [0.375 + 1 / 64, 0.375 + 2 / 64] },
      { label: "0.01", at: 0.01, bySeed: [0.625 + 1 / 64, 0.625 + 2 / 64] },
    ]);
  });

  it("of a range with many values are those of a few parts, in the middle of each", async () => {
    const settings = { [RATES]: { from: 0.001, to: 1, scale: "log" } };
    const plan = planOf({ settings, search: { type: "sobol", runs: 60 }, seeds: 2 });
    const table = await played(plan, ({ settings }) => Math.log10(Number(settings[RATES])) / 4 + 1);
    const [{ levels } = { levels: [] }] = effectsOf(table, plan);
    expect(levels).toHaveLength(6);
    for (const [k, { at = 0, bySeed }] of levels.entries()) {
      // The middles of six equal parts of three decades; the score is linear in the logarithm.
      expect(Math.log10(at)).toBeCloseTo(-3 + 0.25 + 0.5 * k, 1);
      expect(bySeed).toHaveLength(2);
      for (const score of bySeed) expect(score).toBeCloseTo(Math.log10(at) / 4 + 1, 10);
    }
  });

  it("leave out what failed, and later rungs", async () => {
    const plan = planOf({ settings: { [RATES]: [0.1, 0.2, 0.3, 0.4] }, halving: { epochs: [1, 2], keep: 0.5 } });
    const table = await played(plan, ({ point, rung }) => (point === 0 ? undefined : point / 8 + rung / 2));
    const [{ levels } = { levels: [] }] = effectsOf(table, plan);
    expect(levels.map(({ at, bySeed }) => [at, bySeed])).toEqual([
      [0.2, [0.125]],
      [0.3, [0.25]],
      [0.4, [0.375]],
    ]);
  });
});

describe("points", () => {
  it("are ranked by their mean over the seeds, at their last rung", async () => {
    const plan = planOf({ settings: { [RATES]: [0.1, 0.2, 0.3] }, seeds: 2, halving: { epochs: [1, 2], keep: 0.4 } });
    const table = await played(plan, ({ point, seed, rung }) => (rung === 1 ? 0.1 * point : point / 4 + seed / 8));
    const points = byScore(pointsOf(table, plan), plan);
    expect(points.map(({ rows, score }) => [rows[0].run.point, rows.length, score.mean])).toEqual([
      [2, 2, 0.2],
      [0, 2, 0.1875],
      [1, 2, 0.1],
    ]);
  });
});

describe("the page about a sweep", () => {
  function pageOf(name: string, table: StudyTable): string {
    const points = pointsOf(table, grid);
    return studyPage({ name, plan: grid, table, points, version: "0" }, figures(points, grid));
  }

  it("has the best points, a line for each, a figure for each setting, and what failed", async () => {
    const table = await played(grid, (run) => (run.point === 3 && run.seed === 2 ? undefined : sum(run)));
    const text = pageOf("rates <1>", table);
    expect(text).toContain("<h1>Sweep rates &lt;1&gt;</h1>");
    expect(text).toContain("7 done, 1 failed, 0 missing");
    expect(text).toMatch(
      /<p class="answer"><strong>rule=antlr optimizer\.learningRate=0\.01<\/strong> has the highest [\w.]+ of 4 points: <strong>0\.7734 ± 0\.011<\/strong>/,
    );
    // antlr at 0.01: 0.75 + 1/64 and 0.75 + 2/64.
    expect(text).toMatch(/<th scope="row">1<\/th><td>antlr<\/td><td>0.01<\/td><td>0.7734 ± 0.011<\/td>/);
    expect(text).toMatch(/aria-label="4 runs over rule, optimizer.learningRate, accuracy.firstSpike"/);
    expect(text.match(/<figcaption>(rule|optimizer\.learningRate)<\/figcaption>/g)).toHaveLength(2);
    expect(text).toContain('<th scope="row">loss (NON_FINITE)</th><td>1</td>');
    expect(text.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|<script|src=|NaN/);
  });

  it("bears that nothing is done", async () => {
    const failed = pageOf("x", await played(grid, () => undefined));
    expect(failed).toContain("0 done, 8 failed, 0 missing");
    expect(failed).not.toMatch(/NaN|undefined/);
  });
});

describe("parallel coordinates", () => {
  it("lay numbers out linearly or by logarithm, names in order, and best lines on top", () => {
    const axes = [{ label: "rate", isLogarithmic: true }, { label: "rule" }, { label: "score" }];
    const runs = [{ values: [0.1, "a", 1], isBest: true }, { values: [0.001, "b", 0] }, { values: [0.01, "c", 0.5] }];
    const svg = parallelCoordinates(runs, { axes });
    const [others = "", best = ""] = [...svg.matchAll(/ d="(M[^"]+L[^"]+)"/g)].map(([, d]) => d);
    const heights = (d: string) => [...d.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
    // 284 pixels from the bottom at 340 to the top at 48.
    expect(heights(best)).toEqual([48, 340, 48]);
    expect(heights(others)).toEqual([340, 194, 340, 194, 48, 194]);
  });
});
