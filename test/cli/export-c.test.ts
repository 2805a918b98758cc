import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNetwork, load, presets, restoreNetwork } from "spikelet";
import { exportC } from "spikelet/export";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Comparison } from "../../ts/cli/export/comparison.js";
import { spikelet } from "../support/spawn-cli.js";

describe("spikelet export c", () => {
  let folder: string;
  let checkpoint: string;
  const inFolder = (...names: string[]) => join(folder, ...names);
  const textOf = (...names: string[]) => readFile(inFolder(...names), "utf8");

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikelet-c-"));
    const settings = ["network.layers[0].units=6", "network.steps=60", "training.epochs=1"];
    const set = settings.flatMap((one) => ["--set", one]);
    const run = inFolder("run");
    const trained = await spikelet(["train", "--preset", "toy", ...set, "--out", run]);
    expect(trained, trained.stderr).toMatchObject({ code: 0 });
    checkpoint = join(run, "last.safetensors");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("writes what exportC returns", async () => {
    const exported = await spikelet(["export", "c", checkpoint, "--out", inFolder("floats"), "--name", "toy"]);
    expect(exported, exported.stderr).toMatchObject({ code: 0, stderr: "" });
    expect(exported.stdout).toContain(`wrote ${inFolder("floats", "toy.h")} and ${inFolder("floats", "toy.c")} (float32, `);
    using network = await restoreNetwork(await load(checkpoint));
    const { header, source } = exportC(await network.exportModel(), { name: "toy" });
    expect([await textOf("floats", "toy.h"), await textOf("floats", "toy.c")]).toEqual([header, source]);
  });

  it("writes whole numbers, measured on data that it learnt from", async () => {
    const words = ["export", "c", checkpoint, "--out", inFolder("whole"), "--integers", "--calibration", "5", "--json"];
    const exported = await spikelet([...words, "--percentile", "99"]);
    expect(exported, exported.stderr).toMatchObject({ code: 0 });
    const files = { header: inFolder("whole", "network.h"), source: inFolder("whole", "network.c") };
    const bytes = (await textOf("whole", "network.c")).length;
    const comparison = expect.objectContaining({ part: "validation", interval: [expect.any(Number), expect.any(Number)] });
    expect(exported.json()).toEqual([{ ...files, numbers: "integers", bytes, comparison }]);
    expect(await textOf("whole", "network.c")).toContain("static const int8_t weights1_0[");
  });

  it("compares a model file with the network, and refuses to write one that decides too much worse", async () => {
    const exportModel = (name: string, ...words: string[]) =>
      spikelet(["export", "model", checkpoint, "--out", inFolder(name), "--json", ...words]);
    const exact = (await exportModel("exact.bin")).json() as { comparison: Comparison }[];
    expect(exact).toMatchObject([{ weights: "float32", comparison: { part: "validation", lost: 0 } }]);
    const { network, written } = exact[0]?.comparison.accuracy ?? {};
    expect(written).toBe(network);
    expect(network).toBeGreaterThan(0.4);
    const lossy = await spikelet(["export", "c", checkpoint, "--out", inFolder("lossy"), "--integers", "--percentile", "1"]);
    expect(lossy).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing was written; --max-lost 100 writes it") });
    expect(existsSync(inFolder("lossy"))).toBe(false);
    const refused = await exportModel("most.bin", "--max-lost", "none");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--max-lost must be from 0 to 100") });
    expect(existsSync(inFolder("most.bin"))).toBe(false);
  });

  it("says that nothing was compared where there are no data", async () => {
    using network = await createNetwork(presets.toy);
    await writeFile(inFolder("bare.safetensors"), await network.checkpoint());
    const words = ["export", "model", inFolder("bare.safetensors"), "--out", inFolder("bare.bin")];
    const exported = await spikelet(words);
    expect(exported, exported.stderr).toMatchObject({ code: 0 });
    expect(exported.stdout).toContain("nothing was compared: the checkpoint does not name its data; --data does");
  });

  it.each([
    ["--integers", ["--calibration", "5"], "only --integers measures whole numbers: leave --calibration out"],
    ["a percentile", ["--integers", "--percentile", "0"], "--percentile must be above 0 and at most 100"],
    ["samples", ["--integers", "--calibration", "none"], '--calibration must be a whole number from 1, got "none"'],
    ["a name", ["--name", "1st"], "name: must be a letter, then letters, digits and _"],
  ])("says what is wrong with %s", async (_, words, message) => {
    const refused = await spikelet(["export", "c", checkpoint, "--out", inFolder("none"), ...words]);
    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(2);
    expect(existsSync(inFolder("none"))).toBe(false);
  });
});
