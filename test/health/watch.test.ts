import type { Config, EpochRecord, Metrics, WarningEvent } from "spikelet";
import { describe, expect, it } from "vitest";
import type { ResolvedConfig } from "../../ts/config.js";
import type { CoreEvent } from "../../ts/events.js";
import { HealthWatch, warningsOf } from "../../ts/health/watch.js";
import { metricsOf } from "../support/metrics.js";

const layers = [
  { inputs: 20, units: 50, filters: 50 },
  { inputs: 50, units: 10, filters: 10 },
];

const config = {
  network: { input: 20, steps: 100, layers: [] },
  rule: { type: "antlr" },
  loss: { type: "latency" },
  regularizers: {},
  training: { batchSize: 16, gradientClip: 1, silentUnitUpdate: { strength: 100, rules: "timing", convolutions: false } },
} as unknown as ResolvedConfig;

/** An epoch of a network of two layers in which all is well, but for what is given. */
function healthy(given: Partial<Metrics> = {}, { perUnit = [0.4, 0.1] }: { perUnit?: number[] } = {}): Metrics {
  const { spikes } = metricsOf(1000);
  const perSample = (perUnit[0] ?? 0) * 50 + (perUnit[1] ?? 0) * 10;
  return metricsOf(1000, {
    spikes: { ...spikes, perUnit, perSample },
    silentFraction: [0.7, 0.9],
    saturatedFraction: [0, 0],
    decisionStep: { mean: 60, median: 60, min: 3 },
    gradientNorm: 10,
    ...given,
  });
}

function epochEnd(epoch: number, train: Metrics, validation: Metrics | null = null): CoreEvent & EpochRecord {
  return { type: "epochEnd", epoch, epochs: 20, learningRate: 0.1, train, validation, bestEpoch: epoch };
}

/** The warnings after each of some epochs. */
function course(epochs: readonly Metrics[], settings: ResolvedConfig = config): string[][] {
  const watch = new HealthWatch(settings, layers);
  return epochs.map((train, k) => codes(watch.watch([epochEnd(k + 1, train)])));
}

function codes(events: readonly (CoreEvent | WarningEvent)[]): string[] {
  return events.flatMap((event) =>
    event.type === "warning" ? [event.layer === null ? event.code : `${event.code} ${event.layer}`] : [],
  );
}

function step(batch: number, spikesPerSample: number): CoreEvent {
  const running = { samples: 16 * batch, loss: 1, accuracy: { count: 0, firstSpike: 0 }, spikesPerSample };
  return { type: "step", epoch: 1, batch, batches: 40, step: batch, loss: 1, running };
}

describe("a healthy training", () => {
  it("gives no warning, with falling loss and fewer spikes", () => {
    const epochs = [2, 1.5, 1, 0.5].map((loss, k) => healthy({ loss }, { perUnit: [0.4 / 10 ** k, 0.1] }));
    expect(course(epochs).flat()).toEqual([]);
  });
});

describe("a training that goes on", () => {
  it("gives no warning again that was given before, and knows how it began", () => {
    const watch = new HealthWatch(config, layers);
    const silent = healthy({ silentFraction: [1, 1], gradientNorm: 0 }, { perUnit: [0, 0] });
    watch.remember([{ ...epochEnd(1, silent) }]);
    expect(codes(watch.watch([...Array.from({ length: 40 }, (_, k) => step(k + 1, 0)), epochEnd(2, silent)]))).toEqual([]);
    const flat = new HealthWatch(config, layers);
    flat.remember([epochEnd(1, healthy()), epochEnd(2, healthy())]);
    expect(codes(flat.watch([epochEnd(3, healthy())]))).toEqual(["FLAT_LOSS"]);
  });

  it("knows of silent epochs too short for a warning in their midst, as if it had not stopped", () => {
    const mute = healthy({ silentFraction: [1, 1], samples: 32 }, { perUnit: [0, 0] });
    const faint = healthy({ silentFraction: [0.99, 1], samples: 32 }, { perUnit: [0.01, 0] });
    expect(course([mute, { ...mute, loss: 0.9 }, { ...faint, loss: 0.8 }])).toEqual([["SILENT_LAYER 0"], [], []]);
    const watch = new HealthWatch(config, layers);
    watch.remember([epochEnd(1, mute), epochEnd(2, { ...mute, loss: 0.9 })]);
    expect(codes(watch.watch([epochEnd(3, { ...faint, loss: 0.8 })]))).toEqual([]);
  });

  it("knows of the warning in the midst of the epoch that was stopped", () => {
    const mute = healthy({ silentFraction: [1, 1] }, { perUnit: [0, 0] });
    const steps = Array.from({ length: 40 }, (_, k) => step(k + 1, 0));
    const whole = new HealthWatch(config, layers);
    expect(codes(whole.watch([...steps, epochEnd(1, mute)]))).toEqual(["SILENT_NETWORK"]);
    const rest = new HealthWatch(config, layers);
    expect(codes(rest.watch([...steps.slice(30), epochEnd(1, mute)]))).toEqual([]);
  });
});

describe("a silent network", () => {
  it("is noticed within an epoch, once", () => {
    const watch = new HealthWatch(config, layers);
    const silent = Array.from({ length: 40 }, (_, k) => step(k + 1, 0));
    expect(watch.watch(silent).findIndex(({ type }) => type === "warning")).toBe(20);
    const still = healthy({ silentFraction: [1, 1], gradientNorm: 0 }, { perUnit: [0, 0] });
    expect(codes(watch.watch([epochEnd(1, still), ...silent]))).toEqual([]);
    expect(codes(watch.watch([epochEnd(2, healthy({ loss: 0.5 })), ...silent]))).toEqual(["SILENT_NETWORK"]);
  });

  it("is none where a single spike fell", () => {
    expect(codes(new HealthWatch(config, layers).watch(Array.from({ length: 40 }, (_, k) => step(k + 1, 0.001))))).toEqual([]);
  });
});

describe("layers", () => {
  const silent = healthy({ silentFraction: [0.99, 1] }, { perUnit: [0.01, 0] });

  it("that are silent: the lowest is named, once until it changes", () => {
    expect(course([silent, silent, healthy({ loss: 0.5 }), silent])).toEqual([
      ["SILENT_LAYER 0"],
      [],
      [],
      ["SILENT_LAYER 0", "VANISHING_SPIKES 0", "VANISHING_SPIKES 1"],
    ]);
    const upper = healthy({ silentFraction: [0.7, 0.99, 1] }, { perUnit: [0.4, 0.01, 0] });
    const deep = [layers[0], layers[0], layers[1]].flatMap((layer) => layer ?? []);
    expect(warningsOf(upper, config, deep).map(({ code, layer }) => [code, layer])).toEqual([["SILENT_LAYER", 1]]);
  });

  it("that are large and sparse are not silent", () => {
    expect(course([healthy({ silentFraction: [0.97, 0.9] }, { perUnit: [0.03, 0.1] })])).toEqual([[]]);
  });

  it("that stay silent at the output in half of the samples", () => {
    expect(course([healthy({ decisionStep: { mean: 80, median: 100, min: 3 } })])).toEqual([["SILENT_OUTPUT 1"]]);
  });

  it("that are saturated, each", () => {
    expect(course([healthy({ saturatedFraction: [0.3, 0.25] }), healthy({ saturatedFraction: [0.1, 0.3] })])).toEqual([
      ["SATURATED_LAYER 0", "SATURATED_LAYER 1"],
      [],
    ]);
  });

  it("are judged by the validation where there is one", () => {
    const watch = new HealthWatch(config, layers);
    expect(codes(watch.watch([epochEnd(1, silent, healthy())]))).toEqual([]);
    expect(codes(watch.watch([epochEnd(2, healthy(), silent)]))).toEqual(["SILENT_LAYER 0"]);
  });
});

describe("input that comes after the last step", () => {
  const late = (fraction: number) => ({ fraction, steps: 1320 });
  const silent = healthy({ silentFraction: [0.99, 1] }, { perUnit: [0.01, 0] });

  it("is told once, with its fraction and the steps that it needs", () => {
    const watch = new HealthWatch(config, layers);
    const [warning] = watch.lateInput(late(0.02));
    expect(warning).toMatchObject({
      code: "LATE_INPUT",
      layer: null,
      message: expect.stringMatching(/^2 % of the input spikes/),
    });
    expect(`${warning?.message} ${warning?.advice}`).toMatch(/1320 steps.*`network\.steps` to 1320/);
    expect(watch.lateInput(late(0.02))).toEqual([]);
    const resumed = new HealthWatch(config, layers);
    resumed.remember([epochEnd(1, healthy())]);
    expect(resumed.lateInput(late(0.02))).toEqual([]);
    expect(warningsOf(healthy(), config, layers, late(0.02)).map(({ code }) => code)).toEqual(["LATE_INPUT"]);
    expect(new HealthWatch(config, layers).lateInput(undefined)).toEqual([]);
  });

  it.each([
    [1, /network\.steps/, /threshold/],
    [0.02, /threshold/, /network\.steps/],
  ])("is the advice about silent units where much of it is lost, %d", (fraction, expected, other) => {
    const events = [...Array.from({ length: 20 }, (_, k) => step(k + 1, 0)), epochEnd(1, silent)];
    for (const some of [events.slice(0, 20), events.slice(20)]) {
      const watch = new HealthWatch(config, layers);
      watch.lateInput(late(fraction));
      const advice = watch.watch(some).flatMap((event) => (event.type === "warning" ? [event.advice] : []));
      expect(advice).toEqual([expect.stringMatching(expected)]);
      expect(advice[0]).not.toMatch(other);
    }
  });
});

describe("spikes", () => {
  it("vanish when they are a tenth and the loss is no lower", () => {
    const few = { perUnit: [0.03, 0.1] };
    expect(course([healthy(), healthy({ loss: 1 }, few)])).toEqual([[], ["VANISHING_SPIKES 0"]]);
    expect(course([healthy(), healthy({ loss: 0.9 }, few)])).toEqual([[], []]);
  });
});

describe("the gradient", () => {
  it("vanishes below 1e-8 a parameter, unless all is learnt", () => {
    expect(course([healthy({ gradientNorm: 3e-7 })])).toEqual([["VANISHING_GRADIENT"]]);
    expect(course([healthy({ gradientNorm: 5e-7 })])).toEqual([[]]);
    expect(course([healthy({ gradientNorm: 0, accuracy: { count: 0.2, firstSpike: 0.95 } })])).toEqual([[]]);
  });

  it("explodes from 100 a parameter on, or at a hundredfold without a lower loss", () => {
    expect(course([healthy({ gradientNorm: 4000 })])).toEqual([["EXPLODING_GRADIENT"]]);
    expect(course([healthy({ gradientNorm: 1 }), healthy({ gradientNorm: 100 })])).toEqual([[], ["EXPLODING_GRADIENT"]]);
    expect(course([healthy({ gradientNorm: 1 }), healthy({ gradientNorm: 100, loss: 0.9 })])).toEqual([[], []]);
    expect(course([healthy({ gradientNorm: 1 }), healthy({ gradientNorm: 90 })])).toEqual([[], []]);
  });
});

describe("the loss", () => {
  const losses = (...values: number[]) => values.map((loss) => healthy({ loss }));

  it("does not move when it stays within 2 % for three epochs, unless all is learnt", () => {
    expect(course(losses(1, 1.01, 0.99, 0.99))).toEqual([[], [], ["FLAT_LOSS"], []]);
    expect(course(losses(1, 0.97, 0.99))).toEqual([[], [], []]);
    const learnt = healthy({ accuracy: { count: 0.95, firstSpike: 0.5 } });
    expect(course([learnt, learnt, learnt]).flat()).toEqual([]);
  });

  it("may stand still where a checkpoint goes on", () => {
    const watch = new HealthWatch(config, layers);
    expect(codes([5, 6, 7].flatMap((epoch) => watch.watch([epochEnd(epoch, healthy())])))).toEqual([]);
  });

  it("rises at 1.2 times that of the first epoch", () => {
    expect(course(losses(1, 1.19, 1.2, 1.3))).toEqual([[], [], ["RISING_LOSS"], []]);
  });
});

describe("advice", () => {
  it("names the preset for toys where samples are few", () => {
    const advice = (samples: number) => {
      const silent = { ...healthy({ samples, silentFraction: [1, 1] }, { perUnit: [0.001, 0] }), samples };
      const watch = new HealthWatch(config, layers);
      return watch.watch([epochEnd(1, silent)]).flatMap((event) => (event.type === "warning" ? [event.advice] : []));
    };
    expect(advice(100)[0]).toMatch(/start from `presets.toy`/);
    expect(advice(501)[0]).not.toMatch(/toy/);
  });

  const adviceOn = (metrics: Metrics, settings: Partial<Config>) =>
    new HealthWatch({ ...config, ...settings } as ResolvedConfig, layers)
      .watch([epochEnd(1, metrics)])
      .flatMap((event) => (event.type === "warning" ? [event.advice] : []))
      .join("\n");
  const silent = healthy({ silentFraction: [1, 1] }, { perUnit: [0.001, 0] });
  const stuck = healthy({ gradientNorm: 0 });

  it("depends on the configuration", () => {
    expect(adviceOn(silent, {})).toMatch(/^set `training.silentUnitUpdate.rules` to "all"/);
    expect(adviceOn(silent, { rule: { type: "timing" } })).toMatch(/^raise `training.silentUnitUpdate.strength`/);
    expect(adviceOn(silent, { regularizers: { spikePenalty: 1 } })).toBe("lower `regularizers.spikePenalty`");
    expect(adviceOn(stuck, { rule: { type: "activation" } })).toMatch(/set `rule.type` to "antlr" or "timing"/);
    for (const type of ["count", "countCrossEntropy"] as const) {
      expect(adviceOn(stuck, { rule: { type: "timing" }, loss: { type } })).toMatch(/`loss.type` to "latency"/);
    }
    expect(adviceOn(stuck, { rule: { type: "antlr", surrogate: { type: "triangle" } } })).toMatch(
      /^raise `rule.surrogate.halfWidth`/,
    );
    expect(adviceOn(healthy({ saturatedFraction: [1, 0] }), {})).toMatch(/`regularizers.rateBounds.upper`/);
    expect(adviceOn(healthy({ saturatedFraction: [0, 1] }), {})).toMatch(/`network.neuron.refractory`/);
    expect(adviceOn(healthy({ gradientNorm: 1e6 }), { training: { gradientClip: null } })).toMatch(
      /^set `training.gradientClip` to 1/,
    );
  });
});
