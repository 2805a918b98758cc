import { createNetwork, layers, summary } from "spikelet";
import { expect, it } from "vitest";

it("layers are made by functions whose results keep their type, also in a list", async () => {
  const hidden = [12, 8].map((units) => layers.dense({ units }));
  const stack = [layers.conv2d({ channels: 3, kernel: 3 }), layers.avgPool2d({ window: 2 }), layers.flatten(), ...hidden];
  using network = await createNetwork({
    network: { input: [1, 6, 6], steps: 20, layers: [...stack, layers.dense({ units: 2 })] },
  });
  expect(network.config.network.layers.map(({ type }) => type)).toEqual([
    "conv2d",
    "avgPool2d",
    "flatten",
    "dense",
    "dense",
    "dense",
  ]);
});

it("a summary has a row for each layer, all parameters and the plan", async () => {
  using network = await createNetwork({
    network: {
      input: [1, 6, 6],
      steps: 1500,
      layers: [
        layers.conv2d({ channels: 3, kernel: 3 }),
        layers.maxPool2d({ window: 2 }),
        layers.flatten(),
        layers.dense({ units: 40, recurrent: true }),
        layers.dense({ units: 2 }),
      ],
      neuron: { learn: ["threshold"] },
    },
  });
  const text = await summary(network);
  expect(
    text
      .split("\n\n")[0]
      ?.split("\n")
      .map((line) => line.trim().split(/ {2,}/)),
  ).toEqual([
    ["layer", "type", "units", "parameters"],
    ["input", "1 × 6 × 6", "36"],
    ["0", "conv2d, channels 3, kernel 3, 3 × 6 × 6", "108", "31"],
    ["maxPool2d, window 2"],
    ["flatten"],
    ["1", "dense, recurrent", "40", "2,721"],
    ["2", "dense", "2", "83"],
    ["sum", "1,500 steps", "2,835"],
  ]);
  expect(text).toMatch(/^layer 0 +108 units: .*gradients/m);
  expect(text).toMatch(/^layer 2 +2 units: spike gradients from the loss/m);
});
