import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spikelet } from "../support/spawn-cli.js";

const POINTS = ["train", "--dataset", "yinYang", "--set", "data.options.samples=350"];
const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));

describe("spikelet train without a configuration", () => {
  it("chooses one by the data, says why, and keeps it: it trains the same network again", async () => {
    const [out, again] = [await folder(), await folder()];
    const first = await spikelet([...POINTS, "--set", "training.epochs=2", "--seed", "4", "--out", out, "--json"]);
    expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(/^network\.layers\[0\]\.delays: .*10 steps/m) });
    const config = join(out, "config.json");
    expect(first.stderr).toContain(`${config} holds the configuration`);
    expect(first.json()[1]).toMatchObject({ type: "recommended", config, reasons: expect.any(Array) });
    expect(read(config)).toMatchObject({
      data: { dataset: "yinYang", options: { samples: 350 }, encoding: { type: "latency", skipZero: false } },
      network: { input: 5 },
      training: { epochs: 2, seed: 4 },
    });
    expect(await spikelet(["train", "--config", config, "--out", again])).toMatchObject({ code: 0 });
    expect(read(again, "report.json").test).toEqual(read(out, "report.json").test);
    const evaluated = await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--json"]);
    expect(evaluated.json()[0]).toMatchObject({ test: read(out, "report.json").test });
  });

  it("refuses an encoding without the configuration that it belongs to", async () => {
    expect(await spikelet([...POINTS, "--encode", "latency:0:9", "--out", await folder()])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--encode needs a configuration, by --preset or --config"),
    });
  });

  it("refuses data without classes", async () => {
    const args = ["train", "--dataset", "spikeTrainMatching", "--out", await folder()];
    expect(await spikelet(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/labels.*DATA_FORMAT/s) });
  });
});
