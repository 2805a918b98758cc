import { createTrainer, fineTune, restoreNetwork, restoreTrainer, type Trainer } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const refusal = expect.objectContaining({ code: "CONFIG_INVALID", path: "resumable" });

describe.each(BACKENDS)("a checkpoint that is not resumable, %s", (backend) => {
  async function trained(): Promise<Trainer> {
    const trainer = await createTrainer(
      { ...tinyConfig, training: { ...tinyConfig.training, averaging: { type: "ema" } } },
      { backend },
    );
    await trainer.run(tinyData(), { epochs: 1 });
    return trainer;
  }

  it("has no moments, and predicts, evaluates and exports the same", async () => {
    using trainer = await trained();
    const [whole, small] = [await trainer.checkpoint(), await trainer.checkpoint({ resumable: false })];
    const parameters = (await trainer.parameters()).reduce((sum, { weights, biases }) => sum + weights.length + biases.length, 0);
    expect(small.length).toBeLessThan(whole.length - 2 * 4 * parameters);
    expect(new TextDecoder("latin1").decode(small)).not.toContain(".moment");
    using network = await restoreNetwork(small, { backend });
    expect(await network.predict(tinyData())).toEqual(await trainer.predict(tinyData()));
    expect(await network.evaluate(tinyData())).toEqual(await trainer.evaluate(tinyData()));
    expect(await network.exportModel()).toEqual(await trainer.exportModel());
    expect(network.info).toMatchObject({ step: trainer.info.step, epoch: 1 });
    expect(await network.checkpoint()).toEqual(small);
  });

  it("can't go on, but begins a training anew", async () => {
    using trainer = await trained();
    const small = await trainer.checkpoint({ resumable: false });
    using restored = await restoreTrainer(small, { backend });
    await expect(restored.run(tinyData(), { epochs: 3 })).rejects.toEqual(refusal);
    await expect(restored.applyGradients(await restored.parameters())).rejects.toEqual(refusal);
    await expect(restored.evaluate(tinyData())).resolves.toEqual(await trainer.evaluate(tinyData()));
    using another = await fineTune(small, { backend });
    await another.run(tinyData(), { epochs: 1 });
    expect(another.info.step).toBeGreaterThan(0);
  });
});
