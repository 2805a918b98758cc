import { createTrainer, datasets, type Encoding, encode, encodeSpikes } from "spikelet";
import { load, type SpikeTrain } from "spikelet/infer";
import { encode as encodeSample, InferError, SignalEncoder } from "spikelet/infer/encode";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { randomNumbers } from "../support/infer-comparison.js";

const STEPS = 60;
const random = randomNumbers(5);
const VALUES = Float32Array.from({ length: 60 }, (_, k) => (k % 7 === 0 ? 0 : k % 11 === 0 ? 1 : random()));
const BYTES = Uint8Array.from({ length: 60 }, (_, k) => (k % 5 === 0 ? 0 : Math.floor(256 * random())));

const OF_VALUES: Record<string, Encoding> = {
  latency: encode.latency(),
  "latency of zeros": encode.latency({ first: 3.3, last: 70.7, skipZero: false }),
  regular: encode.regular(),
  "regular of zeros": encode.regular({ minInterval: 1, maxInterval: 9.7, first: 2.5, skipZero: false }),
  burst: encode.burst(),
  "long bursts": encode.burst({ maxSpikes: 70, minInterval: 1, maxInterval: 3.7 }),
  rate: encode.rate({ max: 0.3, min: 0.01, seed: 4 }),
  "rate up to each step": encode.rate({ max: 1, min: 0.2, seed: 0xffff_ffff, skipZero: false }),
  stretch: encode.stretch({ max: 90.5 }),
  "stretch down": encode.stretch({ max: 12, min: 1.5, round: "down", skipZero: false }),
  shiftBack: encode.shiftBack({ max: 20.5 }),
  "shiftBack down": encode.shiftBack({ max: 90, min: 2, round: "down", skipZero: false }),
  direct: encode.direct({ every: 7 }),
};

const wave = (phase: number, length: number) =>
  Float32Array.from({ length }, (_, t) => 2 * Math.sin(phase + t / 5) * Math.cos(t / 37) + 0.3 * (random() - 0.5));
const signalsOf = (channels: number, length: number) => Array.from({ length: channels }, (_, k) => wave(k, length));

const OF_SIGNALS: Record<string, [encoding: Encoding, channels: number]> = {
  delta: [encode.delta(), 3],
  "delta from a start": [encode.delta({ threshold: 0.13, start: -0.4, maxSpikes: 4 }), 2],
  levels: [encode.levels(), 2],
  "many levels": [encode.levels({ min: -1.3, max: 1.9, count: 33 }), 1],
  current: [encode.current(), 2],
  "current that spreads": [encode.current({ neurons: 5, gain: 3.3, bias: 0.4, timeConstant: 7.7, spread: 0.6, seed: 9 }), 3],
  "features of sound": [encode.logMel({ window: 64, hop: 20, mels: 8 }), 1],
  "features at other rates": [
    encode.logMel({ sampleRate: 44_100, window: 100, hop: 130, mels: 13, minFrequency: 0, maxFrequency: 20_000.5, floor: 1e-6 }),
    2,
  ],
  "features of levels": [
    encode.logMel({ sampleRate: 8000, window: 256, hop: 80, encoding: encode.levels({ min: -7, max: 3 }) }),
    1,
  ],
  "features of currents": [encode.logMel({ window: 17, hop: 5, mels: 3, encoding: encode.current({ gain: 1, spread: 0.5 }) }), 2],
};

function plain({ times, units, values }: SpikeTrain): { times: number[]; units: number[]; values: number[] | undefined } {
  return { times: Array.from(times), units: Array.from(units), values: values && Array.from(values) };
}

describe.each(BACKENDS)("spikelet/infer/encode, as %s encodes", (backend) => {
  it.each(Object.entries(OF_VALUES))("values: %s", async (_, encoding) => {
    const units = 20;
    for (const values of [VALUES, BYTES]) {
      const rows = Uint32Array.of(0, 7, 0xffff_fff0);
      const expected = await encodeSpikes(values, encoding, { units, steps: STEPS, rows, backend });
      for (const [sample, row] of rows.entries()) {
        const model = { trainedOn: { inputs: "images" as const, shape: [4, 5], encoding }, steps: STEPS };
        const found = encodeSample(model, values.slice(sample * units, (sample + 1) * units), { row });
        const { times, units: fired, values: of } = expected.sample(sample);
        expect(plain(found)).toEqual(plain({ times, units: fired, ...(of && { values: of }) }));
        expect(found.times.length).toBeGreaterThan(0);
      }
    }
  });

  it.each(Object.entries(OF_SIGNALS))("signals, whole and in pieces: %s", async (_, [encoding, channels]) => {
    const signal = signalsOf(channels, 900);
    const data = datasets.fromSeries({ signals: [signal] }).encode(encoding);
    const expected = (await data.events({ steps: 900, backend })).sample(0);
    expect(expected.times.length).toBeGreaterThan(10);
    const model = {
      trainedOn: { inputs: "series" as const, channels, encoding: JSON.parse(JSON.stringify(encoding)) },
      steps: 900,
    };
    const given = channels === 1 ? (signal[0] ?? []) : signal;
    expect(plain(encodeSample(model, given))).toEqual(plain(expected));
    const encoder = new SignalEncoder(encoding, channels);
    expect(encoder.units).toBe(await data.inputUnits());
    for (let round = 0; round < 2; round++) {
      const steps: number[][] = [];
      for (let at = 0, length = 1; at < 900; at += length, length = (3 * length + 1) % 50) {
        steps.push(...encoder.push(signal.map((channel) => channel.subarray(at, at + length))));
      }
      expect(steps.flat()).toEqual(Array.from(expected.units));
      expect(steps.flatMap((fired, step) => fired.map(() => step))).toEqual(Array.from(expected.times));
      encoder.restart();
    }
  });

  it("gives a model the samples that it was trained on", async () => {
    const pixels = BYTES.slice(0, 40);
    const images = datasets.fromImages({ pixels, labels: [0, 1], shape: [4, 5] }).encode(encode.rate({ max: 0.5 }));
    const [image, table, sound] = [pixels.slice(0, 20), [0.3, -7, 4], wave(0, 50)];
    const rows = (await datasets.fromTable("a,b,c,label\n0,-9,3,0\n1,9,3,1\n")).encode(encode.latency());
    const series = datasets.fromSeries({ signals: [[sound], [wave(1, 50)]], labels: [0, 1] }).encode(encode.delta());
    for (const [data, sample] of [
      [images, image],
      [rows, table],
      [series, sound],
    ] as const) {
      const network = {
        input: await data.inputUnits(),
        steps: STEPS,
        neuron: { threshold: 0.01 },
        layers: [{ type: "dense", units: 2 } as const],
      };
      using trainer = await createTrainer({ network }, { backend });
      await trainer.run(data, { epochs: 1 });
      const weights = Float32Array.from({ length: 2 * network.input }, (_, k) => 3 + (k % 3));
      await trainer.setParameters(0, { weights, biases: new Float32Array(2) });
      const model = load(await trainer.exportModel());
      const expected = await trainer.predict(sample);
      const answer = model.predict(encodeSample(model, sample));
      expect(answer.spikes.times).toEqual(expected.layers.at(-1)?.sample(0).times.slice());
      expect(answer.spikes.times.length).toBeGreaterThan(0);
      expect(answer.output).toBe(expected.classes[0]);
    }
  });
});

/** Options that are out of range or do not fit each other, and where. */
const REFUSED: readonly [encoding: Encoding, option: string][] = [
  [encode.latency({ last: -1 }), "last"],
  [encode.latency({ skipZero: 1 as unknown as boolean }), "skipZero"],
  [encode.latency({ late: 3 } as object), "late"],
  [encode.regular({ minInterval: 0 }), "minInterval"],
  [encode.regular({ minInterval: 9, maxInterval: 8 }), "maxInterval"],
  [encode.burst({ maxSpikes: 1.5 }), "maxSpikes"],
  [encode.rate({ max: 1.5 }), "max"],
  [encode.rate({ min: 0.2, max: 0.1 }), "min"],
  [encode.direct({ every: 0 }), "every"],
  [encode.stretch({ max: Number.NaN }), "max"],
  [encode.stretch({} as { max: number }), "max"],
  [encode.shiftBack({ max: 3, round: "near" as "up" }), "round"],
  [encode.delta({ threshold: -1 }), "threshold"],
  [encode.delta({ threshold: 1e-60 }), "threshold"],
  [encode.delta({ start: 1e39 }), "start"],
  [encode.levels({ min: 1, max: 1 }), "max"],
  [encode.levels({ count: 0 }), "count"],
  [encode.current({ timeConstant: 0 }), "timeConstant"],
  [encode.current({ spread: 2 }), "spread"],
  [encode.logMel({ sampleRate: 8000, maxFrequency: 4001 }), "maxFrequency"],
  [encode.logMel({ minFrequency: 9000 }), "minFrequency"],
  [encode.logMel({ encoding: encode.delta({ maxSpikes: 0 }) }), "encoding.maxSpikes"],
];

describe("options that spikelet/infer/encode refuses as the library does", () => {
  it.each(REFUSED)("%j at %s", async (encoding, option) => {
    const isForSignals = ["delta", "levels", "current", "logMel"].includes(encoding.type);
    const data = isForSignals
      ? datasets.fromSeries({ signals: [[new Float32Array(2000)]] })
      : datasets.fromImages({ values: new Float32Array(4), shape: [4] });
    const inLibrary = data.encode(encoding).events({ steps: 9 });
    await expect(inLibrary).rejects.toMatchObject({ code: "CONFIG_INVALID", path: expect.stringMatching(`${option}$`) });
    const trainedOn = { inputs: isForSignals ? ("series" as const) : ("images" as const), shape: [4], encoding };
    const [call, path] = isForSignals
      ? [() => new SignalEncoder(encoding), "encoding"]
      : [() => encodeSample({ trainedOn, steps: 9 }, new Float32Array(4)), "model.trainedOn.encoding"];
    expect(call).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: `${path}.${option}` }));
  });
});

describe("what spikelet/infer/encode refuses", () => {
  const model = (trained: object) => ({ trainedOn: { inputs: "images" as const, shape: [2, 2], ...trained }, steps: 9 });
  const latency = { encoding: encode.latency() };
  it.each<[string, () => unknown, string, string]>([
    [
      "a model that has learnt from nothing",
      () => encodeSample({ trainedOn: undefined, steps: 9 }, [1]),
      "CONFIG_INVALID",
      "model.trainedOn.encoding",
    ],
    ["a model that has learnt from spikes", () => encodeSample(model({}), [1]), "CONFIG_INVALID", "model.trainedOn.encoding"],
    [
      "an encoding of later",
      () => encodeSample(model({ encoding: { type: "toString" } }), [1, 1, 1, 1]),
      "CONFIG_INVALID",
      "model.trainedOn.encoding.type",
    ],
    ["fewer values", () => encodeSample(model(latency), [1]), "SHAPE_MISMATCH", "sample"],
    ["a value above 1", () => encodeSample(model(latency), [0, 1, 1.5, 0]), "DATA_FORMAT", "sample[2]"],
    ["a value that is none", () => encodeSample(model(latency), [0, Number.NaN, 1, 0]), "DATA_FORMAT", "sample[1]"],
    ["values of a signal", () => new SignalEncoder(encode.latency()), "CONFIG_INVALID", "encoding.type"],
    [
      "features of values",
      () => new SignalEncoder({ type: "logMel", encoding: { type: "x" } }),
      "CONFIG_INVALID",
      "encoding.encoding.type",
    ],
    ["fewer channels", () => new SignalEncoder(encode.delta(), 2).push([1, 2]), "SHAPE_MISMATCH", "signal"],
    ["a shorter channel", () => new SignalEncoder(encode.delta(), 2).push([[1, 2], [1]]), "SHAPE_MISMATCH", "signal[1]"],
    [
      "an infinite value",
      () =>
        new SignalEncoder(encode.delta(), 2).push([
          [1, 2],
          [1, Infinity],
        ]),
      "DATA_FORMAT",
      "signal[1][1]",
    ],
  ])("%s", (_, call, code, path) => {
    const thrown = (() => {
      try {
        return call();
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(thrown).toBeInstanceOf(InferError);
    expect(thrown).toMatchObject({ code, path });
  });
});
