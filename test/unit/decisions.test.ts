import { afterEach, describe, expect, it, vi } from "vitest";
import { answerWords, metricLines } from "../../ts/cli/print.js";
import { BestEpoch } from "../../ts/cli/train/best.js";
import { History } from "../../ts/cli/train/history.js";
import { ProgressView } from "../../ts/cli/train/progress.js";
import { bestAccuracy, bestByOf, decisionOf, decisionsOf, scoreBy } from "../../ts/decisions.js";
import type { BestBy } from "../../ts/generated/config.js";
import { signsOfSpikes } from "../../ts/health/spikes.js";
import { learningCurves } from "../../ts/plot/index.js";
import { parseBestBy, parsePlan } from "../../ts/study/plan/plan.js";
import { metricsOf } from "../support/metrics.js";

const spiking = metricsOf(10, { accuracy: { firstSpike: 0.9, count: 0.8 } });
const readout = (membrane: number) => metricsOf(10, { accuracy: { firstSpike: 0, count: 0, membrane } });
const series = (meanSquaredError: number) =>
  metricsOf(10, { accuracy: { firstSpike: 0, count: 0 }, meanSquaredError, rSquared: 1 - meanSquaredError });
const epoch = (number: number, validation: typeof spiking) => ({
  epoch: number,
  epochs: 4,
  learningRate: 0.01,
  train: validation,
  validation,
});

describe("the decisions of a network", () => {
  it("are those that its loss trains", () => {
    const types = ["latency", "count", "spikeTrain", "membrane", "trace"] as const;
    const found = types.map((type) => decisionOf({ loss: { type } } as Parameters<typeof decisionOf>[0]));
    expect(found).toEqual(["firstSpike", "count", "count", "membrane", "none"]);
    const prediction = { byFirstSpike: Uint32Array.of(1), byCount: Uint32Array.of(2), byMembrane: Uint32Array.of(3) };
    expect(found.map((decision) => [...decisionsOf(decision, prediction)])).toEqual([[1], [2], [2], [3], []]);
  });

  it("say what makes an epoch the best, unless the configuration does", () => {
    const found = (type: string, bestBy: BestBy | null = null) =>
      bestByOf({ loss: { type }, training: { bestBy } } as Parameters<typeof bestByOf>[0]);
    expect(["latency", "count", "spikeTrain", "membrane", "trace"].map((type) => found(type))).toEqual([
      "firstSpike",
      "count",
      "loss",
      "membrane",
      "meanSquaredError",
    ]);
    expect(found("latency", "loss")).toBe("loss");
  });

  it("are told in words, and never by spikes of outputs that have none", () => {
    expect(answerWords(spiking)).toEqual(["90.0 % by first spike", "80.0 % by count"]);
    expect(answerWords(readout(0.7))).toEqual(["70.0 % by membrane"]);
    expect(answerWords(series(0.25))).toEqual(["mean squared error 0.25", "R² 0.750"]);
    for (const metrics of [readout(0.7), series(0.25)])
      expect(metricLines("test", metrics).join("\n")).not.toMatch(/first spike|count|decision/);
    expect([spiking, readout(0.7), series(0.25)].map(bestAccuracy)).toEqual([0.9, 0.7, 0]);
    expect(scoreBy("none", series(0.25))).toBe(-0.25);
  });

  it("choose the best epoch", () => {
    const bestOf = (by: BestBy, validations: (typeof spiking)[]) => {
      const history = new History("a");
      const best = new BestEpoch(by);
      for (const [k, validation] of validations.entries()) {
        const row = history.add(epoch(k + 1, validation), 1, 1);
        if (best.isBeatenBy(row)) best.row = row;
      }
      return { epoch: best.row?.epoch, curve: history.curve, csv: history.csv };
    };
    expect(bestOf("membrane", [0.5, 0.8, 0.7].map(readout)).epoch).toBe(2);
    const { epoch: found, curve, csv } = bestOf("meanSquaredError", [0.5, 0.2, 0.3].map(series));
    expect(found).toBe(2);
    expect(csv.split("\n")[0]).toContain("validationMeanSquaredError,validationRSquared");
    expect(learningCurves(curve)).toContain("at the end R² 0.700");
    const lossy = (loss: number) => ({ ...spiking, loss });
    expect(bestOf("loss", [0.5, 0.2, 0.3].map(lossy)).epoch).toBe(2);
    expect(learningCurves(bestOf("membrane", [0.5, 0.75].map(readout)).curve)).toContain("75.0 % by membrane");
  });

  it("choose the epochs and the objective of a study", () => {
    const losses = [undefined, "latency", "count", "spikeTrain", "membrane", "trace"];
    expect(losses.map((loss) => parseBestBy(undefined, loss))).toEqual([
      "firstSpike",
      "firstSpike",
      "count",
      "loss",
      "membrane",
      "meanSquaredError",
    ]);
    expect(() => parseBestBy("count", "membrane")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "bestBy" }));
    expect(() => parseBestBy("membrane", "latency")).toThrow(expect.objectContaining({ path: "bestBy" }));
    const plan = parsePlan({ config: { loss: { type: "trace" } }, settings: { "optimizer.learningRate": [0.1, 0.01] } });
    expect(plan.objective).toEqual({ metric: "validation.meanSquaredError", goal: "min" });
  });

  it("of a readout are no silent output", () => {
    const late = { decisionStep: { mean: 20, median: 20, min: 20 } };
    const codes = (metrics: typeof spiking) => signsOfSpikes({ ...metrics, ...late }, [], 20).map(({ code }) => code);
    expect([spiking, readout(0.5), series(0.5)].map(codes)).toEqual([["SILENT_OUTPUT"], [], []]);
  });
});

describe("the progress of a readout", () => {
  afterEach(() => vi.useRealTimers());

  it("has no accuracy by spikes", () => {
    vi.useFakeTimers();
    const chunks: string[] = [];
    const stream = { isTTY: true, columns: 120, write: (text: string) => chunks.push(text) > 0 };
    const view = new ProgressView(4, "none", stream as unknown as NodeJS.WriteStream);
    vi.advanceTimersByTime(110);
    const running = { samples: 50, loss: 1, accuracy: { count: 0, firstSpike: 0 }, spikesPerSample: 9 };
    const pace = { seconds: 1, samplesPerSecond: 50 };
    view.show({ type: "step", epoch: 1, batch: 5, batches: 10, step: 5, loss: 1, running, ...pace });
    view.show({ type: "epochEnd", ...epoch(1, series(0.25)), ...pace });
    expect(chunks.join("")).not.toMatch(/first|count/);
    expect(chunks.join("")).toMatch(/train error 0\.25 {2}validation .*mean squared error 0\.25/);
  });
});
