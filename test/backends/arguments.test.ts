import { inspect } from "node:util";
import {
  createNetwork,
  createTrainer,
  datasets,
  type EventArrays,
  encode,
  restoreTrainer,
  type SpikeDataset,
  SpikeEvents,
  SpikeletError,
} from "spikelet";
import { loadBackend } from "spikelet/backend";
import { spikeHistogram, spikeRaster } from "spikelet/plot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { type Call, callsOf, publicNames, type Supply, supplyOf } from "../support/calls.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const NAMES = [...publicNames(), "SpikeEvents.constructor"];

/** Fields of what the library itself gave, which may have more. */
const RESULTS = ["weights", "layers"];

/** What JavaScript may hand over in the place of anything. */
function junk(): unknown[] {
  const detached = new Uint8Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });
  const numbers = [Number.NaN, -1, 0.5, 2 ** 32, Number.POSITIVE_INFINITY];
  const objects = [
    [],
    {},
    [[0, 1]],
    [null],
    new Map(),
    new Float64Array(3),
    new BigInt64Array(1),
    detached,
    Promise.resolve(tinyData()),
  ];
  return [undefined, null, true, 5n, Symbol("s"), () => 0, "/nowhere/else", ...numbers, ...objects];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The call with each argument, and each field of an argument, replaced by each piece of junk. */
function* abuses({ args }: Call): Generator<unknown[]> {
  for (const [place, given] of args.entries()) {
    const withOther = (other: unknown) => args.map((argument, k) => (k === place ? other : argument));
    for (const other of junk()) yield withOther(other);
    if (!isPlain(given)) continue;
    for (const name of Object.keys(given)) for (const other of junk()) yield withOther({ ...given, [name]: other });
  }
}

async function outcome({ call }: Call, args: unknown[]): Promise<unknown> {
  try {
    const result: unknown = await call(...(args as never[]));
    if (typeof result === "object" && result !== null && "dispose" in result) (result as { dispose(): void }).dispose();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

describe.each(BACKENDS)("arguments of the whole public API, on %s", (backend) => {
  let supply: Supply;
  let calls: Record<string, Call>;
  const found = (name: string) => calls[name] as Call;
  beforeAll(async () => {
    supply = await supplyOf(backend);
    calls = callsOf(supply);
  });
  afterAll(async () => {
    supply.network.dispose();
    supply.trainer.dispose();
  });

  it("are all in the table", () => {
    expect(Object.keys(calls).sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)("%s: whatever they are, the error has a code and a path", async (name) => {
    const call = found(name);
    for (const args of abuses(call)) {
      const thrown = await outcome(call, args);
      if (thrown === undefined) continue;
      expect(thrown, `${name} of ${inspect(args, { depth: 2, breakLength: Infinity })}`).toBeInstanceOf(SpikeletError);
      const { code, message } = thrown as SpikeletError;
      expect(code, message).not.toBe("INTERNAL");
    }
  });

  it.each(NAMES)("%s: unknown options are refused", async (name) => {
    const call = found(name);
    if (call.isOpen) return;
    for (const [place, given] of call.args.entries()) {
      if (!isPlain(given) || RESULTS.some((name) => name in given)) continue;
      const args = call.args.map((argument, k) => (k === place ? { ...given, tital: 1 } : argument));
      const thrown = await outcome(call, args);
      expect(thrown, name).toMatchObject({ code: "CONFIG_INVALID", path: expect.stringMatching(/tital$/) });
    }
  });

  it("harm nobody: who was there before answers as before", async () => {
    expect(supply.network.backend.isAlive).not.toBe(false);
    using fresh = await createNetwork(tinyConfig, { backend });
    await fresh.setParameters(0, supply.parameters[0] as Supply["parameters"][0]);
    expect(await fresh.predict(tinyData())).toEqual(await supply.network.predict(tinyData()));
  });

  const refusals: [what: string, call: (supply: Supply) => unknown, code: string, path: string, message?: RegExp][] = [
    ["createTrainer(undefined)", () => createTrainer(undefined as never, { backend }), "CONFIG_INVALID", "config"],
    [
      "restoreTrainer(null)",
      () => restoreTrainer(null as never, { backend }),
      "DATA_FORMAT",
      "checkpoint",
      /Uint8Array, got null/,
    ],
    ["restoreTrainer(file)", () => restoreTrainer("net" as never, { backend }), "DATA_FORMAT", "checkpoint", /got "net"/],
    ["simd: 5", () => createTrainer(tinyConfig, { backend, simd: 5 as never }), "CONFIG_INVALID", "simd"],
    [
      "a detached buffer",
      ({ checkpoint }) => {
        const gone = checkpoint.slice();
        structuredClone(gone, { transfer: [gone.buffer] });
        return restoreTrainer(gone, { backend });
      },
      "DATA_FORMAT",
      "checkpoint",
      /handed over/,
    ],
    ["a layer 0n", ({ trainer, parameters: [p] }) => trainer.setParameters(0n as never, p as never), "SHAPE_MISMATCH", "layer"],
    ["a layer NaN", ({ trainer, parameters: [p] }) => trainer.setParameters(Number.NaN, p as never), "SHAPE_MISMATCH", "layer"],
    ["a layer 2³²", ({ trainer, parameters: [p] }) => trainer.setParameters(2 ** 32, p as never), "SHAPE_MISMATCH", "layer"],
    [
      "units 8n",
      () => createTrainer({ network: { input: 1, layers: [{ type: "dense", units: 8n as never }] } }, { backend }),
      "CONFIG_INVALID",
      "network.layers[0].units",
    ],
    [
      "learningRate NaN",
      () => createTrainer({ ...tinyConfig, optimizer: { type: "adam", learningRate: Number.NaN } }, { backend }),
      "CONFIG_INVALID",
      "optimizer.learningRate",
      /finite number, got NaN/,
    ],
    [
      'input "784"',
      () => createTrainer({ network: { ...tinyConfig.network, input: "784" as never } }, { backend }),
      "CONFIG_INVALID",
      "network.input",
    ],
    ["run(null)", ({ trainer }) => trainer.run(null as never), "DATA_FORMAT", "train"],
    ["epochs NaN", ({ trainer }) => trainer.run(tinyData(), { epochs: Number.NaN }), "CONFIG_INVALID", "epochs"],
    ["a forgotten await", ({ trainer }) => trainer.run(datasets.digits() as never), "DATA_FORMAT", "train", /await it first/],
    ["predict([…])", ({ network }) => network.predict([1, 2]), "DATA_FORMAT", "data", /learnt from no data yet/],
    ["split()", () => tinyData().split(undefined as never), "CONFIG_INVALID", "options"],
    [
      "BigInts as counts",
      () => datasets.fromSpikes({ spikes: [{ times: [], units: [] }], counts: new BigInt64Array(1) as never }),
      "DATA_FORMAT",
      "counts",
      /array of numbers, got a BigInt64Array/,
    ],
    ["pick(BigInts)", () => tinyData().pick(new BigUint64Array(1) as never), "DATA_FORMAT", "indices", /got a BigUint64Array/],
    ["spikes [[0, 1]]", () => datasets.fromSpikes({ spikes: [[0, 1]] as never }), "DATA_FORMAT", "spikes[0]"],
    [
      "bakend",
      () => createTrainer(tinyConfig, { bakend: backend } as never),
      "CONFIG_INVALID",
      "bakend",
      /did you mean backend\?/,
    ],
    ["val", ({ trainer }) => trainer.run(tinyData(), { val: tinyData() } as never), "CONFIG_INVALID", "val", /validation/],
    ["label", () => datasets.fromSpikes({ spikes: [], label: [] } as never), "CONFIG_INVALID", "label", /did you mean labels\?/],
  ];
  it.each(refusals)("%s is refused", async (_, call, code, path, message = /./) => {
    const attempt = async () => await call(supply);
    await expect(attempt()).rejects.toMatchObject({ name: "SpikeletError", code, path, message: expect.stringMatching(message) });
  });

  it("may not be an empty data set, whatever the call", async () => {
    const nothing = tinyData().slice(0, 0);
    const { network, trainer } = supply;
    const none = (path: string) => ({ code: "SHAPE_MISMATCH", path, message: expect.stringMatching(/must have samples/) });
    await expect(network.predict(nothing)).rejects.toMatchObject(none("data"));
    await expect(network.evaluate(nothing)).rejects.toMatchObject(none("data"));
    await expect(network.gradients(nothing)).rejects.toMatchObject(none("batch"));
    await expect((async () => trainer.run(nothing))()).rejects.toMatchObject(none("train"));
    await expect((async () => trainer.run(tinyData(), { validation: nothing }))()).rejects.toMatchObject(none("validation"));
  });

  it("may not be samples of another size, whatever the call", async () => {
    const { network, trainer } = supply;
    const wide = (labels?: number[]) =>
      datasets
        .fromImages({ pixels: new Uint8Array(16), shape: [2, 4], ...(labels ? { labels } : {}) })
        .encode({ type: "latency" });
    const quiet = datasets.fromSpikes({ spikes: [{ times: [1], units: [0] }], labels: [0], shape: [5] });
    const other = (inputs: string) => ({
      code: "SHAPE_MISMATCH",
      path: "shape",
      message: `shape: samples have ${inputs} inputs, network.input is 4`.replace("8 inputs", "8 inputs (2 × 4)"),
    });
    await expect(network.predict(wide())).rejects.toMatchObject(other("8"));
    for (const [data, inputs] of [
      [wide([0, 1]), "8"],
      [quiet, "5"],
    ] as const) {
      await expect(network.predict(data)).rejects.toMatchObject(other(inputs));
      await expect(network.evaluate(data)).rejects.toMatchObject(other(inputs));
      await expect(network.gradients(data)).rejects.toMatchObject(other(inputs));
      await expect(trainer.run(data)).rejects.toMatchObject(other(inputs));
      await expect(trainer.run(tinyData(), { validation: data })).rejects.toMatchObject(other(inputs));
    }
  });

  describe("whose memory was handed over since", () => {
    const spikes = () => SpikeEvents.fromTrains([0, 1].map((unit) => ({ times: [1], units: [unit] })));
    const handOver = (array: ArrayBufferView<ArrayBuffer>) => structuredClone(array, { transfer: [array.buffer] });
    const image = { labels: [0, 1], shape: [2, 2] };
    const holders: [path: string, make: () => [SpikeDataset, ArrayBufferView]][] = [
      [
        "pixels",
        () => holding(new Uint8Array(8), (pixels) => datasets.fromImages({ ...image, pixels }).encode(encode.latency())),
      ],
      ["values", () => holding(new Float32Array(8), (values) => datasets.fromImages({ ...image, values }).encode(encode.rate()))],
      ...(["offsets", "times", "units"] as const).map((name): [string, () => [SpikeDataset, ArrayBufferView]] => [
        name,
        () => {
          const events = spikes();
          return [datasets.fromSpikes({ spikes: events, labels: [0, 1] }), events[name]];
        },
      ]),
    ];
    function holding<T extends ArrayBufferView>(array: T, make: (array: T) => SpikeDataset): [SpikeDataset, T] {
      return [make(array), array];
    }

    it.each(holders)("are refused with their path: %s of a data set", async (path, make) => {
      const [data, array] = make();
      handOver(array as ArrayBufferView<ArrayBuffer>);
      const { trainer, network } = supply;
      const refused = expect.objectContaining({ name: "SpikeletError", code: "DATA_FORMAT", path });
      await expect(trainer.run(data)).rejects.toEqual(refused);
      await expect(trainer.run(tinyData(), { validation: data })).rejects.toEqual(refused);
      await expect(network.predict(data)).rejects.toEqual(refused);
      await expect(network.evaluate(data)).rejects.toEqual(refused);
      await expect(network.gradients(data)).rejects.toEqual(refused);
      await expect(data.events({ steps: 30, backend })).rejects.toEqual(refused);
      if (data.encoding) expect(() => data.image(0)).toThrow(refused);
      expect(data.slice(1).length).toBe(1);
    });

    it.each(["offsets", "times", "units"] as const)("are refused with their path: %s of events", (name) => {
      const events = spikes();
      handOver(events[name] as ArrayBufferView<ArrayBuffer>);
      const refused = (path: string) => expect.objectContaining({ name: "SpikeletError", code: "DATA_FORMAT", path });
      expect(events.length).toBe(2);
      expect(() => events.sample(0)).toThrow(refused(name));
      expect(() => [...events.triples()]).toThrow(refused(name));
      expect(() => events.pick(Uint32Array.of(0))).toThrow(refused(name));
      expect(() => SpikeEvents.concat([spikes(), events])).toThrow(refused(`parts[1].${name}`));
      for (const plot of [spikeRaster, spikeHistogram]) expect(() => plot(events)).toThrow(refused(name));
      const prediction = { layers: [spikes(), events] };
      expect(() => spikeHistogram(prediction)).toThrow(refused(`prediction.layers[1].${name}`));
    });

    it("are refused where events are joined", () => {
      const refused = expect.objectContaining({ code: "DATA_FORMAT", path: "parts[0].offsets" });
      for (const parts of [[{}], [{}, {}]]) expect(() => SpikeEvents.concat(parts as EventArrays[])).toThrow(refused);
    });
  });

  it("are checked at the contract too", async () => {
    const core = await loadBackend(backend);
    await expect(core.createSession(undefined as never)).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "config" });
    await expect(core.parseIdx("x" as never)).rejects.toMatchObject({ code: "DATA_FORMAT", path: "bytes" });
    const session = await core.createSession(JSON.stringify(tinyConfig));
    await expect(session.advance(Number.NaN)).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "maxBatches" });
    await expect(session.addDataset("{}", null as never)).rejects.toMatchObject({ code: "DATA_FORMAT", path: "arrays" });
    const getter = {
      get pixels(): Uint8Array {
        throw new Error("a getter of the caller");
      },
    };
    await expect(session.addDataset('{"inputs":"images"}', getter)).rejects.toThrow("a getter of the caller");
    expect(() => session.begin(5 as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "options" }));
    session.dispose();
    expect(core.isAlive).not.toBe(false);
  });
});
