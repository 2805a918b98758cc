import { afterEach, describe, expect, it, vi } from "vitest";
import { metricLines } from "../../ts/cli/print.js";
import { bestColumn } from "../../ts/cli/train/best.js";
import { History, rowOf } from "../../ts/cli/train/history.js";
import { ProgressView } from "../../ts/cli/train/progress.js";
import type { ResolvedConfig } from "../../ts/config.js";
import { bestAccuracy, classesBy, decisionOf, measuresOf } from "../../ts/decisions.js";
import type { BestBy, Metrics } from "../../ts/generated/config.js";
import { signsOfSpikes } from "../../ts/health/spikes.js";
import { learningCurves } from "../../ts/plot/index.js";
import { answerTexts } from "../../ts/report/result/texts.js";
import { parseBestBy, parsePlan } from "../../ts/study/plan/plan.js";
import { metricsOf } from "../support/metrics.js";

const spiking = metricsOf(10, { accuracy: { firstSpike: 0.9, count: 0.8 } });
const unlabelled = metricsOf(10, { accuracy: {} });
const readout = (membrane: number) => withoutSpikes({ accuracy: { membrane } });
const series = (meanSquaredError: number) => withoutSpikes({ accuracy: {}, meanSquaredError, rSquared: 1 - meanSquaredError });
function withoutSpikes(given: Partial<Metrics>): Metrics {
  const { decisionStep: _, ...metrics } = metricsOf(10, given);
  return metrics;
}
const epoch = (number: number, validation: typeof spiking) => ({
  epoch: number,
  epochs: 4,
  learningRate: 0.01,
  train: validation,
  validation,
  bestEpoch: 1,
});

describe("the decisions of a network", () => {
  it("are those that its loss trains", () => {
    const types = ["latency", "count", "countCrossEntropy", "spikeTrain", "membrane", "trace"] as const;
    const found = types.map((type) => decisionOf({ loss: { type } } as Parameters<typeof decisionOf>[0]));
    expect(found).toEqual(["firstSpike", "count", "count", "count", "membrane", "none"]);
    const prediction = { byFirstSpike: 1, byCount: 2, byMembrane: 3 };
    expect(found.map((decision) => classesBy(decision, prediction))).toEqual([1, 2, 2, 2, 3, undefined]);
  });

  it("say what makes an epoch the best: what the loss trains, with its weights", () => {
    const found = (type: string, more: object = {}) => measuresOf({ type, ...more }).trained;
    expect(["latency", "count", "countCrossEntropy", "spikeTrain", "membrane", "trace"].map((type) => found(type))).toEqual([
      "firstSpike",
      "count",
      "count",
      "loss",
      "membrane",
      "meanSquaredError",
    ]);
    expect(found("trace", { stepWeights: [1, 0] })).toBe("loss");
    const column = (type: string, bestBy: BestBy | null, validation: Metrics) =>
      bestColumn({ loss: { type }, training: { bestBy } } as unknown as ResolvedConfig, rowOf(epoch(1, validation)));
    expect(column("count", null, spiking)).toBe("validationCount");
    expect(column("count", "firstSpike", spiking)).toBe("validationFirstSpike");
    expect(column("count", "decision", metricsOf(10, { accuracy: { decision: 0.8, count: 0.8 } }))).toBe("validationDecision");
    expect(column("count", null, unlabelled)).toBe("validationLoss");
  });

  it("are told in words, that of the loss first, and never by spikes of outputs that have none", () => {
    expect(answerTexts(spiking, "firstSpike")).toEqual(["90.0 % by first spike", "80.0 % by count"]);
    expect(answerTexts(spiking, "count")).toEqual(["80.0 % by count", "90.0 % by first spike"]);
    expect(answerTexts(unlabelled, "count")).toEqual(["loss 1"]);
    expect(answerTexts(readout(0.7), "membrane")).toEqual(["70.0 % by membrane"]);
    expect(answerTexts(series(0.25), "none")).toEqual(["mean squared error 0.25", "R² 0.750"]);
    expect(metricLines("test", readout(0.7), "membrane").join("\n")).not.toMatch(/first spike|count|decision/);
    expect(metricLines("test", series(0.25), "none").join("\n")).not.toMatch(/first spike|count|decision/);
    const [title, , spikes, first] = metricLines("test", spiking, "count");
    expect([title, spikes, first].join("\n")).toMatch(
      /80\.0 % by count.*up to the first output spike.*\nfirst spike {4}at step/s,
    );
    expect(metricLines("test", unlabelled, "count").join("\n")).not.toMatch(/accuracy|%.* by/);
    expect([spiking, readout(0.7), series(0.25), unlabelled].map(bestAccuracy)).toEqual([0.9, 0.7, 0, 0]);
  });

  it("are those of learning curves, the one that the loss trains as a solid line", () => {
    const curveOf = (validations: Metrics[]) => {
      const history = new History("a");
      for (const [k, validation] of validations.entries()) history.add(epoch(k + 1, validation), 1, 1);
      return { curve: history.curve, csv: history.csv };
    };
    const { curve, csv } = curveOf([0.5, 0.2, 0.3].map(series));
    expect(csv.split("\n")[0]).toContain("validationMeanSquaredError,validationRSquared");
    expect(learningCurves(curve)).toContain("at the end R² 0.700");
    expect(learningCurves(curveOf([0.5, 0.75].map(readout)).curve)).toContain("at the end 75.0 % by membrane");
    const both = curveOf([spiking]).curve;
    expect(learningCurves(both)).toContain("at the end 90.0 % by first spike, 80.0 % by count");
    const counted = learningCurves(both, { decision: "count" });
    expect(counted).toContain("at the end 80.0 % by count, 90.0 % by first spike");
    expect(counted).toMatch(/validation, count<.*by first spike</s);
    expect(learningCurves(curveOf([unlabelled]).curve)).not.toMatch(/accuracy|Accuracy|NaN/);
  });

  it("choose the epochs and the objective of a study", () => {
    const losses = [undefined, "latency", "count", "spikeTrain", "membrane", "trace"];
    expect(losses.map((type) => parseBestBy(undefined, type === undefined ? undefined : { type }))).toEqual([
      "firstSpike",
      "firstSpike",
      "count",
      "loss",
      "membrane",
      "meanSquaredError",
    ]);
    expect(losses.slice(0, -1).map((type) => parseBestBy("decision", type === undefined ? undefined : { type }))).toEqual([
      "firstSpike",
      "firstSpike",
      "count",
      "count",
      "membrane",
    ]);
    expect(() => parseBestBy("decision", { type: "trace" })).toThrow(expect.objectContaining({ path: "bestBy" }));
    expect(() => parseBestBy("count", { type: "membrane" })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "bestBy" }),
    );
    expect(() => parseBestBy("membrane", { type: "latency" })).toThrow(expect.objectContaining({ path: "bestBy" }));
    const plan = parsePlan({ config: { loss: { type: "trace" } }, settings: { "optimizer.learningRate": [0.1, 0.01] } });
    expect(plan.objective).toEqual({ metric: "validation.meanSquaredError", goal: "min" });
    const weighted = { loss: { type: "trace", stepWeights: [1, 0] } };
    expect(parsePlan({ config: weighted, settings: { "optimizer.learningRate": [0.1] } }).objective.metric).toBe(
      "validation.loss",
    );
  });

  it("of a readout are no silent output", () => {
    const late = { ...spiking, decisionStep: { mean: 20, median: 20, min: 20 } };
    const codes = (metrics: Metrics) => signsOfSpikes(metrics, [], 20).map(({ code }) => code);
    expect([late, readout(0.5), series(0.5)].map(codes)).toEqual([["SILENT_OUTPUT"], [], []]);
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
    const running = { samples: 50, loss: 1, accuracy: {}, spikesPerSample: 9 };
    const pace = { seconds: 1, samplesPerSecond: 50 };
    view.show({ type: "step", epoch: 1, batch: 5, batches: 10, step: 5, loss: 1, running, ...pace });
    view.show({ type: "epochEnd", ...epoch(1, series(0.25)), ...pace });
    expect(chunks.join("")).not.toMatch(/first|count/);
    expect(chunks.join("")).toMatch(/train error 0\.25 {2}validation .*mean squared error 0\.25/);
  });
});
