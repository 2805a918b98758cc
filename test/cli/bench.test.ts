import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CASES } from "../../ts/cli/bench/cases.js";
import { spikelet } from "../support/spawn-cli.js";

const SHORT = ["--seconds", "0.05", "--batch", "16", "--threads", "1", "--json"];

describe("spikelet bench", () => {
  it.each(["native", "wasm"])("prints a line for training and one for inference on %s", async (backend) => {
    const { code, json } = await spikelet(["bench", "--case", "mnist", "--backend", backend, ...SHORT]);
    expect(code).toBe(0);
    const lines = json();
    expect(lines.map(({ phase }) => phase)).toEqual(["train", "infer"]);
    for (const line of lines) {
      expect(line).toMatchObject({ case: "mnist", backend, simd: expect.any(String), threads: 1, batch: 16 });
      for (const key of ["samplesPerSecond", "warmUpSeconds", "dataSeconds", "dataBytes", "baseMemoryBytes"]) {
        expect(line[key], key).toBeGreaterThan(0);
      }
      expect(line["spread"]).toBeGreaterThanOrEqual(0);
      expect(line["repetitions"]).toBeGreaterThanOrEqual(3);
      expect(line["peakMemoryBytes"]).toBeGreaterThan(Number(line["dataBytes"]));
      expect(line["spikesPerUnit"]).toHaveLength(2);
    }
  });

  it("measures one network at every batch, number of threads and time: its spikes are the same", async () => {
    const spikes = async (...more: string[]) => {
      const { json } = await spikelet(["bench", "--case", "mnist", "--seconds", "0.05", "--json", ...more]);
      return json().map(({ spikesPerUnit }) => spikesPerUnit);
    };
    const first = await spikes("--batch", "16", "--threads", "1");
    expect(first[1]).toEqual(first[0]);
    expect(Math.min(...(first[0] as number[]))).toBeGreaterThan(0.05);
    expect((await spikes("--batch", "16", "--threads", "2", "--seconds", "0.2"))[0]).toEqual(first[0]);
  });

  it("runs at the SIMD level that it is told", async () => {
    const { json } = await spikelet(["info", "--json"]);
    const backend = json()[0]?.["backend"] as { simdLevels: string[] } | undefined;
    const level = backend?.simdLevels.at(-1) ?? "";
    const forced = await spikelet(["bench", "--simd", level, ...SHORT]);
    expect(forced.json()[0]).toMatchObject({ simd: level });
  });

  it("measures the network of a configuration, on its data", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    const config = {
      network: {
        input: 5,
        steps: 30,
        layers: [
          { type: "dense", units: 12 },
          { type: "dense", units: 3 },
        ],
      },
      training: { batchSize: 7 },
      data: { dataset: "yinYang", options: { samples: 300 } },
    };
    await writeFile(join(dir, "own.json"), JSON.stringify(config));
    const args = ["bench", "--config", join(dir, "own.json"), "--seconds", "0.05", "--threads", "1"];
    const { code, json } = await spikelet([...args, "--json"]);
    expect(code).toBe(0);
    expect(json().map(({ case: name, phase, batch }) => [name, phase, batch])).toEqual([
      ["own", "train", 7],
      ["own", "infer", 7],
    ]);
    expect(json()[0]?.["spikesPerUnit"]).toHaveLength(2);
    const words = await spikelet([...args, "--batch", "5"]);
    expect(words.stdout).toMatch(
      /^own train .* batch 5, at most [\d,]+ MB of memory: [\d,]+ MB for Node and the data, [\d,]+ MB for the network/,
    );
    expect(await spikelet([...args, "--case", "mnist"])).toMatchObject({ code: 2, stderr: expect.stringContaining("not both") });
  });

  it("says in its help what each case is", async () => {
    const { stdout } = await spikelet(["bench", "--help"]);
    const text = stdout.replaceAll(/\s+/g, " ");
    for (const [name, { about }] of Object.entries(CASES)) expect(text).toContain(`${name} ${about}`);
  });

  it.each([
    [["--case", "cifar"], "cifar"],
    [["--seconds", "0"], "--seconds"],
    [["--batch", "0"], "--batch"],
  ])("refuses %s", async (words, named) => {
    const { code, stderr } = await spikelet(["bench", ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(named);
  });
});
