import { readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
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

  it("reads a table with a line for each point in time as signals, and says so", async () => {
    const dir = await folder();
    const [file, out] = [join(dir, "gestures.csv"), join(dir, "out")];
    const points = Array.from({ length: 30 * 12 }, (_, k) => [Math.floor(k / 12), k % 12] as const);
    const lines = points.map(
      ([take, t]) => `${take},${t},${Math.sin((1 + (take % 2)) * t).toFixed(3)},${take % 2 ? "fast" : "slow"}`,
    );
    await writeFile(file, ["take,t,x,kind", ...lines].join("\n"));
    const what = "take names 30 samples of one kind each, over which t rises";
    const first = await spikelet(["train", "--data", file, "--set", "training.epochs=1", "--out", out]);
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining(`${what}; it is read as signals of x\n`) });
    expect(first.stderr).toContain("training on 24 samples");
    const options = { channels: ["x"], sample: "take", label: "kind" };
    expect(read(out, "config.json").data).toMatchObject({ dataset: "series", options });
    const evaluated = await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--data", file, "--json"]);
    expect(evaluated.json()[0]).toMatchObject({ test: { samples: 3 }, data: { dataset: "series" } });

    const command = ["train", "--preset", "signals", "--data", file, "--out", join(dir, "again")];
    const sized = ["--set", "network.input=2", "--set", "training.epochs=1"];
    const refused = await spikelet([...command, ...sized]);
    const remedy = `--dataset series --set 'data.options.channels=["x"]' --set data.options.sample=take --set data.options.label=kind`;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`${what}; read it with ${remedy}, or`) });
    const words = remedy.replaceAll("'", "").split(" ");
    const last = ["--set", "network.layers[1].units=2"];
    expect(await spikelet([...command, ...sized, ...words, ...last])).toMatchObject({ code: 0 });
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
