import { describe, expect, it } from "vitest";
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

  it("runs at the SIMD level that it is told", async () => {
    const { json } = await spikelet(["info", "--json"]);
    const backend = json()[0]?.["backend"] as { simdLevels: string[] } | undefined;
    const level = backend?.simdLevels.at(-1) ?? "";
    const forced = await spikelet(["bench", "--simd", level, ...SHORT]);
    expect(forced.json()[0]).toMatchObject({ simd: level });
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
