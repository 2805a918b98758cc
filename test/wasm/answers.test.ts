import { createNetwork, datasets, encode } from "spikelet";
import { afterEach, expect, it, vi } from "vitest";
import { answersOf } from "../../ts/report/result/answers.js";
import { tinyConfig } from "../support/learning.js";

afterEach(() => vi.unstubAllEnvs());

it("what a network answers is encoded by its own backend", async () => {
  using network = await createNetwork(tinyConfig, { backend: "wasm" });
  const images = datasets.fromImages({ values: new Float32Array(8).fill(0.5), shape: [2, 2], labels: [0, 1] });
  // No other one can be loaded.
  vi.stubEnv("SPIKELET_BACKEND", "none");
  const { examples } = await answersOf(network, images.encode(encode.latency()), {});
  expect(examples.map(({ input }) => input.length)).toEqual([1, 1]);
});
