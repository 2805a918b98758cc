import { createNetwork } from "spikelet";
import { InferError, load, type Model, type SpikeTrain } from "spikelet/infer";
import { beforeAll, describe, expect, it } from "vitest";
import { asVersion1, resealed, withSection } from "../support/resealed.js";

let file: Uint8Array;
let model: Model;

beforeAll(async () => {
  const layers = [{ type: "dense", units: 3, delays: { max: 3 } } as const, { type: "dense", units: 2 } as const];
  using network = await createNetwork({ network: { input: 4, steps: 20, layers, neuron: { threshold: 0.05 } } });
  for (const [layer, { weights, biases }] of (await network.parameters()).entries()) {
    await network.setParameters(layer, { weights: weights.map((_, k) => 0.02 + 0.02 * (k % 4)), biases });
  }
  file = await network.exportModel();
  model = load(file);
});

/** The error that a call throws. */
function thrownBy(call: () => unknown): InferError {
  try {
    call();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(InferError);
    return thrown as InferError;
  }
  throw new Error("nothing was thrown");
}

describe("load", () => {
  it("takes a view, its memory, and that of another place in it", () => {
    const spikes = { times: [0, 1, 1, 2], units: [0, 1, 2, 3] };
    const expected = model.predict(spikes);
    const moved = new Uint8Array(file.length + 7);
    moved.set(file, 5);
    for (const bytes of [file.slice().buffer, moved.subarray(5, 5 + file.length)])
      expect(load(bytes).predict(spikes)).toEqual(expected);
  });

  it("refuses a file that was cut anywhere", () => {
    for (let length = 0; length < file.length; length++) {
      expect(thrownBy(() => load(file.subarray(0, length)))).toMatchObject({ code: "MODEL_INVALID", path: "model" });
    }
    expect(thrownBy(() => load(Uint8Array.of(...file, 0))).message).toMatch(/^model: must have \d+ bytes, got \d+$/);
  });

  it("refuses a file in which a bit was flipped", () => {
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const flipped = file.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(thrownBy(() => load(flipped)).code).toBe("MODEL_INVALID");
    }
  });

  it.each([
    ["nothing", new Uint8Array(), "is no model file"],
    ["a file of something else", new TextEncoder().encode("a file of something else"), "is no model file"],
  ])("says what is wrong with %s", (_, bytes, reason) => {
    expect(thrownBy(() => load(bytes)).message).toContain(reason);
  });

  // Words of the network: 1 steps, 10 nodes, 12 units that have constants, 13 units of each, 14 kind of neuron, 17 numbers of a constant.
  it.each([
    ["steps that no sample has", 1, 65_536],
    ["more nodes", 10, 0xffff_ffff],
    ["more units", 12, 1000],
    ["as many places as there are words", 13, 0xffff_ffff],
    ["more places than there is memory for", 13, 2 ** 23],
    ["more constants", 17, 0xffff_fff0],
  ])("refuses a file that has a checksum, and %s", (_, word, value) => {
    expect(load(resealed(file, word, new DataView(file.buffer).getUint32(24 + 4 * word, true))).outputs).toBe(2);
    expect(thrownBy(() => load(resealed(file, word, value)))).toMatchObject({ code: "MODEL_INVALID", path: "model" });
  });

  it("reads a file of version 1", () => {
    const spikes = { times: [0, 1, 1, 2], units: [0, 1, 2, 3] };
    expect(load(asVersion1(file, 1)).predict(spikes)).toEqual(model.predict(spikes));
  });

  it("skips a section that it does not know, unless its name says that it is needed", () => {
    const spikes = { times: [0, 1, 1, 2], units: [0, 1, 2, 3] };
    expect(load(withSection(file, "note")).predict(spikes)).toEqual(model.predict(spikes));
    expect(thrownBy(() => load(withSection(file, "Prog"))).message).toBe("model: needs Prog, which is not known here");
  });

  it("decides nothing while no output fires", () => {
    const silent = model.predict({ times: [], units: [] });
    expect(silent).toMatchObject({ output: undefined, byCount: undefined, byFirstSpike: undefined });
    expect(model.predict({ times: [0, 1, 1, 2], units: [0, 1, 2, 3] }).output).toBeDefined();
  });

  it("says that a file has another version", () => {
    const later = file.slice();
    later[4] = 3;
    expect(thrownBy(() => load(later)).message).toBe("model: has version 3, 1 and 2 are read here");
  });
});

describe("spikes that a model refuses", () => {
  it.each<[string, SpikeTrain, string, string]>([
    ["a late step", { times: [20], units: [0] }, "SHAPE_MISMATCH", "spikes.times[0]"],
    ["a step that is not whole", { times: [0, 0.5], units: [0, 0] }, "SHAPE_MISMATCH", "spikes.times[1]"],
    ["a unit that is not there", { times: [0, 0], units: [3, 4] }, "SHAPE_MISMATCH", "spikes.units[1]"],
    ["a negative unit", { times: [0], units: [-1] }, "SHAPE_MISMATCH", "spikes.units[0]"],
    ["fewer units", { times: [0, 1], units: [0] }, "SHAPE_MISMATCH", "spikes.units"],
    ["fewer values", { times: [0, 1], units: [0, 1], values: [1] }, "SHAPE_MISMATCH", "spikes.values"],
    ["an infinite value", { times: [0], units: [0], values: [1e39] }, "DATA_FORMAT", "spikes.values[0]"],
    ["no lists", {} as SpikeTrain, "DATA_FORMAT", "spikes.times"],
    ["nothing", undefined as unknown as SpikeTrain, "DATA_FORMAT", "spikes.times"],
  ])("%s", (_, spikes, code, path) => {
    expect(thrownBy(() => model.predict(spikes))).toMatchObject({ code, path, message: expect.stringContaining(`${path}: `) });
  });

  it("leave a stream as it was", () => {
    const stream = model.stream();
    stream.run({ times: [0, 1], units: [0, 1] }, 3);
    const before = stream.decision;
    expect(thrownBy(() => stream.step([0, 9]))).toMatchObject({ code: "SHAPE_MISMATCH", path: "spikes.units[1]" });
    expect(thrownBy(() => stream.run({ times: [5], units: [0] }, 5)).path).toBe("spikes.times[0]");
    expect(thrownBy(() => stream.run({ times: [], units: [] }, 65_536)).path).toBe("steps");
    expect(stream.decision).toEqual(before);
  });

  it("are values before a max pool", async () => {
    const layers = [
      { type: "maxPool2d", window: 2 } as const,
      { type: "flatten" } as const,
      { type: "dense", units: 2 } as const,
    ];
    using network = await createNetwork({ network: { input: [1, 4, 4], steps: 5, layers } });
    const pooled = load(await network.exportModel());
    expect(pooled.predict({ times: [0], units: [0], values: [1] }).steps).toBe(5);
    expect(thrownBy(() => pooled.predict({ times: [0], units: [0], values: [2] }))).toMatchObject({
      code: "DATA_FORMAT",
      path: "spikes.values[0]",
    });
  });
});

describe("streams", () => {
  it("of one model do not know of each other, nor of its predictions", () => {
    const spikes = { times: [0, 1, 2, 4], units: [0, 1, 2, 3] };
    const alone = model.stream().run(spikes, 20);
    const [one, other] = [model.stream(), model.stream()];
    for (let step = 0; step < 20; step++) {
      const units = spikes.units.filter((_, k) => spikes.times[k] === step);
      one.step(units);
      other.step([3, 2, 1, 0]);
      model.predict({ times: [0], units: [step % 4] });
    }
    expect(one.decision).toMatchObject({ counts: alone.counts, decisionStep: alone.decisionStep });
    expect(other.decision.counts).not.toEqual(alone.counts);
  });

  it("begin again as they began", () => {
    const spikes = { times: [0, 1, 2, 18], units: [0, 1, 2, 3] };
    const stream = model.stream();
    const first = stream.run(spikes, 20);
    expect(first.counts.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
    stream.restart();
    expect(stream.steps).toBe(0);
    expect(stream.run(spikes, 20)).toEqual(first);
    stream.restartDecision();
    expect(stream.decision).toMatchObject({ from: 20, to: 20, output: undefined, counts: new Uint32Array(2) });
    expect(stream.run({ times: [], units: [] })).toMatchObject({ start: 20, steps: 21, from: 20, to: 21 });
  });
});
