import { readFile } from "node:fs/promises";
import {
  type Config,
  checkpointInfo,
  createTrainer,
  datasets,
  encode,
  restoreNetwork,
  restoreTrainer,
  type SpikeDataset,
} from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

const CLASSES = ["falling", "rising"];
const CODE = encode.latency({ first: 0, last: 10, skipZero: false });

/** Ramps of 8 values, which rise or fall. */
function ramps(count: number, labels: (k: number) => string | number, classes?: readonly string[]): SpikeDataset {
  const values = Float32Array.from({ length: 8 * count }, (_, at) => {
    const [k, place] = [Math.floor(at / 8), at % 8];
    return (k % 2 === 0 ? place : 7 - place) / 8 + 0.001 * k;
  });
  const named = Array.from({ length: count }, (_, k) => labels(k)) as string[] | number[];
  return datasets.fromImages({ values, labels: named, shape: [8], ...(classes && { classes }) }).encode(CODE);
}

const byName = (k: number) => (k % 2 === 0 ? "rising" : "falling");

const CONFIG: Config = {
  network: {
    input: 8,
    steps: 30,
    layers: [
      { type: "dense", units: 20 },
      { type: "dense", units: 2 },
    ],
    neuron: { currentDecay: 0.8, membraneDecay: 0.9 },
  },
  loss: { type: "count", positive: 4 },
  optimizer: { type: "adam", learningRate: 0.02 },
  training: { batchSize: 4, epochs: 10, seed: 1, threads: 1, initialActivity: { spikesPerUnit: 1, samples: 20, tolerance: 0.2 } },
};

describe.each(BACKENDS)("classes and encoding, %s", (backend) => {
  it("are those of the training after a restore", async () => {
    using trainer = await createTrainer(CONFIG, { backend, quiet: true });
    expect(trainer.classes).toBeUndefined();
    await trainer.run(ramps(20, byName));
    const bytes = await trainer.checkpoint();
    const expected = {
      inputs: "images",
      shape: [8],
      classes: CLASSES,
      encoding: { type: "latency", first: 0, last: 10, skipZero: false },
    };
    expect((await checkpointInfo(bytes, { backend })).trainedOn).toMatchObject(expected);

    using network = await restoreNetwork(bytes, { backend });
    expect(network.info.trainedOn).toMatchObject(expected);
    const { names, classes, layers } = await network.predict(ramps(4, byName));
    expect(layers[0]?.times.length).toBeGreaterThan(0);
    expect(names).toEqual(Array.from(classes, (output) => CLASSES[output]));
    expect(names).toEqual(["rising", "falling", "rising", "falling"]);
  });

  it("are refused where they are in another order, and nothing is lost", async () => {
    using trainer = await createTrainer(CONFIG, { backend, quiet: true });
    await trainer.run(ramps(8, byName), { epochs: 1 });
    const swapped = ramps(8, byName, ["rising", "falling"]);
    const refused = {
      code: "DATA_FORMAT",
      reason: expect.stringContaining("falling, rising, in this order, got rising, falling"),
    };
    await expect(trainer.evaluate(swapped)).rejects.toMatchObject({ ...refused, path: "classes" });
    await expect(trainer.gradients(swapped)).rejects.toMatchObject({ ...refused, path: "classes" });
    const run = trainer.run(swapped, { epochs: 2 });
    await expect(run).rejects.toMatchObject({ ...refused, path: "train.classes" });
    const validated = trainer.run(ramps(8, byName), { epochs: 2, validation: swapped });
    await expect(validated).rejects.toMatchObject({ ...refused, path: "validation.classes" });
    // Numbers say nothing of names.
    await trainer.run(
      ramps(8, (k) => (k + 1) % 2),
      { epochs: 2 },
    );
    expect(trainer.info).toMatchObject({ epoch: 2, trainedOn: { classes: CLASSES } });
  });

  it("are as many as the outputs", async () => {
    using trainer = await createTrainer(CONFIG, { backend, quiet: true });
    const three = ramps(6, (k) => k % 2, ["a", "b", "c"]);
    const message = { code: "SHAPE_MISMATCH", path: "classes", reason: "has 3 names, the network has 2 outputs" };
    await expect(trainer.run(three)).rejects.toMatchObject(message);
  });

  it("are unknown in checkpoints of early builds", async () => {
    const bytes = await readFile(new URL("../fixtures/format-2-early.safetensors", import.meta.url));
    using trainer = await restoreTrainer(bytes, { backend, quiet: true });
    expect([trainer.info.trainedOn, trainer.classes]).toEqual([null, undefined]);
    expect((await checkpointInfo(bytes, { backend })).trainedOn).toBeNull();
  });
});

describe("names of classes", () => {
  it("number the labels in their order, or sorted", () => {
    expect(ramps(4, byName)).toMatchObject({ info: { classes: CLASSES }, labels: Uint32Array.of(1, 0, 1, 0) });
    const given = ramps(4, byName, ["rising", "falling", "flat"]);
    expect(given).toMatchObject({ info: { classes: ["rising", "falling", "flat"] }, labels: Uint32Array.of(0, 1, 0, 1) });
  });

  it("follow a choice of classes, by name or number", () => {
    const three = ramps(6, (k) => k % 3, ["a", "b", "c"]);
    for (const choice of [
      ["c", "a"],
      [2, 0],
    ]) {
      const chosen = three.classes(choice as string[] | number[]);
      expect(chosen).toMatchObject({ info: { classes: ["c", "a"] }, labels: Uint32Array.of(1, 0, 1, 0) });
    }
    expect(() => three.classes(["d"])).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "classes[0]" }));
  });

  it.each([
    { name: "a name that is none of the classes", classes: ["rising"], path: "labels[1]", code: "DATA_FORMAT" },
    { name: "a name that is there twice", classes: ["rising", "falling", "rising"], path: "classes[2]", code: "CONFIG_INVALID" },
    { name: "no names", classes: [], path: "classes", code: "CONFIG_INVALID" },
  ])("are refused: $name", ({ classes, path, code }) => {
    expect(() => ramps(4, byName, classes)).toThrow(expect.objectContaining({ code, path }));
  });

  it("are refused beside numbers", () => {
    expect(() => ramps(3, (k) => (k === 2 ? 1 : byName(k)))).toThrow(expect.objectContaining({ path: "labels[2]" }));
    expect(() => ramps(3, (k) => k, ["a", "b"])).toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "labels[2]" }));
  });

  it("come from the column of a table", async () => {
    const table = (labels: string[]) => `take,x,kind\n${labels.map((label, k) => `${k},${k},${label}`).join("\n")}\n`;
    const options = { channels: ["x"], sample: "take", label: "kind" };
    const named = await datasets.fromCsv(table(["wave", "rest", "wave"]), options);
    expect(named).toMatchObject({ info: { classes: ["rest", "wave"] }, labels: Uint32Array.of(1, 0, 1) });
    const numbered = await datasets.fromCsv(table(["2", "0"]), options);
    expect([numbered.info.classes, numbered.labels]).toEqual([undefined, Uint32Array.of(2, 0)]);
    const mixed = datasets.fromCsv(table(["2", "rest"]), options);
    await expect(mixed).rejects.toMatchObject({ code: "DATA_FORMAT", path: "kind" });
    const odd = datasets.fromCsv(table(["-1"]), options);
    await expect(odd).rejects.toMatchObject({ code: "DATA_FORMAT", path: "texts[0], line 2: kind" });
  });
});
