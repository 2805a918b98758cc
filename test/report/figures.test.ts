import { type Config, createNetwork } from "spikelet";
import { describe, expect, it } from "vitest";
import { answersOf } from "../../ts/report/result/answers.js";
import { rasters } from "../../ts/report/result/figures.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const dense = { type: "dense" as const, units: 2 };

describe("rasters of a page", () => {
  it.each<[string, Partial<Config["network"]>]>([
    ["units", { input: 4, layers: [dense] }],
    ["channels", { input: [1, 2, 2], layers: [{ type: "flatten" }, dense] }],
  ])("have a row for each input of the network, whatever the shape of a sample: %s", async (_, own) => {
    using network = await createNetwork({ network: { ...tinyConfig.network, ...own } });
    // Spikes without a shape.
    const answers = await answersOf(network, tinyData(2), { signal: new AbortController().signal });
    const { text } = rasters({ answers, layers: network.info.layers, config: network.config, part: "test" });
    const inputs = [...text.matchAll(/>(Input: [^<]*)</g)].map(([, label]) => label);
    expect(inputs).toEqual(["Input: 20 spikes of 4 units", "Input: 20 spikes of 4 units"]);
  });
});
