import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  encode,
  type Network,
  restoreNetwork,
  type SpikeStream,
  type Statistic,
  type StreamAnswer,
  type StreamDecision,
} from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

const STEPS = 700;

const CONFIG: Config = {
  network: {
    input: 8,
    steps: STEPS,
    layers: [
      { type: "dense", units: 40, recurrent: true },
      { type: "dense", units: 3 },
    ],
    neuron: { threshold: 0.1, membraneDecay: 0.9, currentDecay: 0.7, currentGain: 1 },
  },
  loss: { type: "latency", endSimulation: "off" },
};

/** A network as `CONFIG` has it, with a readout. */
function readout(loss: NonNullable<Config["loss"]>): Config {
  const layers: Config["network"]["layers"] = [
    { type: "dense", units: 40, recurrent: true },
    { type: "dense", units: 3, neuron: { type: "leaky", membraneDecay: 0.95 } },
  ];
  return { network: { ...CONFIG.network, layers }, rule: { type: "activation" }, loss };
}

const STATISTICS = ["mean", "max", "last", "softmaxSum", "each", "expMean"] as const satisfies readonly Statistic[];

const events = Array.from({ length: 3 * STEPS }, (_, k) => ({ time: Math.floor(k / 3), unit: (k * k) % 8 }));
const sample = datasets.fromSpikes({
  spikes: [{ times: events.map(({ time }) => time), units: events.map(({ unit }) => unit) }],
});

/** Spikes of steps `from` to before `to`, counted from `from`, the last first. */
function part(from: number, to: number) {
  const here = events.filter(({ time }) => time >= from && time < to).reverse();
  return { times: here.map(({ time }) => time - from), units: here.map(({ unit }) => unit) };
}

/** Output spikes of answers as `[step, unit]`. */
function spikesOf(answers: readonly StreamAnswer[]): number[][] {
  return answers.flatMap(({ start, spikes: { times, units } }) => Array.from(times, (time, k) => [start + time, units[k] ?? 0]));
}

async function whole(network: Network): Promise<number[][]> {
  const { layers } = await network.predict(sample);
  return [...(layers[1]?.triples() ?? [])].map(([, step, unit]) => [step, unit]);
}

/** The answers of a stream to the sample, `chunk` steps at a time. */
async function answersOf(stream: SpikeStream, chunk: number): Promise<StreamAnswer[]> {
  const answers: StreamAnswer[] = [];
  for (let from = 0; from < STEPS; from += chunk) {
    const to = Math.min(from + chunk, STEPS);
    answers.push(await stream.run(part(from, to), to - from));
  }
  return answers;
}

/** Membranes of answers, step by step. */
function membranesOf(answers: readonly StreamAnswer[]): number[][] {
  return answers.flatMap(({ membranes }) =>
    Array.from({ length: membranes.length / 3 }, (_, step) => [...membranes.subarray(3 * step, 3 * step + 3)]),
  );
}

/** Statistic of membranes by its formula. */
function scoreOf(statistic: Statistic, membranes: readonly number[][], output: number): number {
  const own = membranes.map((step) => step[output] ?? 0);
  if (statistic === "max") return Math.max(...own);
  if (statistic === "last") return own.at(-1) ?? Number.NaN;
  if (statistic === "mean") return own.reduce((sum, y) => sum + y, 0) / own.length;
  if (statistic === "expMean") {
    const weights = own.map((_, step) => Math.exp(-step / STEPS));
    const sum = own.reduce((sum, y, step) => sum + (weights[step] ?? 0) * y, 0);
    return sum / weights.reduce((all, weight) => all + weight, 0);
  }
  if (statistic === "each") {
    const logShares = membranes.map((step) => (step[output] ?? 0) - Math.log(step.reduce((sum, y) => sum + Math.exp(y), 0)));
    return logShares.reduce((sum, z) => sum + z, 0) / membranes.length;
  }
  return membranes.reduce((sum, step) => {
    const parts = step.map((y) => Math.exp(y - Math.max(...step)));
    return sum + (parts[output] ?? 0) / parts.reduce((all, part) => all + part, 0);
  }, 0);
}

function indexOfMax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** What there is to decide by in the steps of some answers, by hand. */
function byHand(answers: readonly StreamAnswer[], from: number, to: number) {
  const here = spikesOf(answers).filter(([step = 0]) => step >= from && step < to);
  const counts = [0, 1, 2].map((output) => here.filter(([, unit]) => unit === output).length);
  const [decisionStep, byFirstSpike] = here[0] ?? [];
  const byCount = here.length > 0 ? indexOfMax(counts) : undefined;
  return { from, to, counts: Uint32Array.from(counts), byCount, byFirstSpike, decisionStep };
}

describe.each(BACKENDS)("a stream on %s", (backend) => {
  it.each([1, 13, 700])("answers as a whole sample, %i steps at a time", async (chunk) => {
    using network = await createNetwork(CONFIG, { backend });
    using stream = await network.stream();
    const answers = await answersOf(stream, chunk);
    const expected = await whole(network);
    expect(expected.length).toBeGreaterThan(50);
    expect(spikesOf(answers)).toEqual(expected);
    const { byCount, byFirstSpike, decisionStep, scoresByCount } = await network.predict(sample);
    expect(answers.at(-1)).toMatchObject({
      steps: STEPS,
      counts: scoresByCount,
      byCount: byCount?.[0],
      byFirstSpike: byFirstSpike?.[0],
      decisionStep: decisionStep?.[0],
    });
    const before = answers.filter(({ steps }) => steps <= (decisionStep?.[0] ?? 0));
    for (const answer of before) expect(answer.decisionStep).toBeUndefined();
  });

  it("hears a signal as a data set does", async () => {
    const encoding = encode.delta({ threshold: 0.2, maxSpikes: 3 });
    const [x, y] = [5, 7].map((rate) => Float32Array.from({ length: STEPS }, (_, t) => 2 * Math.sin(t / rate)));
    const channels = [x, y, y, x].map((channel) => channel ?? new Float32Array(STEPS));
    const data = datasets.fromSeries({ signals: [channels] }).encode(encoding);
    using network = await createNetwork(CONFIG, { backend });
    const { layers } = await network.predict(data);
    const expected = [...(layers[1]?.triples() ?? [])].map(([, step, unit]) => [step, unit]);
    expect(expected.length).toBeGreaterThan(3);
    using stream = await network.stream({ encoding, channels: 4 });
    for (const chunk of [1, 100]) {
      await stream.restart();
      const answers: StreamAnswer[] = [];
      for (let from = 0; from < STEPS; from += chunk) {
        const times = Array.from({ length: chunk }, (_, k) => channels.map((channel) => channel[from + k] ?? 0));
        answers.push(await stream.runSignal(Float32Array.from(times.flat())));
      }
      expect(spikesOf(answers)).toEqual(expected);
    }
  });

  it("hears what each call was given, also where the same memory then holds what comes next", async () => {
    const values = Array.from({ length: 100 }, (_, t) => [5, 7, 9, 11].map((rate) => Math.sin(t / rate)));
    using network = await createNetwork(CONFIG, { backend });
    using spikes = await network.stream();
    using signal = await network.stream({ encoding: encode.delta({ threshold: 0.1 }), channels: 4 });
    const [times, units, memory] = [new Uint16Array(1), new Uint32Array(1), new Float32Array(4)];
    const answers: Promise<StreamAnswer>[][] = [[], []];
    const expected: StreamAnswer[][] = [[], []];
    for (const [t, point] of values.entries()) {
      units[0] = t % 8;
      memory.set(point);
      answers[0]?.push(spikes.run({ times, units }));
      answers[1]?.push(signal.runSignal(memory));
    }
    const heard = await Promise.all(answers.map((all) => Promise.all(all)));
    await spikes.restart();
    await signal.restart();
    for (const [t, point] of values.entries()) {
      expected[0]?.push(await spikes.run({ times: [0], units: [t % 8] }));
      expected[1]?.push(await signal.runSignal(Float32Array.from(point)));
    }
    expect(heard).toEqual(expected);
    for (const all of heard) expect(all.at(-1)?.decisionStep).toBeDefined();
  });

  it.each(STATISTICS)("of a readout has the membranes of a whole sample, and decides by their %s", async (statistic) => {
    using network = await createNetwork(readout({ type: "membrane", statistic }), { backend });
    const { membranes, byMembrane, scoresByMembrane } = await network.predict(sample);
    expect(new Set(membranes).size).toBeGreaterThan(100);
    using stream = await network.stream();
    for (const chunk of [1, 100]) {
      await stream.restart();
      const answers = await answersOf(stream, chunk);
      expect(Float32Array.from(membranesOf(answers).flat())).toEqual(membranes);
      expect(answers.at(-1)).toMatchObject({
        output: byMembrane?.[0],
        byMembrane: byMembrane?.[0],
        scoresByMembrane,
        decisions: [],
      });
      expect(answers.at(-1)).toMatchObject({ byFirstSpike: undefined, counts: new Uint32Array(3) });
    }
  });

  it.each([{ window: 50 }, { window: 60, hop: 7 }, { window: 7, hop: 60 }, { window: 1, hop: 1 }, { window: 65_535, hop: 250 }])(
    "decides over windows as their spikes say, %o",
    async ({ window, hop = window }) => {
      using network = await createNetwork(CONFIG, { backend });
      using plain = await network.stream();
      const answers = await answersOf(plain, STEPS);
      expect(answers[0]?.decisions).toEqual([]);
      const ends = Array.from({ length: Math.floor(STEPS / hop) }, (_, k) => (k + 1) * hop);
      const expected = ends.map((to) => {
        const decision = byHand(answers, Math.max(0, to - window), to);
        return { ...decision, output: decision.byFirstSpike, byMembrane: undefined, scoresByMembrane: new Float32Array() };
      });
      expect(new Set(expected.map(({ counts }) => counts.join())).size).toBeGreaterThan(1);
      using stream = await network.stream(hop === window ? { window } : { window, hop });
      for (const chunk of [1, 13, 700]) {
        await stream.restart();
        const found = await answersOf(stream, chunk);
        expect(found.flatMap(({ decisions }) => decisions)).toEqual(expected);
        await plain.restart();
        const withoutWindows = (await answersOf(plain, chunk)).map((answer) => ({ ...answer, decisions: null }));
        expect(found.map((answer) => ({ ...answer, decisions: null }))).toEqual(withoutWindows);
        for (const { start, steps, decisions } of found) {
          for (const { to } of decisions) expect([to > start, to <= steps]).toEqual([true, true]);
        }
      }
    },
  );

  it.each(STATISTICS)("decides over windows as the %s of their membranes says", async (statistic) => {
    using network = await createNetwork(readout({ type: "membrane", statistic }), { backend });
    using stream = await network.stream({ window: 40, hop: 25 });
    const answers = await answersOf(stream, 13);
    const membranes = membranesOf(answers);
    const decisions = answers.flatMap((answer) => answer.decisions);
    expect(decisions).toHaveLength(STEPS / 25);
    for (const { from, to, output, byMembrane, scoresByMembrane, ...rest } of decisions) {
      expect([from, to % 25]).toEqual([Math.max(0, to - 40), 0]);
      const scores = [0, 1, 2].map((unit) => scoreOf(statistic, membranes.slice(from, to), unit));
      // The exponential of the host may differ from that of the core in its last bit.
      if (["softmaxSum", "each", "expMean"].includes(statistic))
        for (const [unit, score] of scores.entries()) expect(scoresByMembrane[unit]).toBeCloseTo(score, 5);
      else expect(scoresByMembrane).toEqual(Float32Array.from(scores));
      expect([output, byMembrane]).toEqual([indexOfMax(scores), indexOfMax(scores)]);
      expect(rest).toEqual({ counts: new Uint32Array(3), byCount: undefined, byFirstSpike: undefined, decisionStep: undefined });
    }
  });

  it("decides anew after `restartDecision` while the units keep their state", async () => {
    using network = await createNetwork({ ...CONFIG, loss: { type: "count" } }, { backend });
    using plain = await network.stream();
    using stream = await network.stream({ window: 40, hop: 30 });
    const undisturbed = await answersOf(plain, STEPS);
    const found: StreamDecision[] = [];
    for (let from = 0; from < STEPS; from += 100) {
      await stream.restartDecision();
      const answer = await stream.run(part(from, from + 100), 100);
      const { start, steps, decisions, spikes, membranes: _, ...overall } = answer;
      const expected = byHand(undisturbed, from, from + 100);
      expect([start, steps]).toEqual([from, from + 100]);
      expect(overall).toMatchObject({ ...expected, output: expected.byFirstSpike === undefined ? undefined : expected.byCount });
      expect(spikesOf([answer])).toEqual(spikesOf(undisturbed).filter(([step = 0]) => step >= from && step < from + 100));
      expect(spikes.times.length).toBeGreaterThan(0);
      expect(decisions.map(({ from, to }) => [from, to])).toEqual([
        [from, from + 30],
        [from + 20, from + 60],
        [from + 50, from + 90],
      ]);
      found.push(...decisions);
    }
    for (const decision of found) expect(decision).toMatchObject(byHand(undisturbed, decision.from, decision.to));
    await stream.restart();
    const [first] = await answersOf(stream, STEPS);
    expect(first?.spikes).toEqual(undisturbed[0]?.spikes);
    expect(first?.decisions[0]).toMatchObject({ from: 0, to: 30 });
  });

  it("of a network that follows a series gives its membranes and decides nothing", async () => {
    using network = await createNetwork(readout({ type: "trace" }), { backend });
    using stream = await network.stream();
    const [answer] = await answersOf(stream, STEPS);
    expect(answer?.membranes).toEqual((await network.predict(sample)).membranes);
    expect(answer).toMatchObject({ output: undefined, byMembrane: undefined, scoresByMembrane: new Float32Array() });
    await expect(network.stream({ window: 10 })).rejects.toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "window", reason: expect.stringContaining("decides nothing") }),
    );
  });

  it("of a restored network hears signals as in training, and names its answers", async () => {
    const encoding = encode.delta({ threshold: 0.2, maxSpikes: 3 });
    const rates: Record<string, number> = { slow: 9, middling: 5, fast: 3 };
    const labels = ["slow", "fast", "middling", "fast"];
    const signals = labels.map((name, k) =>
      [0, 1, 2, 3].map((phase) => Float32Array.from({ length: 100 }, (_, t) => Math.sin(t / (rates[name] ?? 1) + phase + k))),
    );
    using trainer = await createTrainer(CONFIG, { backend, quiet: true });
    await trainer.run(datasets.fromSeries({ signals, labels }).encode(encoding), { epochs: 1 });
    using network = await restoreNetwork(await trainer.checkpoint(), { backend });
    using stream = await network.stream({ window: 50 });
    using told = await trainer.stream({ encoding, channels: 4, window: 50 });
    const values = Float32Array.from({ length: 400 }, (_, at) => signals[0]?.[at % 4]?.[Math.floor(at / 4)] ?? 0);
    const answer = await stream.runSignal(values);
    expect(answer).toEqual(await told.runSignal(values));
    expect(answer.spikes.times.length).toBeGreaterThan(5);
    for (const { output, name } of [answer, ...answer.decisions]) expect(name).toBe(["fast", "middling", "slow"][output ?? -1]);
    expect(answer.decisions.some(({ name }) => name !== undefined)).toBe(true);
    await expect(network.stream({ channels: 3 })).rejects.toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  });

  it("goes on beyond the steps of the configuration, apart from others and from what is learnt meanwhile", async () => {
    using trainer = await createTrainer(CONFIG, { backend });
    using first = await trainer.stream();
    using second = await trainer.stream();
    const train = datasets.fromSpikes({ spikes: [part(0, STEPS)], labels: [1] });
    const alone: StreamAnswer[] = [];
    for (let k = 0; k < 3; k++) alone.push(await first.run(part(0, STEPS), STEPS));
    await trainer.run(train, { epochs: 1 });
    const beside: StreamAnswer[] = [];
    for (let k = 0; k < 3; k++) beside.push(await second.run(part(0, STEPS), STEPS));
    expect(beside).toEqual(alone);
    expect(beside.at(-1)?.steps).toBe(3 * STEPS);
  });

  it("refuses what does not fit, and runs nothing then", async () => {
    using network = await createNetwork(CONFIG, { backend });
    using stream = await network.stream();
    const refused = (work: Promise<unknown>, code: string, path: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code, path }));
    await refused(stream.run({ times: [2], units: [0] }, 2), "SHAPE_MISMATCH", "spikes.times[0]");
    await refused(stream.run({ times: [0], units: [8] }), "SHAPE_MISMATCH", "spikes.units[0]");
    await refused(stream.run({ times: [0.5], units: [0] }), "DATA_FORMAT", "spikes.times[0]");
    await refused(stream.run({ times: [0, 1], units: [0] }, 2), "SHAPE_MISMATCH", "spikes.units");
    await refused(stream.run({ times: [], units: [] }, 65536), "CONFIG_INVALID", "steps");
    await refused(stream.runSignal(Float32Array.of(1)), "CONFIG_INVALID", "encoding");
    await refused(network.stream({ channels: 4 }), "CONFIG_INVALID", "channels");
    await refused(network.stream({ encoding: encode.delta() }), "SHAPE_MISMATCH", "encoding");
    await refused(network.stream({ encoding: encode.latency(), channels: 4 }), "DATA_FORMAT", "encoding");
    await refused(
      network.stream({ encoding: encode.delta({ threshold: 0 }), channels: 4 }),
      "CONFIG_INVALID",
      "encoding.threshold",
    );
    for (const window of [0, -1, 1.5, 65_536, "10", Number.NaN]) {
      await refused(network.stream({ window: window as number }), "CONFIG_INVALID", "window");
      await refused(network.stream({ window: 10, hop: window as number }), "CONFIG_INVALID", "hop");
    }
    await refused(network.stream({ hop: 10 }), "CONFIG_INVALID", "hop");
    using signal = await network.stream({ encoding: encode.delta(), channels: 4 });
    await refused(signal.runSignal(Float32Array.of(1, 2, 3)), "SHAPE_MISMATCH", "values");
    await refused(signal.runSignal(Float32Array.of(1, 2, 3, Number.NaN)), "DATA_FORMAT", "values[3]");
    expect(await stream.run({ times: [], units: [] }, 0)).toMatchObject({ start: 0, steps: 0 });
    stream.dispose();
    await refused(stream.restart(), "SHAPE_MISMATCH", "stream");
    await refused(stream.restartDecision(), "SHAPE_MISMATCH", "stream");
    network.dispose();
    await refused(stream.restart(), "DISPOSED", "");
  });
});
