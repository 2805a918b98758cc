import { createNetwork, datasets, encode, encodeSpikes, type Network, SpikeEvents } from "spikelet";
import { loadBackend } from "spikelet/backend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend, DatasetArrays, Session } from "../../ts/runtime/backend.js";
import { BACKENDS } from "../support/backends.js";
import { tinyConfig, tinyData } from "../support/learning.js";

type Made = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Declared as of ES2024. */
const Resizable = ArrayBuffer as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

const refused = (code: string, path: string) => expect.objectContaining({ name: "SpikeletError", code, path });

/** The array, whose own `length` is another. */
function lying<T extends Made>(array: T, length: number): T {
  return Object.defineProperty(array, "length", { value: length });
}

/** Numbers of 64 bits that call themselves another kind. */
function disguised(kind: string, length: number): never {
  return Object.defineProperty(new Float64Array(length), Symbol.toStringTag, { value: kind }) as never;
}

/** A copy whose memory can shrink. */
function shrinkable<T extends Made>(array: T): T {
  const buffer = new Resizable(array.byteLength, { maxByteLength: array.byteLength });
  const copy = new (array.constructor as new (buffer: ArrayBuffer, start: number, length: number) => T)(buffer, 0, array.length);
  copy.set(array);
  return copy;
}

const takes: [how: string, take: (array: Made) => unknown][] = [
  ["handed over", ({ buffer }) => structuredClone(buffer, { transfer: [buffer] })],
  ["shrunk", ({ buffer }) => (buffer as ArrayBuffer & { resize(to: number): void }).resize(0)],
];

/** Two samples of two events. */
const samples = () => ({
  offsets: shrinkable(Uint32Array.of(0, 2, 4)),
  times: shrinkable(Uint16Array.of(1, 4, 2, 3)),
  units: shrinkable(Uint32Array.of(0, 3, 1, 2)),
});
const events = () => new SpikeEvents(samples());

describe.each(BACKENDS)("arrays that are not what they seem, on %s", (kind) => {
  let backend: Backend;
  let session: Session;
  let witness: Network;
  let answer: unknown;
  beforeAll(async () => {
    backend = await loadBackend(kind);
    session = await backend.createSession(JSON.stringify(tinyConfig));
    witness = await createNetwork(tinyConfig, { backend });
    answer = await witness.predict(tinyData());
  });
  afterAll(async () => {
    expect(await witness.predict(tinyData())).toEqual(answer);
    expect(backend.isAlive).not.toBe(false);
    witness.dispose();
    session.dispose();
  });

  const add = (arrays: DatasetArrays) => session.addDataset('{"inputs":"events"}', arrays);

  it.each(["offsets", "times", "units"] as const)("may have a length that lies: %s", async (name) => {
    for (const length of [0, 1, 1000, 2 ** 31, -1, Number.NaN]) {
      const arrays = samples();
      lying(arrays[name], length);
      const id = await add(arrays);
      await session.removeDataset(id);
      expect([...new SpikeEvents(arrays).triples()]).toEqual([...events().triples()]);
    }
  });

  it("may have a length that lies, wherever they are given", async () => {
    const values = Float32Array.of(0.1, 0.9, 0.3, 0.5);
    const honest = await encodeSpikes(values, encode.latency(), { units: 4, steps: 30, backend });
    const shape = { units: 4, steps: 30, backend };
    for (const length of [0, 3, 10 ** 9]) {
      expect(await encodeSpikes(lying(values.slice(), length), encode.latency(), shape)).toEqual(honest);
      const [layer] = await witness.parameters();
      if (layer === undefined) throw new Error("the network has layers");
      await witness.setParameters(0, { weights: lying(layer.weights.slice(), length), biases: lying(layer.biases.slice(), 9) });
      using stream = await witness.stream();
      const spikes = { times: lying(Uint16Array.of(0), length), units: lying(Uint32Array.of(1), length) };
      expect((await stream.run(spikes)).steps).toBe(1);
    }
  });

  it("may not be of another kind than they say", async () => {
    await expect(add({ ...samples(), offsets: disguised("Uint32Array", 3) })).rejects.toEqual(refused("DATA_FORMAT", "offsets"));
    await expect(add({ ...samples(), times: disguised("Uint16Array", 4) })).rejects.toEqual(refused("DATA_FORMAT", "times"));
    const values = encodeSpikes(disguised("Float32Array", 4), encode.latency(), { units: 4, steps: 30, backend });
    await expect(values).rejects.toEqual(refused("DATA_FORMAT", "values"));
    await expect(backend.parseIdx(disguised("Uint8Array", 4))).rejects.toEqual(refused("DATA_FORMAT", "bytes"));
  });

  it.each(takes)("may not have memory that was %s before the call", async (_, take) => {
    for (const name of ["offsets", "times", "units"] as const) {
      const arrays = samples();
      take(arrays[name]);
      await expect(add(arrays)).rejects.toEqual(refused("DATA_FORMAT", name));
    }
  });

  it.each(takes)("may have memory that is %s while the call waits", async (_, take) => {
    const values = shrinkable(new Float32Array(8));
    const encoded = encodeSpikes(values, encode.latency(), { units: 4, steps: 30, backend }).then(
      () => "DATA_FORMAT",
      ({ code }) => code,
    );
    take(values);
    expect(await encoded).toBe("DATA_FORMAT");
    for (const name of ["offsets", "times", "units"] as const) {
      const arrays = samples();
      const added = add(arrays);
      take(arrays[name]);
      await added.then(
        (id) => session.removeDataset(id),
        (thrown) => expect(thrown).toEqual(refused("DATA_FORMAT", name)),
      );
    }
  });

  it.each(takes)("may not have memory that was %s since their data set was made", async (_, take) => {
    for (const name of ["offsets", "times", "units"] as const) {
      const arrays = samples();
      const data = datasets.fromSpikes({ spikes: new SpikeEvents(arrays), labels: [0, 1] });
      take(arrays[name]);
      await expect(witness.predict(data)).rejects.toEqual(refused("DATA_FORMAT", name));
    }
    const values = shrinkable(new Float32Array(8));
    const images = datasets.fromImages({ values, shape: [4], labels: [0, 1] }).encode(encode.latency());
    take(values);
    await expect(witness.predict(images)).rejects.toEqual(refused("DATA_FORMAT", "values"));
  });

  it("may not have offsets that were changed since", async () => {
    for (const change of [Uint32Array.of(0, 4_000_000_000, 4), Uint32Array.of(3, 2, 4), Uint32Array.of(0, 2, 4_000_000_000)]) {
      const arrays = samples();
      const held = new SpikeEvents(arrays);
      const data = datasets.fromSpikes({ spikes: held, labels: [0, 1] });
      arrays.offsets.set(change);
      const wrong = expect.objectContaining({ code: "SHAPE_MISMATCH", path: expect.stringMatching(/^offsets/) });
      expect(() => [...held.triples()]).toThrow(wrong);
      expect(() => [held.sample(0), held.sample(1)]).toThrow(wrong);
      expect(() => held.pick(Uint32Array.of(0, 1))).toThrow(wrong);
      await expect(witness.predict(data)).rejects.toEqual(wrong);
      await expect(data.events({ steps: 3, backend })).rejects.toEqual(wrong);
    }
  });

  it("are no prepared samples", async () => {
    const other = await backend.createSession(JSON.stringify({ network: { ...tinyConfig.network, input: 900 } }));
    const describedAs = JSON.stringify({ inputs: "events", samples: 4 });
    const none = { offsets: Uint32Array.of(0), times: new Uint16Array(), units: new Uint32Array() };
    const [mine, mine2, theirs] = [
      await session.addDataset(describedAs, none),
      await session.addDataset(describedAs, none),
      await other.addDataset(describedAs, none),
    ];
    const rows = Uint32Array.of(0, 1);
    const foreign = await other.prepare(theirs, { ...samples(), units: Uint32Array.of(0, 899, 800, 2) });
    for (const given of [{}, samples(), Object.freeze({}), other, session, foreign, await session.prepare(mine2, samples())]) {
      await expect(session.supply(mine, rows, given)).rejects.toEqual(refused("DATA_FORMAT", "samples"));
    }
    const prepared = await session.prepare(mine, samples());
    await session.supply(mine, rows, prepared);
    await expect(session.supply(mine, rows, prepared)).rejects.toEqual(refused("DATA_FORMAT", "samples"));
    await other.supply(theirs, rows, foreign);
    other.dispose();
  });

  it.each(takes)("may have memory that is %s while samples wait to be supplied", async (_, take) => {
    const none = { offsets: Uint32Array.of(0), times: new Uint16Array(), units: new Uint32Array() };
    const id = await session.addDataset(JSON.stringify({ inputs: "events", samples: 4 }), none);
    const arrays = samples();
    const prepared = await session.prepare(id, arrays);
    take(arrays.times);
    await session.supply(id, Uint32Array.of(0, 1), prepared).catch((thrown) => {
      expect(thrown).toMatchObject({ code: "DATA_FORMAT", path: "times" });
    });
    await session.removeDataset(id);
  });
});
