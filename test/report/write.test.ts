import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNetwork, datasets, encode } from "spikelet";
import { afterEach, expect, it, vi } from "vitest";
import { dataSource } from "../../ts/cli/data.js";
import { answersOf } from "../../ts/cli/report/answers.js";
import { writeResultPage } from "../../ts/cli/report/write.js";
import { openOutput } from "../../ts/cli/train/output.js";
import { tinyConfig, tinyData } from "../support/learning.js";

afterEach(() => vi.unstubAllEnvs());

it("a page is not written into a folder that was taken over while its network answered", async () => {
  using network = await createNetwork(tinyConfig);
  const samples = tinyData(2);
  const metrics = await network.evaluate(samples);
  using output = await openOutput(await mkdtemp(join(tmpdir(), "spikelet-")));
  const told = { title: "Taken over", part: "test", metrics, warnings: [], epochs: [], facts: [], data: dataSource({}) };
  const how = { network, samples, onProgress: () => rmSync(join(output.files.dir, ".lock"), { force: true }) };
  await expect(writeResultPage(output, told, how)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
  expect(existsSync(output.files.page)).toBe(false);
});

it("what a network answers is encoded by its own backend", async () => {
  using network = await createNetwork(tinyConfig, { backend: "wasm" });
  const images = datasets.fromImages({ values: new Float32Array(8).fill(0.5), shape: [2, 2], labels: [0, 1] });
  // No other one can be loaded.
  vi.stubEnv("SPIKELET_BACKEND", "none");
  const { examples } = await answersOf(network, images.encode(encode.latency()), {});
  expect(examples.map(({ input }) => input.length)).toEqual([1, 1]);
});
