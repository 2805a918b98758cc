import { type Config, createNetwork, createTrainer, datasets, encode, type Network, type StreamAnswer } from "spikelet";
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

describe.each(BACKENDS)("a stream on %s", (backend) => {
  it.each([1, 13, 700])("answers as a whole sample, %i steps at a time", async (chunk) => {
    using network = await createNetwork(CONFIG, { backend });
    using stream = await network.stream();
    const answers: StreamAnswer[] = [];
    for (let from = 0; from < STEPS; from += chunk) {
      const to = Math.min(from + chunk, STEPS);
      answers.push(await stream.run(part(from, to), to - from));
    }
    const expected = await whole(network);
    expect(expected.length).toBeGreaterThan(50);
    expect(spikesOf(answers)).toEqual(expected);
    const { byCount, byFirstSpike, decisionStep, scoresByCount } = await network.predict(sample);
    expect(answers.at(-1)).toMatchObject({
      steps: STEPS,
      counts: scoresByCount,
      byCount: byCount[0],
      byFirstSpike: byFirstSpike[0],
      decisionStep: decisionStep[0],
    });
    const before = answers.filter(({ steps }) => steps <= (decisionStep[0] ?? 0));
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
    using signal = await network.stream({ encoding: encode.delta(), channels: 4 });
    await refused(signal.runSignal(Float32Array.of(1, 2, 3)), "SHAPE_MISMATCH", "values");
    await refused(signal.runSignal(Float32Array.of(1, 2, 3, Number.NaN)), "DATA_FORMAT", "values[3]");
    expect(await stream.run({ times: [], units: [] }, 0)).toMatchObject({ start: 0, steps: 0 });
    stream.dispose();
    await refused(stream.restart(), "SHAPE_MISMATCH", "stream");
    network.dispose();
    await refused(stream.restart(), "DISPOSED", "");
  });
});
