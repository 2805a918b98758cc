import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { made, PAGE } from "../../research/pages/experiments.js";
import { grid } from "../../research/report/grid.js";
import type { PointSummary } from "../../ts/study/report/points.js";
import { ROOT } from "../docs/guides.js";

/** A point whose seeds have these test accuracies by first spike, and half of them by count. */
function point(series: string, at: string | number, loss: string, ...accuracies: number[]): PointSummary {
  const rows = accuracies.map((firstSpike, k) => {
    const test = { accuracy: { firstSpike, count: firstSpike / 2 }, spikes: { perUnit: [0.5] } };
    return {
      run: { settings: { series, at }, config: {} },
      record: { seed: k + 1, status: "done", config: { loss: { type: loss } }, result: { test } },
    };
  });
  return { place: `${series}, ${at}`, rows } as unknown as PointSummary;
}

describe("a grid", () => {
  const points = [
    point("antlr", "latency", "latency", 0.9, 0.92),
    point("antlr", "count", "count", 0.8, 0.8),
    point("timing", "latency", "latency", 0.7),
  ];

  it("has the places as rows and the series as columns, nothing where a series has no such place", () => {
    expect(grid(points, "loss", [["%", "firstSpike"]])).toEqual([
      ["loss", "antlr, %", "timing, %"],
      ["latency", "91.00 ± 1.41", "70.00"],
      ["count", "80.00 ± 0.00", ""],
    ]);
  });

  it("has the series as rows where that is asked", () => {
    expect(grid(points, "rule", [["%", "firstSpike"]], "series")).toEqual([
      ["rule", "latency, %", "count, %"],
      ["antlr", "91.00 ± 1.41", "80.00 ± 0.00"],
      ["timing", "70.00", ""],
    ]);
  });

  it("shows the decision that the loss of a point trains", () => {
    const shown = [["by its decision, %", "decision"]] as const;
    expect(grid(points, "loss", shown)[2]).toEqual(["count", "40.00 ± 0.00", ""]);
    expect(grid(points, "loss", shown)[1]).toEqual(["latency", "91.00 ± 1.41", "70.00"]);
  });
});

it("the tables of the page of experiments are made of the records", async () => {
  const before = readFileSync(join(ROOT, PAGE), "utf8");
  expect(before).toContain("<!-- made: rate-coded -->");
  expect((await made(before)).text).toBe(before);
});
