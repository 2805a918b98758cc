import * as plots from "spikelet/plot";
import { describe, expect, it } from "vitest";
import { parseSeeds } from "../../ts/cli/commands/experiment.js";
import { UsageError } from "../../ts/cli/exit.js";
import { alignedTable } from "../../ts/cli/experiment/table.js";
import { EXPERIMENTS } from "../../ts/experiments/catalogue/index.js";
import { type Experiment, variantName } from "../../ts/experiments/experiment.js";
import { figures } from "../../ts/experiments/figures.js";
import { measure } from "../../ts/experiments/measures.js";
import type { RunRecord } from "../../ts/experiments/record.js";
import { experimentPage, resultTable } from "../../ts/experiments/report.js";
import { everyAttempt, summaries } from "../../ts/experiments/summary.js";
import { runsCsv, summaryCsv } from "../../ts/experiments/tables.js";
import { spread } from "../../ts/spread.js";

/** A record with what tables and figures look at. */
function record(series: string, seed: number, accuracy: number, more: Partial<RunRecord> = {}): RunRecord {
  const metrics = {
    samples: 100,
    loss: 1 - accuracy,
    lossParts: { main: 1 - accuracy, silentTargetPenalty: 0, targetCount: 0, rateBounds: 0, spikePenalty: 0 },
    accuracy: { firstSpike: accuracy, count: accuracy / 2 },
    spikes: {
      perSample: 30,
      untilDecision: 20,
      perUnit: [0.2, 0.5],
      untilDecisionPerUnit: [0.1, 0.1],
      total: [],
      untilDecisionTotal: [],
    },
    decisionStep: { mean: 12, median: 11, min: 3 },
    silentFraction: [0.8, 0.1],
    saturatedFraction: [0, 0],
    firingRate: [0.01, 0.02],
    synapticOperations: 1234,
  };
  return {
    id: `${series}${seed}${more.attempt ?? ""}${more.at ?? ""}`,
    experiment: "e",
    series,
    at: null,
    attempt: null,
    seed,
    config: {} as RunRecord["config"],
    data: { dataset: "digits", name: "digits", encoding: null, train: 10, validation: 5, test: 5, hash: "" },
    epochs: [{ epoch: 1, epochs: 1, learningRate: 0.1, train: metrics, validation: metrics }],
    chosen: { epoch: 1, by: "firstSpike" },
    test: metrics,
    cost: { seconds: 2, samplesPerSecond: 50 },
    backend: { kind: "native", simd: "avx2", threads: 2 },
    version: "0.1.0",
    ...more,
  };
}

const two = [record("antlr", 1, 0.9), record("timing", 1, 0.8), record("antlr", 2, 0.94), record("timing", 2, 0.6)];

describe("summaries", () => {
  it("are means and sample standard deviations over the seeds", () => {
    expect(spread([1, 2, 3, 6])).toEqual({ mean: 3, deviation: Math.sqrt(14 / 3) });
    expect(spread([5])).toEqual({ mean: 5, deviation: 0 });
    const [antlr, timing] = summaries(two);
    expect(antlr).toMatchObject({ series: "antlr", seeds: [1, 2] });
    expect(antlr?.measures["firstSpike"]?.mean).toBeCloseTo(92);
    expect(antlr?.measures["firstSpike"]?.deviation).toBeCloseTo(Math.sqrt(8));
    expect(timing?.measures["perUnit2"]).toEqual({ mean: 0.5, deviation: 0 });
  });

  it("take the attempt that validates best, not the one that tests best", () => {
    const good = record("antlr", 1, 0.9, { attempt: "a" });
    const lucky = { ...record("antlr", 1, 0.7, { attempt: "b" }), test: record("antlr", 1, 0.99).test };
    expect(summaries([lucky, good]).map(({ attempt }) => attempt)).toEqual(["a"]);
    expect(everyAttempt([lucky, good])).toHaveLength(2);
    expect(
      summaryCsv([lucky, good])
        .split("\n")
        .map((line) => line.split(",").slice(0, 5).join(","))
        .slice(1, 3),
    ).toEqual(["antlr,,b,no,1", "antlr,,a,yes,1"]);
  });
});

describe("tables", () => {
  it("have a row for each run with every measure by its name", () => {
    const [header, first, ...rest] = runsCsv(two).trim().split("\n");
    expect(rest).toHaveLength(3);
    const cells = new Map(header?.split(",").map((name, k) => [name, first?.split(",")[k]]));
    expect(Object.fromEntries(cells)).toMatchObject({
      series: "antlr",
      at: "",
      seed: "1",
      firstSpike: "90",
      count: "45",
      perUnit1: "0.2",
      silentFraction2: "0.1",
      decisionMedian: "11",
      synapticOperations: "1234",
    });
  });

  it("quote what needs it", () => {
    expect(runsCsv([record('a, "b"', 1, 0.5)])).toContain('"a, ""b"""');
  });

  it("read well in a terminal", () => {
    const rows = resultTable(two);
    expect(rows[1]?.slice(0, 2)).toEqual(["antlr", "92.00 ± 2.83"]);
    expect(
      alignedTable([
        ["a", "bb"],
        ["ccc", "d"],
      ]),
    ).toEqual(["a    bb", "ccc  d"]);
  });
});

describe("the page", () => {
  const drawn: Experiment = {
    name: "e",
    title: "two <rules>",
    question: "Which?",
    data: () => [],
    seeds: { quick: 1, full: 1 },
    choice: "firstSpike",
    axis: "Width",
    variants: () => [],
    figures: [
      { type: "spread", measure: "firstSpike", title: "Accuracy" },
      { type: "scatter", x: "spikes", y: "firstSpike", title: "Both" },
      { type: "lines", measure: "firstSpike", title: "By width" },
      { type: "epochs", value: "loss", title: "Learning" },
    ],
  };
  const placed = two.map((one) => ({ ...one, at: 10 * one.seed }));

  it("stands alone, with the figures and every run", () => {
    const html = experimentPage(drawn, placed, {
      scale: "quick",
      command: "spikelet experiment e",
      figures: figures(plots, drawn, placed),
    });
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).toContain("<title>e: two &lt;rules&gt;</title>");
    expect(html).not.toMatch(/\b(src|href)=|url\(|NaN|undefined/);
    expect(html.match(/<figcaption>/g)).toHaveLength(4);
    expect(html).toContain("Quick version");
    for (const { seed, series } of placed)
      expect(html).toMatch(new RegExp(`<th scope="row">${series}, ${10 * seed}</th><td>${seed}</td>`));
  });

  it("leaves out lines where there is nothing to count along", () => {
    expect(figures(plots, drawn, two).map(({ file }) => file)).toEqual(["1-spread.svg", "2-scatter.svg", "4-epochs.svg"]);
  });
});

describe("the experiments", () => {
  it.each(EXPERIMENTS.map((one) => [one.name, one] as const))("%s is sound", (_, { variants, data, figures, seeds, axis }) => {
    for (const scale of ["quick", "full"] as const) {
      const names = variants(scale).map(variantName);
      expect(names.length).toBeGreaterThan(1);
      expect(new Set(names).size).toBe(names.length);
      expect(data(scale).length).toBeGreaterThan(0);
      expect(seeds[scale]).toBeGreaterThan(0);
      if (variants(scale).some(({ at }) => typeof at === "number")) expect(axis).toBeDefined();
    }
    expect(seeds.full).toBeGreaterThanOrEqual(3);
    for (const figure of figures) if ("measure" in figure) expect(measure(figure.measure).label).not.toBe("");
  });
});

describe("--seeds", () => {
  it("is a number of seeds, or a list", () => {
    expect(parseSeeds("3")).toEqual([1, 2, 3]);
    expect(parseSeeds("4,7,4")).toEqual([4, 7]);
    expect(parseSeeds("4,")).toEqual([4]);
    for (const wrong of ["0", "x", "1,y", "-1"]) expect(() => parseSeeds(wrong)).toThrow(UsageError);
  });
});
