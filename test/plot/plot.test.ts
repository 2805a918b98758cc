import { createNetwork, type Decision, type Gradients, type RuleConfig, SpikeEvents } from "spikelet";
import {
  confusionCounts,
  confusionMatrix,
  gradientParts,
  learningCurves,
  learntHistogram,
  membraneTraces,
  parallelCoordinates,
  seedLines,
  seedScatter,
  seedSpread,
  spikeHistogram,
  spikeParts,
  spikeRaster,
  weightMaps,
} from "spikelet/plot";
import { describe, expect, it } from "vitest";
import { look } from "../../ts/plot/seeds.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const count = (svg: string, what: RegExp) => svg.match(what)?.length ?? 0;

async function traced(rule: RuleConfig): Promise<Gradients> {
  const network = await createNetwork({ ...tinyConfig, rule });
  return network.gradients(tinyData(2), { trace: true });
}

describe("a spike raster", () => {
  const events = SpikeEvents.fromTrains([
    { times: [0, 1, 1], units: [0, 2, 1] },
    { times: [7], units: [0] },
  ]);

  it("has one stroke for each spike of its sample", () => {
    const strokes = (sample: number) =>
      count(/ d="((?:M[-\d.]+,[-\d.]+v[\d.]+)+)"/.exec(spikeRaster(events, { sample }))?.[1] ?? "", /M/g);
    expect([strokes(0), strokes(1)]).toEqual([3, 1]);
  });

  it("leaves out what comes after the last step that it shows", () => {
    const cut = spikeRaster(events, { input: events, steps: 1 });
    expect(cut).toContain("1 spikes in 1 steps");
    expect(cut).toContain(">Input: 1 spike</text>");
  });

  it("refuses a sample that does not exist", () => {
    expect(() => spikeRaster(events, { sample: 2 })).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", path: "sample" }));
    const input = events.pick(Uint32Array.of(0));
    expect(() => spikeRaster(events, { sample: 1, input })).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", path: "input", message: "input: must have a sample 1, has 1 sample" }),
    );
  });

  it("takes as many spikes as there are", () => {
    const many = Array.from({ length: 200_000 }, (_, k) => k);
    const dense = SpikeEvents.fromTrains([{ times: many.map((k) => k % 300), units: many.map((k) => k % 784) }]);
    expect(spikeRaster(dense, { input: dense })).toContain("200000 spikes in 300 steps");
  });

  it("says what the network decided and when, if it did", () => {
    const one = Int32Array.of(1);
    const decision: Decision = "firstSpike";
    const prediction = { decision, classes: one, decisionStep: Uint32Array.of(4), steps: Uint32Array.of(9) };
    const layers = [SpikeEvents.fromTrains([{ times: [4], units: [1] }])];
    expect(spikeRaster({ ...prediction, layers }, { label: 0 })).toContain(">decides 1 at step 4</text>");
    const counted = { ...prediction, decision: "count" as const, classes: Int32Array.of(0), layers };
    expect(spikeRaster(counted, { label: 0 })).toContain(">decides 0 by most spikes</text>");
    expect(spikeRaster(counted)).toContain("decided for 0 by most spikes");
    expect(spikeRaster(counted)).not.toMatch(/at step|stroke-dasharray="4 3"|stroke-dasharray="4,3"/);
    const asReadout = { decision: "membrane" as const, classes: Int32Array.of(2), steps: prediction.steps, layers };
    expect(spikeRaster({ ...asReadout, membranes: new Float32Array(9) })).toContain(">decides 2 by membrane</text>");
    const silent = {
      ...prediction,
      decisionStep: Uint32Array.of(9),
      layers: [SpikeEvents.fromTrains([{ times: [], units: [] }])],
    };
    expect(spikeRaster(silent)).not.toContain("decides");
    expect(spikeRaster(silent, { steps: 20 })).not.toContain("decide");
  });
});

describe("membranes and gradient parts", () => {
  it("need a trace", async () => {
    const network = await createNetwork(tinyConfig);
    const plain = await network.gradients(tinyData(2));
    const refusal = expect.objectContaining({ code: "SHAPE_MISMATCH", path: "trace" });
    expect(() => membraneTraces(plain)).toThrow(refusal);
    expect(() => gradientParts(plain)).toThrow(refusal);
  });

  it("show the units that were asked for", async () => {
    const gradients = await traced({ type: "antlr" });
    expect(count(membraneTraces(gradients, { layer: 0, units: [1, 4, 7] }), />unit \d</g)).toBe(3);
    expect(() => membraneTraces(gradients, { units: [2] })).toThrow(expect.objectContaining({ path: "units" }));
    expect(() => membraneTraces(gradients, { layer: 2 })).toThrow(expect.objectContaining({ path: "layer" }));
  });

  it("take as many steps as there are", async () => {
    const { prediction, trace: [layer] = [], ...rest } = await traced({ type: "antlr" });
    if (layer === undefined) throw new Error("there is a trace");
    const steps = 30_000;
    const trace = [{ ...layer, units: 6, steps, membrane: new Float32Array(6 * steps).fill(-1) }];
    const long = { ...rest, prediction: { ...prediction, steps: Uint32Array.of(steps) }, trace };
    expect(count(membraneTraces(long), />unit \d</g)).toBe(6);
  });

  it("belong to one rule alone where the rule has one part", async () => {
    const sum = (parts: { activation: number; timing: number }[], of: "activation" | "timing") =>
      parts.reduce((total, part) => total + Math.abs(part[of]), 0);
    for (const layer of [0, 1]) {
      const timing = spikeParts(await traced({ type: "timing" }), { layer });
      expect(sum(timing, "activation")).toBe(0);
      const activation = spikeParts(await traced({ type: "activation" }), { layer });
      expect(sum(activation, "timing")).toBe(0);
      expect(timing.length).toBe(activation.length);
    }
    const both = spikeParts(await traced({ type: "antlr" }), { layer: 0 });
    expect(Math.min(sum(both, "activation"), sum(both, "timing"))).toBeGreaterThan(0);
  });

  it.each<RuleConfig>([
    { type: "antlr", timingWeight: 0.5 },
    { type: "antlr", activationWeight: [0.5, 2], timingWeight: [3, 0.25] },
    { type: "antlr", weightSchedule: { activation: [{ epoch: 0, factor: 0.5 }], timing: [{ epoch: 0, factor: 4 }] } },
    { type: "antlr", variant: "rnn", resetPath: { activation: "full", timing: "full" } },
  ])("add up to G under %j", async (rule) => {
    const gradients = await traced(rule);
    expect(spikeParts(gradients, { layer: 0 }).length).toBeGreaterThan(0);
    for (const [layer, trace] of (gradients.trace ?? []).entries()) {
      const parts = spikeParts(gradients, { layer });
      for (const { step, unit, activation, timing } of parts) {
        expect(activation + timing).toBeCloseTo(trace.direct[step * trace.units + unit] ?? Number.NaN, 6);
      }
      const silent = trace.direct.findIndex((direct, k) => direct !== 0 && trace.timingPart[k] === 0);
      expect(silent).toBeGreaterThanOrEqual(0);
      expect(trace.activationPart[silent]).toBe(trace.direct[silent]);
    }
  });

  it.each<[string, RuleConfig]>([
    ["a weight for each layer", { type: "antlr", timingWeight: [4, 1] }],
    ["a schedule", { type: "antlr", weightSchedule: { timing: [{ epoch: 0, factor: 4 }] } }],
  ])("have the timing part that %s gives the hidden layer", async (_, rule) => {
    const plain = spikeParts(await traced({ type: "antlr" }), { layer: 0 });
    const weighted = spikeParts(await traced(rule), { layer: 0 });
    expect(plain.some(({ timing }) => timing !== 0)).toBe(true);
    expect(weighted).toEqual(plain.map((part) => ({ ...part, timing: 4 * part.timing })));
  });

  it("are not known of a mixture", async () => {
    const gradients = await traced({ type: "mixture" });
    expect(() => gradientParts(gradients)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "rule.type" }));
  });
});

describe("weight maps", () => {
  const layer = { weights: Float32Array.of(1, -1, 0, 0.5, 0.5, 0.5, 0.5, 0.5), biases: new Float32Array(2) };

  it("join equal neighbours and name the range", () => {
    const svg = weightMaps(layer, { shape: [2, 2] });
    expect(svg).toContain("from -1.0 to 1.0");
    // Unit 0 has four colours, unit 1 two rows of one.
    expect(count(svg, /M[\d.]+,[\d.]+h[\d.]+/g) - count(svg, /M0,0h16/g)).toBe(6);
  });

  it("refuse a shape that does not fit", () => {
    expect(() => weightMaps(layer, { shape: [3, 2] })).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", path: "shape" }),
    );
    expect(() => weightMaps(layer, { units: [2] })).toThrow(expect.objectContaining({ path: "units" }));
  });

  it.each<[string, string, number[], number]>([
    ["SHAPE_MISMATCH", "weights", [1, 2, 3, 4, 5, 6, 7], 2],
    ["SHAPE_MISMATCH", "biases", [1, 2], 0],
    ["NON_FINITE", "weights[1]", [1, Number.NaN], 1],
    ["NON_FINITE", "weights[0]", [Number.POSITIVE_INFINITY, 1], 1],
  ])("refuse parameters with %s at %s", (code, path, weights, units) => {
    const parameters = { weights: Float32Array.from(weights), biases: new Float32Array(units) };
    expect(() => weightMaps(parameters)).toThrow(expect.objectContaining({ code, path }));
  });
});

describe("a histogram of what layers learn", () => {
  const before = [{ learnt: { threshold: Float32Array.of(1), delays: Float32Array.of(0, 4, 4, 20) } }, {}];
  const now = [{ learnt: { threshold: Float32Array.of(0.75), delays: Float32Array.of(1, 5, 5, 21) } }, {}];

  it("says how means moved, layer by layer", () => {
    const description = "histograms of what layers learn: Layer 0, threshold: 1 → 0.75; Layer 0, delays: mean 7 → 8 steps";
    expect(learntHistogram(now, { before })).toContain(`aria-label="${description}"`);
    const alone = learntHistogram(now);
    expect(alone).toContain("Layer 0, threshold: 0.75; Layer 0, delays: mean 8 steps");
    expect([learntHistogram(now, { before }), alone].map((svg) => svg.includes(">before<"))).toEqual([true, false]);
  });

  it("has a bar for what was, in the bins of what is", () => {
    const svg = learntHistogram(now.slice(0, 1), { before: before.slice(0, 1) });
    expect(svg).toContain("Output, delays");
    // Three of ten bins hold a delay before the training; the others have no height.
    const heights = [...svg.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height));
    expect(heights.filter((height) => height > 0)).toHaveLength(3);
  });

  it("of constants that did not move has no empty axis", () => {
    const still = [{ learnt: { threshold: Float32Array.of(1, 1), adaptationStrength: Float32Array.of(0) } }];
    expect(learntHistogram(still, { before: still })).not.toMatch(/NaN|Infinity/);
  });

  it("of layers that learn nothing more is refused", () => {
    expect(() => learntHistogram([{}])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", path: "layers" }));
    const wrong = [{ learnt: { delays: [1, 2] } }] as never;
    expect(() => learntHistogram(wrong)).toThrow(expect.objectContaining({ path: "layers[0].learnt.delays" }));
    expect(() => learntHistogram(now, { before: wrong })).toThrow(expect.objectContaining({ path: "before[0].learnt.delays" }));
  });
});

describe("parallel coordinates", () => {
  it("refuse runs without one value for each axis, and what a logarithmic axis has no place for", () => {
    const axes = [{ label: "rate", isLogarithmic: true }, { label: "score" }];
    const refused = (values: number[], expected: object) =>
      expect(() => parallelCoordinates([{ values: [1, 1] }, { values }], { axes })).toThrow(expect.objectContaining(expected));
    refused([1], { code: "SHAPE_MISMATCH", path: "runs[1].values" });
    refused([1, 2, 3], { code: "SHAPE_MISMATCH", path: "runs[1].values" });
    refused([0, 1], { code: "CONFIG_INVALID", path: "runs[1].values[0]" });
  });
});

describe("a confusion matrix", () => {
  it("counts decisions by label", () => {
    expect(confusionCounts([0, 0, 1], [0, 1, 1])).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(confusionCounts([0], [0], 3)).toHaveLength(3);
    expect(confusionMatrix([0, 0, 1], [0, 1, 1])).toContain("2 of 3 decisions right");
    expect(confusionCounts([0, 1], [0, -1])).toEqual([
      [1, 0],
      [0, 0],
    ]);
    const silent = confusionMatrix([0, 1], [0, -1]);
    expect(silent).toContain(">none</text>");
    expect(silent).toContain("1 of 2 decisions right");
    expect(() => confusionCounts([0, 1], [0])).toThrow(expect.objectContaining({ path: "decisions" }));
  });
});

describe("figures of nothing", () => {
  it("are drawn all the same", () => {
    const silent = SpikeEvents.fromTrains([{ times: [], units: [] }]);
    const point = { loss: 1, accuracy: { firstSpike: 0, count: 0 }, spikes: { perSample: 0 } };
    for (const svg of [
      spikeRaster(silent),
      spikeHistogram(silent),
      spikeHistogram(silent, { by: "unit" }),
      learningCurves([]),
      learningCurves([{ epoch: 1, train: point, validation: null }]),
      confusionMatrix([], []),
      seedSpread([{ series: "one", value: 1 }], { label: "loss" }),
    ]) {
      expect(svg).toMatch(/^<svg/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it("have numbers where numbers belong: nothing else comes into their text", async () => {
    const script = '640" onload="alert(1)' as unknown as number;
    const events = SpikeEvents.fromTrains([{ times: [1], units: [0] }]);
    const gradients = await traced({ type: "antlr" });
    const layer = { weights: new Float32Array(4), biases: new Float32Array(1) };
    const wide = { width: script };
    const [x, y, label] = ["x", "y", "label"];
    for (const draw of [
      () => spikeRaster(events, wide),
      () => spikeHistogram(events, wide),
      () => membraneTraces(gradients, wide),
      () => gradientParts(gradients, wide),
      () => weightMaps(layer, wide),
      () => learntHistogram([{ learnt: { delays: Float32Array.of(1) } }], wide),
      () => learningCurves([], wide),
      () => confusionMatrix([], [], wide),
      () => seedSpread([], { ...wide, label }),
      () => seedScatter([], { ...wide, x, y }),
      () => seedLines([], { ...wide, x, y }),
      () => parallelCoordinates([], { ...wide, axes: [] }),
    ]) {
      expect(draw).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "width" }));
    }
    const at = (path: string, draw: () => string) => expect(draw).toThrow(expect.objectContaining({ path }));
    at("steps", () => spikeRaster(events, { steps: script }));
    at("label", () => spikeRaster(events, { label: script }));
    at("runs[0].x", () => seedScatter([{ series: "one", x: 0, y: 1 }], { x, y, isLogarithmic: true }));
    at("runs[0].x", () => seedLines([{ series: "one", x: 0, y: 1 }], { x, y, isLogarithmic: true }));
    at("units[0]", () => weightMaps(layer, { units: [script] }));
    at("threshold", () => membraneTraces(gradients, { threshold: script }));
    at("labels[0]", () => confusionMatrix([script], [0]));
    at("runs[0].value", () => seedSpread([{ series: "a", value: script }], { label }));
    at("epochs[0].epoch", () => learningCurves([{ epoch: script }] as never));
  });

  it("escape what users name", () => {
    expect(seedSpread([{ series: "a<b", value: 1 }], { label: "x", title: 'loss & "more" <1>' })).toContain(
      "loss &amp; &quot;more&quot; &lt;1&gt;",
    );
    const torn = seedSpread([{ series: "\u001b[31m\ud800", value: 1 }], { label: "x", title: "tab\tfeed\f 😀" });
    expect(torn).toContain(">\ufffd[31m\ufffd<");
    expect(torn).toContain(">tab\tfeed\ufffd 😀<");
  });
});

it("no two of 36 series look alike", () => {
  const looks = Array.from({ length: 36 }, (_, k) => look(k)).map(({ colour, shape }) => `${colour} ${shape}`);
  expect(new Set(looks).size).toBe(36);
});
