import { type Config, createNetwork, datasets, encode } from "spikelet";
import { describe, expect, it } from "vitest";
import { answersOf } from "../../ts/report/result/answers.js";
import { rasters } from "../../ts/report/result/figures.js";
import { sampleImage } from "../../ts/report/result/sample-image.js";
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

describe("the image of a sample", () => {
  it("stands beside the answer, where samples are images", async () => {
    using network = await createNetwork(tinyConfig);
    const values = Float32Array.from([1, 0, 0.5, 1, 0, 0, 1, 1]);
    const images = datasets.fromImages({ values, labels: [0, 1], shape: [2, 2] }).encode(encode.latency({ first: 0, last: 9 }));
    const answers = await answersOf(network, images, {});
    const { text } = rasters({ answers, layers: network.info.layers, config: network.config, part: "test" });
    expect(text.match(/<span class="with-sample"><svg class="sample" viewBox="0 0 2 2"/g)).toHaveLength(2);
  });

  it("joins pixels of one colour in a row", () => {
    const grey = sampleImage({ values: Float32Array.from([1, 1, 0, 0, 0.5, 1]), shape: [2, 3] });
    expect(grey?.text).toContain('<path fill="rgb(255 255 255)" d="M0 0h2v1H0zM2 1h1v1H2z"/>');
    const red = sampleImage({ values: Float32Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), shape: [3, 2, 2] });
    expect(red?.text).toContain('<path fill="rgb(255 0 0)" d="M0 0h1v1H0z"/>');
  });

  it("is not drawn of what is none", () => {
    const values = new Float32Array(16);
    for (const shape of [[16], [1, 16], [4, 2, 2]]) expect(sampleImage({ values, shape }), shape.join()).toBeUndefined();
  });
});
