import { type Config, createNetwork, createTrainer } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

const network = { input: 4, steps: 10, layers: [{ type: "dense" as const, units: 3 }] };

describe.each(BACKENDS)("a configuration on %s", (backend) => {
  it("is refused in words of JSON, with what is probably meant", async () => {
    const faults: [object, string, string][] = [
      [{ network: { ...network, steps: [10] } }, "network.steps", "must be a whole number from 0, got a list"],
      [
        { network: { ...network, steps: "10" } },
        "network.steps",
        'must be a whole number from 0, got "10": write 10 without quotes',
      ],
      [{ network: { ...network, steps: 10.5 } }, "network.steps", "must be a whole number from 0, got 10.5"],
      [{ network, training: { seed: -1 } }, "training.seed", "must be a whole number from 0, got -1"],
      [{ network, training: [] }, "training", "must be an object, got a list"],
      [{ network, training: { frozen: "layers.0" } }, "training.frozen", 'must be a list, got "layers.0"'],
      [{ network, rule: "antlr" }, "rule", 'must be an object: { "type": "antlr" }'],
      [{ network: { ...network, input: [28] } }, "network.input", expect.stringContaining("[channels, height, width]")],
      [
        { network: { ...network, neuron: { learn: ["x"] } } },
        "network.neuron.learn[0]",
        expect.stringMatching(/^must be one of .*, got "x"$/),
      ],
    ];
    for (const [config, path, reason] of faults) {
      const refusal = { code: "CONFIG_INVALID", path, reason };
      await expect(createNetwork(config as Config, { backend }), JSON.stringify(config)).rejects.toMatchObject(refusal);
    }
  });

  it("has Adam where the optimiser says no type", async () => {
    using trainer = await createTrainer({ network, optimizer: { learningRate: 0.02 } }, { backend });
    expect(trainer.config.optimizer).toMatchObject({ type: "adam", learningRate: 0.02, beta1: 0.9 });
    const foreign = { network, optimizer: { momentum: 0.9 } } as unknown as Config;
    await expect(createTrainer(foreign, { backend })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "optimizer.momentum",
    });
  });
});
