import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createNetwork, datasets, encode, restoreNetwork, type SpikeTrain } from "spikelet";
import { describe, expect, it } from "vitest";
import { Draws } from "../../research/datasets/draws.js";
import { ROOT } from "../../research/pages/made-page.js";
import { allLevels, made, PAGE, strongest } from "../../research/pages/robustness.js";
import { disturbed, jittered, LEVELS, mismatched, thinned, withSpurious } from "../../research/robustness/disturbances.js";
import { atEqualAccuracy, atEqualSpikes, type Entry, entries, withPrice } from "../../research/robustness/networks.js";
import { type Line, robustness } from "../../research/robustness/study.js";

/** 400 spikes of 20 inputs over 100 steps. */
const TRAIN: SpikeTrain = {
  times: Array.from({ length: 400 }, (_, k) => Math.floor(k / 4)),
  units: Array.from({ length: 400 }, (_, k) => k % 20),
};

const spread = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

describe("a disturbance of input spikes", () => {
  it("moves each spike in time, within the simulation", () => {
    const one: SpikeTrain = { times: Array.from({ length: 2000 }, () => 50), units: Array.from({ length: 2000 }, (_, k) => k) };
    const { times, units } = jittered(one, 4, 100, new Draws(1));
    expect(spread(Array.from(times))).toBeCloseTo(4, 0);
    expect(new Set(Array.from(units)).size).toBe(2000);
    const early = jittered({ times: [0, 0, 0, 0], units: [0, 1, 2, 3] }, 50, 60, new Draws(2));
    expect(Array.from(early.times).every((time, k, all) => time >= (all[k - 1] ?? 0) && time < 60)).toBe(true);
  });

  it("leaves spikes out", () => {
    const left = thinned(TRAIN, 0.25, new Draws(1)).times.length;
    expect(left).toBeGreaterThan(270);
    expect(left).toBeLessThan(330);
    expect(thinned(TRAIN, 0, new Draws(1))).toEqual(TRAIN);
  });

  it("adds spikes of any input before the last step of the input", () => {
    const { times, units } = withSpurious(TRAIN, 0.5, { inputs: 20, end: 10 }, new Draws(1));
    expect(times.length).toBe(600);
    expect(Array.from(times).filter((time) => time < 10).length).toBe(240);
    expect(Math.max(...Array.from(units))).toBe(19);
  });
});

describe("networks that are disturbed", async () => {
  const digits = (await datasets.digits()).encode(encode.latency({ first: 0, last: 24 })).slice(0, 40);
  const layers = [
    { type: "dense", units: 30 },
    { type: "dense", units: 10, neuron: { type: "leaky" } },
  ] as const;
  const network = await createNetwork({
    network: { input: 784, steps: 40, layers: [...layers] },
    loss: { type: "membrane" },
    training: { initialActivity: { spikesPerUnit: [0.5] }, seed: 1 },
  });

  it("keep their samples where the network is disturbed, and their labels where the input is", async () => {
    expect(await disturbed(digits, { kind: "threshold", level: 1 }, 40, 1)).toBe(digits);
    const fewer = await disturbed(digits, { kind: "deletion", level: 0.5 }, 40, 1);
    expect(fewer.labels).toEqual(digits.labels);
    const count = async (data: typeof digits) => (await data.events({ steps: 40 })).times.length;
    expect((await count(fewer)) / (await count(digits))).toBeCloseTo(0.5, 1);
  });

  it.each(["threshold", "decay"] as const)("have a %s of its own for each unit, and the gains of before", async (kind) => {
    const other = await mismatched(network, { kind, level: 0.2 }, 1);
    const [hidden] = other.config.network.layers as { neuron?: Record<string, unknown> }[];
    const name = kind === "threshold" ? "threshold" : "membraneDecay";
    const constants = hidden?.neuron?.[name] as number[];
    expect(new Set(constants).size).toBe(30);
    if (kind === "threshold") expect(spread(constants.map(Math.log))).toBeCloseTo(0.2, 1);
    // −1/ln d is the time constant.
    else expect(spread(constants.map((decay) => Math.log(-1 / Math.log(decay))))).toBeCloseTo(0.2, 1);
    expect(other.info.layerGains[0]?.membrane).toEqual(network.info.layerGains[0]?.membrane);
    expect(await other.parameters()).toEqual(await network.parameters());
  });

  it("are themselves without mismatch", async () => {
    const same = await mismatched(network, { kind: "threshold", level: 0 }, 1);
    const [one, two] = await Promise.all([network, same].map((each) => each.predict(digits)));
    expect(two?.classes).toEqual(one?.classes);
  });
});

const WITH_READOUT: Entry["config"]["network"] = {
  input: 784,
  steps: 60,
  layers: [
    { type: "dense", units: 40 },
    { type: "dense", units: 10, neuron: { type: "leaky" } },
  ],
};

describe("the study of robustness", async () => {
  const some = Array.from({ length: 1400 }, (_, k) => 7 * k);
  const digits = (await datasets.digits()).pick(some).encode(encode.latency());
  const split = digits.split({ seed: 1, validation: 60, test: 60 });
  const entry: Entry = {
    name: "small",
    config: {
      network: WITH_READOUT,
      loss: { type: "membrane" },
      optimizer: { type: "adam", learningRate: 0.003 },
      training: {
        batchSize: 16,
        epochs: 4,
        silentUnitUpdate: { rules: "all", strength: 0 },
        initialActivity: { spikesPerUnit: [0.5] },
      },
    },
  };

  it("takes each searched pair of the verdict once, with what its search chose", async () => {
    const all = await entries("mnist");
    expect(all.map(({ name }) => name)).toContain("antlr, latency");
    expect(new Set(all.map(({ name }) => name)).size).toBe(12);
    const { config } = all[0] ?? {};
    expect(config).toMatchObject({ optimizer: { learningRate: 0.000613457 }, rule: { type: "antlr" } });
    expect(config).not.toHaveProperty("data");
  });

  it.each(["mnist", "fashion-mnist"] as const)("takes the losses that only the wider search has: %s", async (dataset) => {
    const wider = (await entries(dataset)).filter(({ name }) => name.endsWith(", wider"));
    expect(wider.map(({ config: { loss } }) => loss)).toMatchObject([
      { spikeGradient: "relaxed" },
      { type: "countCrossEntropy" },
    ]);
  });

  it("tells the accuracy of a network without and with every disturbance, the same again for the same seed", async () => {
    const told = async () => {
      const lines: Line[] = [];
      for await (const line of robustness({ entries: [entry], seeds: [1], compared: ["best", "equal"], equal: 0.92 }, split))
        lines.push(line);
      return lines;
    };
    const lines = await told();
    const levels = LEVELS.flatMap(([kind, all]) => all.map((level) => `${kind} ${level}`));
    expect(lines.map(({ kind, level }) => `${kind} ${level}`)).toEqual(["none 0", ...levels]);
    const of = (kind: string, level: number) => lines.find((line) => line.kind === kind && line.level === level)?.test ?? 0;
    expect(of("none", 0)).toBeGreaterThan(0.5);
    expect(of("bits", 8)).toBeGreaterThan(of("none", 0) - 0.1);
    expect(of("deletion", 0.5)).toBeLessThan(of("none", 0));
    expect(await told()).toEqual(lines);
  });

  it("lets whole numbers decide by first spikes where the loss is that of latencies", async () => {
    const layers = [
      { type: "dense", units: 40 },
      { type: "dense", units: 10 },
    ] as const;
    const config: Entry["config"] = {
      ...entry.config,
      network: { ...entry.config.network, layers: [...layers] },
      loss: { type: "latency", endSimulation: "off" },
      training: { ...entry.config.training, initialActivity: { spikesPerUnit: 0.5 } },
    };
    const tests = new Map<string, number>();
    for await (const { kind, level, test = 0 } of robustness(
      { entries: [{ name: "latency", config }], seeds: [1], compared: ["best"], equal: 1 },
      split,
    ))
      tests.set(`${kind} ${level}`, test);
    expect(tests.get("none 0")).toBeGreaterThan(0.3);
    expect(tests.get("bits 8")).toBeGreaterThan((tests.get("none 0") ?? 1) - 0.05);
  });

  it("ends a training at the accuracy that all are compared at", async () => {
    using network = await restoreNetwork((await atEqualAccuracy(entry, 1, split, 0.5)) ?? new Uint8Array());
    expect((await network.evaluate(split.validation)).accuracy.decision).toBeGreaterThanOrEqual(0.5);
    const timing = { ...entry, config: { ...entry.config, training: { silentUnitUpdate: { strength: 1 } } } };
    expect(await atEqualAccuracy(timing, 1, split, 0)).toBeUndefined();
  });
});

describe("networks that fire equally often", async () => {
  const digits = (await datasets.digits()).pick(Array.from({ length: 700 }, (_, k) => 7 * k)).encode(encode.latency());
  const split = digits.split({ seed: 1, validation: 60, test: 60 });
  const config: Entry["config"] = {
    network: WITH_READOUT,
    rule: { type: "activation" },
    loss: { type: "membrane" },
    optimizer: { type: "adam", learningRate: 0.003 },
    training: { batchSize: 16, epochs: 3, silentUnitUpdate: { rules: "off" }, initialActivity: { spikesPerUnit: [1] } },
  };
  const entry: Entry = { name: "small", config };

  it("have a price of a spike that brings them there, the same for every seed", async () => {
    const priced = await withPrice(entry, split, 0.9);
    expect(priced.price).toBeGreaterThan(0);
    using network = await restoreNetwork((await atEqualSpikes(priced, 1, split)) ?? new Uint8Array());
    const [hidden = 0] = (await network.evaluate(split.validation)).spikes.perUnit;
    expect(Math.abs(hidden - 0.9)).toBeLessThan(0.1);
  });

  it("are missing where no price acts, and where fewer spikes are fired without one", async () => {
    const exact: Entry = { name: "small", config: { ...config, rule: { type: "eventProp" } } };
    for (const other of [await withPrice(exact, split, 0.5), await withPrice(entry, split, 50)]) {
      expect(other).not.toHaveProperty("price");
      expect(await atEqualSpikes(other, 1, split)).toBeUndefined();
    }
  });
});

describe("the tables of robustness", () => {
  const line = (seed: number, kind: Line["kind"], level: number, test: number): Line => {
    return { name: "antlr, latency", seed, accuracy: "best", kind, level, test };
  };
  const lines: Line[] = [
    { ...line(1, "none", 0, 0.98), spikes: { perSample: 90, untilDecision: 60, hidden: 0.3 } },
    { ...line(2, "none", 0, 0.97), spikes: { perSample: 90, untilDecision: 60, hidden: 0.5 } },
    line(1, "jitter", 4, 0.96),
    line(2, "jitter", 4, 0.96),
    line(1, "bits", 2, 0.985),
    line(2, "bits", 2, 0.975),
  ];

  it("have the points that are lost, paired by seed", () => {
    const [head = [], row = []] = strongest(lines, "best");
    const cell = (column: string) => row[head.indexOf(column)];
    expect(cell("undisturbed, %")).toBe("97.50 ± 0.71");
    expect(cell("spikes per hidden unit")).toBe("0.40 ± 0.14");
    expect(cell("spike times ± 4 steps")).toBe("1.5 ± 0.7");
    expect(cell("weights of 2 bits")).toBe("−0.5 ± 0.0");
    expect(cell("thresholds ± 40 %")).toBe("");
    expect(strongest(lines, "equal")).toHaveLength(1);
  });

  it("have every level, below accuracy and spikes", () => {
    const rows = new Map(allLevels(lines, "best").map(([name = "", ...cells]) => [name, cells]));
    expect(rows.get("points lost by")).toEqual(["antlr, latency"]);
    expect(rows.get("spikes per hidden unit")).toEqual(["0.40 ± 0.14"]);
    expect(rows.get("spike times ± 4 steps")).toEqual(["1.5 ± 0.7"]);
    expect(rows.size).toBe(3 + LEVELS.flatMap(([, levels]) => levels).length);
  });

  it("of the page are made of the records", async () => {
    const before = readFileSync(join(ROOT, PAGE), "utf8");
    expect(before).toContain("<!-- made: robustness");
    expect((await made(before)).text).toBe(before);
  });
});
