// Input events with values: what they are equal to, that streams have them too, and where they are refused.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  encode,
  type InputShape,
  type LayerParameters,
  type Network,
  SpikeEvents,
} from "spikelet";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../ts/random.js";
import {
  configOf,
  drawn,
  expectClose,
  give,
  INPUTS,
  type Layers,
  output,
  RULES,
  type Rule,
  SAMPLES,
  STEPS,
} from "../support/relations.js";

type Event = [sample: number, step: number, unit: number, value: number];

const failure = (code: string, path: string) => expect.objectContaining({ name: "SpikeletError", code, path });

const NETWORKS: Record<string, Layers> = {
  dense: [{ type: "dense", units: 17 }, output()],
  recurrent: [{ type: "dense", units: 17, recurrent: true }, output()],
  "recurrent and adaptive": [{ type: "dense", units: 17, recurrent: true, neuron: { type: "alif" } }, output()],
  "recurrent with delays": [
    { type: "dense", units: 9, recurrent: true, delays: { by: "connection", max: 3, learn: true } },
    { type: "dense", units: 9, recurrent: true, delays: { by: "input", max: 3 } },
    output(),
  ],
  "delays by input": [{ type: "dense", units: 17, delays: { by: "input", max: 4, learn: true } }, output()],
  "delays by connection": [{ type: "dense", units: 17, delays: { by: "connection", max: 4, learn: true } }, output()],
  convolution: [{ type: "conv2d", channels: 3, kernel: 3 }, { type: "flatten" }, output()],
  "average pool": [{ type: "avgPool2d", window: 2, stride: 1 }, { type: "flatten" }, { type: "dense", units: 9 }, output()],
  graph: [
    { name: "a", type: "conv2d", channels: 2, kernel: 3, inputs: [{ type: "oneToOne", from: "input" }] },
    { name: "b", type: "avgPool2d", window: 2, from: ["input", "a"] },
    { name: "c", type: "flatten", from: "b" },
    { name: "d", type: "dense", units: 9, from: "c", recurrent: true },
    { name: "e", type: "flatten", from: "input" },
    {
      name: "out",
      ...output(),
      from: "d",
      inputs: [{ type: "dense", from: "e", delays: { by: "connection", max: 2, learn: true } }],
    },
  ],
};

/** The configuration of a network, whose input is an image where its first layer takes one. */
function configFor(name: string, rule: Rule, steps = STEPS): Config {
  const { network, ...rest } = configOf(NETWORKS[name] as Layers, rule);
  const input: InputShape = network.layers[0]?.type === "dense" ? INPUTS : [2, 3, 3];
  return { ...rest, network: { ...network, input, steps } };
}

const CASES = Object.keys(NETWORKS).flatMap((name) =>
  RULES.map((rule) => [`${name}, ${rule.type}`, configFor(name, rule)] as const),
);

/** Random events, in order; values are multiples of 1/4. */
function drawnEvents(value: (draw: () => number) => number, steps = STEPS): Event[] {
  const draw = mulberry32(3);
  const places = Array.from({ length: SAMPLES * steps * INPUTS }, (_, k) => k).filter(() => draw() < 0.08);
  return places.map((k) => [Math.floor(k / (steps * INPUTS)), Math.floor(k / INPUTS) % steps, k % INPUTS, value(draw)]);
}

const some = (draw: () => number) => Math.round(10 * draw() - 2) / 4 || 1;

const labels = Array.from({ length: SAMPLES }, (_, sample) => sample % 3);

function batch(events: readonly Event[]) {
  return datasets.fromSpikes({ spikes: SpikeEvents.fromTriples(events, SAMPLES), labels });
}

async function gradientsOf(network: Network, events: readonly Event[]) {
  return network.gradients(batch(events));
}

/** Every array of a gradient, by name. */
function arraysOf(layers: readonly LayerParameters[]): [string, Float32Array][] {
  return layers.flatMap(({ weights, biases, learnt = {}, inputs = [] }, layer) => [
    [`${layer}.weights`, weights] as [string, Float32Array],
    [`${layer}.biases`, biases] as [string, Float32Array],
    ...Object.entries(learnt).map(([name, values]) => [`${layer}.${name}`, values] as [string, Float32Array]),
    ...inputs.flatMap((input, k) => [
      [`${layer}.inputs.${k}`, input.weights] as [string, Float32Array],
      ...Object.entries(input.learnt ?? {}).map(
        ([name, values]) => [`${layer}.inputs.${k}.${name}`, values] as [string, Float32Array],
      ),
    ]),
  ]);
}

describe("input events", () => {
  it.each(CASES)("of value 1 are spikes, and of value 0 are not there: %s", async (_, config) => {
    using network = await createNetwork(config);
    await drawn(network);
    const spikes = drawnEvents(() => 1);
    const found = await network.gradients(
      datasets.fromSpikes({
        spikes: SpikeEvents.fromTriples(
          spikes.map(([b, t, i]) => [b, t, i]),
          SAMPLES,
        ),
        labels,
      }),
    );
    expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
    const ones = await gradientsOf(network, spikes);
    expect([ones.prediction, ones.layers]).toEqual([found.prediction, found.layers]);
    const nothing: Event[] = labels.flatMap((_, b) =>
      Array.from({ length: STEPS }, (_, t) => [b, t, (5 * t) % INPUTS, 0] as Event),
    );
    const more = await gradientsOf(network, [...spikes, ...nothing]);
    expect([more.prediction, more.layers]).toEqual([found.prediction, found.layers]);
  });

  it.each(CASES)("of value 2 are two spikes, and those of one step and input add: %s", async (_, config) => {
    using network = await createNetwork(config);
    await drawn(network);
    const events = drawnEvents((draw) => 1 + Math.floor(3 * draw()));
    const repeated = events.flatMap(([b, t, i, value]) => Array.from({ length: value }, () => [b, t, i, 1] as Event));
    const parts = events.flatMap(([b, t, i, value]) => [[b, t, i, value + 1.5] as Event, [b, t, i, -1.5] as Event]);
    const found = await gradientsOf(network, repeated);
    for (const same of [await gradientsOf(network, events), await gradientsOf(network, parts)]) {
      expect(same.prediction.layers).toEqual(found.prediction.layers);
      const arrays = new Map(arraysOf(same.layers));
      for (const [name, values] of arraysOf(found.layers)) expectClose(arrays.get(name), values);
    }
  });

  it("of value 2 are two spikes with e-prop", async () => {
    const { loss: _, ...config } = configFor("recurrent", { type: "eprop" });
    using network = await createNetwork({ ...config, loss: { type: "count", positive: 3 } });
    await drawn(network);
    const events = drawnEvents(() => 2);
    const found = await gradientsOf(
      network,
      events.flatMap(([b, t, i]) => [[b, t, i, 1] as Event, [b, t, i, 1] as Event]),
    );
    const same = await gradientsOf(network, events);
    expect(same.prediction.layers).toEqual(found.prediction.layers);
    expectClose(same.layers[0]?.weights, found.layers[0]?.weights);
  });

  it.each(["dense", "recurrent", "delays by connection"])("of half the value reach twice the weights: %s", async (name) => {
    using network = await createNetwork(configFor(name, RULES[1] as Rule));
    const [first, ...rest] = (await drawn(network)) as [LayerParameters, ...LayerParameters[]];
    const row = first.weights.length / 17;
    const doubled = first.weights.map((weight, k) => (k % row < INPUTS ? 2 * weight : weight));
    const events = drawnEvents(some);
    const found = await gradientsOf(network, events);
    await give(network, [{ ...first, weights: doubled }, ...rest]);
    const same = await gradientsOf(
      network,
      events.map(([b, t, i, value]) => [b, t, i, value / 2]),
    );
    expect(same.prediction.layers).toEqual(found.prediction.layers);
    const halved = found.layers[0]?.weights.map((gradient, k) => (k % row < INPUTS ? gradient / 2 : gradient));
    expectClose(same.layers[0]?.weights, halved);
  });

  it("of a data set stay with their samples, and later ones are dropped", async () => {
    const events = SpikeEvents.fromTriples(
      [
        [1, 3, 0, -2],
        [0, 1, 1, 0.5],
        [1, 0, 2, 3],
      ],
      2,
    );
    const data = datasets.fromSpikes({ spikes: events, shape: [3], labels: [0, 1] });
    const both = SpikeEvents.concat([
      await data.pick([1]).events({ steps: 2 }),
      SpikeEvents.fromTrains([{ times: [0], units: [1] }]),
    ]);
    expect([both.times, both.units, both.values]).toEqual([Uint16Array.of(0, 0), Uint32Array.of(2, 1), Float32Array.of(3, 1)]);
    expect(events.sample(0)).toEqual({ times: Uint16Array.of(1), units: Uint32Array.of(1), values: Float32Array.of(0.5) });
  });

  it.each(Object.keys(NETWORKS))("do in a stream what they do in a sample: %s", async (name) => {
    const steps = 700;
    using network = await createNetwork(configFor(name, RULES[1] as Rule, steps));
    await drawn(network);
    const events = drawnEvents(some, steps).filter(([sample]) => sample === 0);
    const { layers } = await network.predict(datasets.fromSpikes({ spikes: SpikeEvents.fromTriples(events, 1), labels: [0] }));
    const whole = [...(layers.at(-1) as SpikeEvents).triples()].map(([, step, unit]) => [step, unit]);
    expect(whole.length).toBeGreaterThan(20);
    using stream = await network.stream();
    const found: number[][] = [];
    for (let from = 0, count = 1; from < steps; from += count, count = (3 * count) % 50 || 1) {
      const to = Math.min(steps, from + count);
      const here = events.filter(([, step]) => step >= from && step < to);
      // Now and then a call has no event with another value than 1.
      const isPlain = here.every(([, , , value]) => value === 1);
      const train = { times: here.map(([, step]) => step - from), units: here.map(([, , unit]) => unit) };
      const answer = await stream.run({ ...train, ...(!isPlain && { values: here.map(([, , , value]) => value) }) }, to - from);
      for (const [k, time] of answer.spikes.times.entries()) found.push([from + time, answer.spikes.units[k] as number]);
    }
    expect(found).toEqual(whole);
  });

  it("are learnt from: grey values at every step", async () => {
    const values = Float32Array.from({ length: 40 * 9 }, (_, k) => ((k % 9) % 2 === Math.floor(k / 9) % 2 ? 0.75 : 0.125));
    const data = datasets
      .fromImages({ values, shape: [3, 3], labels: Array.from({ length: 40 }, (_, k) => k % 2) })
      .encode(encode.direct());
    const config: Config = {
      network: {
        input: [1, 3, 3],
        steps: 12,
        neuron: { currentDecay: 0.8, membraneDecay: 0.9, currentGain: 2 },
        layers: [{ type: "flatten" }, { type: "dense", units: 12 }, { type: "dense", units: 2 }],
      },
      rule: { type: "activation" },
      loss: { type: "count", positive: 4 },
      optimizer: { type: "adam", learningRate: 0.02 },
      training: { epochs: 6, batchSize: 8, threads: 1, augmentation: { eventDropout: 0.05 } },
    };
    const lossesOf = async (threads: number) => {
      using trainer = await createTrainer({ ...config, training: { ...config.training, threads } });
      const losses: number[] = [];
      for await (const event of trainer.run(data)) if (event.type === "epochEnd") losses.push(event.train.loss);
      return losses;
    };
    const losses = await lossesOf(1);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
    expect(await lossesOf(2)).toEqual(losses);
  });
});

describe("values of events", () => {
  const spikes = [{ times: [1, 2], units: [0, 3], values: [0.5, 2] }];
  const pools: Layers[] = [
    [{ type: "maxPool2d", window: 2 }, { type: "flatten" }, { type: "dense", units: 2 }],
    [{ type: "avgPool2d", window: 2 }, { type: "maxPool2d", window: 2 }, { type: "flatten" }, { type: "dense", units: 2 }],
    [
      { name: "mean", type: "avgPool2d", window: 2, from: "input" },
      { name: "max", type: "maxPool2d", window: 2, from: "mean" },
      { name: "list", type: "flatten", from: "max" },
      { name: "out", type: "dense", units: 2, from: ["list"], inputs: [{ type: "dense", from: "all" }] },
    ],
  ];
  it.each(pools.slice(0, 2))("are refused where they reach a max pool: %#", async (...layers) => {
    using network = await createNetwork({ network: { input: [1, 4, 4], steps: 5, layers } });
    await expect(network.predict(datasets.fromSpikes({ spikes, labels: [0] }))).rejects.toEqual(
      failure("DATA_FORMAT", "events.values"),
    );
    using stream = await network.stream();
    await expect(stream.run(spikes[0] as never, 5)).rejects.toEqual(failure("DATA_FORMAT", "spikes.values"));
  });

  it("go through a max pool as spikes of a layer", async () => {
    const layers: Layers = [
      { type: "conv2d", channels: 2, kernel: 3 },
      { type: "maxPool2d", window: 2 },
      { type: "flatten" },
      { type: "dense", units: 2 },
    ];
    using network = await createNetwork({ network: { input: [1, 4, 4], steps: 5, layers } });
    expect((await network.predict(datasets.fromSpikes({ spikes, labels: [0] }))).layers).toHaveLength(2);
  });

  it.each([
    [[Number.NaN, 1], "DATA_FORMAT", "spikes[0].values[0]"],
    [[1, Number.POSITIVE_INFINITY], "DATA_FORMAT", "spikes[0].values[1]"],
    [[1], "SHAPE_MISMATCH", "spikes[0].values"],
  ])("must be one finite number for each event: %j", (values, code, path) => {
    expect(() => datasets.fromSpikes({ spikes: [{ times: [1, 2], units: [0, 3], values }] })).toThrow(failure(code, path));
  });

  it("are none of targets, and not in shards", async () => {
    const given = { times: [1], units: [0], values: [2] };
    expect(() => datasets.fromSpikes({ spikes: [given], trains: [given] })).toThrow(failure("DATA_FORMAT", "trains.values"));
    const folder = await mkdtemp(join(tmpdir(), "spikelet-"));
    const data = datasets.fromSpikes({ spikes: [given], shape: [4], labels: [0] });
    await expect(datasets.packShards(data, { dir: join(folder, "shards") })).rejects.toEqual(failure("DATA_FORMAT", "data"));
    await rm(folder, { recursive: true });
  });
});
