import { type Augmentation, type Config, createTrainer, restoreTrainer, type TrainEvent } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { digitsConfig, fewDigits } from "../support/learning.js";

const everything: Augmentation = { shift: 2, image: [1, 28, 28], timeJitter: 1.5, eventDropout: 0.1, inputDropout: 0.1 };

function configOf(augmentation: Augmentation): Config {
  return { ...digitsConfig, training: { ...digitsConfig.training, batchSize: 50, epochs: 2, augmentation } };
}

async function weightsAfter(backend: "native" | "wasm", augmentation: Augmentation, isStopped = false): Promise<Float32Array[]> {
  const { validation } = await fewDigits();
  const first = await createTrainer(configOf(augmentation), { backend });
  let trainer = first;
  if (isStopped) {
    for await (const event of first.run(validation)) if (event.type === "step" && event.step === 3) break;
    trainer = await restoreTrainer(await first.checkpoint(), { backend });
  }
  const events: TrainEvent[] = [];
  for await (const event of trainer.run(validation)) events.push(event);
  expect(events.at(-1)?.type).toBe("finished");
  const parameters = await trainer.parameters();
  for (const one of [first, trainer]) one.dispose();
  return parameters.map(({ weights }) => weights);
}

describe("augmentation", () => {
  it("gives the same bits on every backend, stopped or not", async () => {
    const expected = await weightsAfter("native", everything);
    for (const backend of BACKENDS) {
      expect(await weightsAfter(backend, everything)).toEqual(expected);
      expect(await weightsAfter(backend, everything, true)).toEqual(expected);
    }
    expect(await weightsAfter("native", {})).not.toEqual(expected);
  });

  it.each(BACKENDS)("changes what is learnt and nothing else, on %s", async (backend) => {
    const { validation } = await fewDigits();
    using plain = await createTrainer(configOf({}), { backend });
    using changed = await createTrainer(configOf({ ...everything, eventDropout: 0.5 }), { backend });
    const seen = async (trainer: typeof plain) => {
      const evaluated = await trainer.evaluate(validation);
      const { byFirstSpike } = await trainer.predict(validation);
      const { loss } = await trainer.gradients(validation);
      return { evaluated, byFirstSpike, loss };
    };
    expect(await seen(changed)).toEqual(await seen(plain));
    const operations = async (trainer: typeof plain) => {
      for await (const event of trainer.run(validation, { epochs: 1 })) {
        if (event.type === "epochEnd") return event.train.synapticOperations;
      }
      throw new Error("the epoch did not end");
    };
    expect(await operations(changed)).toBeLessThan(0.7 * (await operations(plain)));
  });

  it("refuses a shift of what is not known to be an image", async () => {
    await expect(createTrainer(configOf({ shift: 1 }))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "training.augmentation.shift",
      message: expect.stringContaining("training.augmentation.image"),
    });
    await expect(createTrainer(configOf({ eventDropout: 1 }))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "training.augmentation.eventDropout",
    });
  });
});
