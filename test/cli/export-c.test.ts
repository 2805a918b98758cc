import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load, restoreNetwork } from "spikelet";
import { exportC } from "spikelet/export";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
    expect(exported.json()).toEqual([{ ...files, numbers: "integers", bytes: (await textOf("whole", "network.c")).length }]);
    expect(await textOf("whole", "network.c")).toContain("static const int8_t weights1_0[");
  });

  it.each([
    ["--integers", ["--calibration", "5"], "only --integers reads data: leave --calibration out"],
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
