import { type Config, createTrainer, type InitializationEvent, type TrainEvent } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { digitsConfig, fewDigits } from "../support/learning.js";

const WANTED = [0.2, 0.5];
const config: Config = {
  ...digitsConfig,
  loss: { type: "latency", endSimulation: "off" },
  training: { ...digitsConfig.training, initialActivity: { spikesPerUnit: WANTED, samples: 100 } },
};

describe.each(BACKENDS)("the initial activity, on %s", (backend) => {
  it("is as expected before anything is learnt", async () => {
    const { validation } = await fewDigits();
    using trainer = await createTrainer(config, { backend });
    const events: TrainEvent[] = [];
    for await (const event of trainer.run(validation, { epochs: 0 })) events.push(event);
    const settled = events.filter((event): event is InitializationEvent & TrainEvent => {
      return event.type === "initialization" && event.isSettled;
    });
    const { spikes } = await trainer.evaluate(validation);
    expect(settled.map(({ spikesPerUnit }) => spikesPerUnit)).toEqual(spikes.perUnit);
    for (const [layer, found] of spikes.perUnit.entries()) {
      const expected = WANTED[layer] ?? 0;
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(0.05 * expected);
    }
    expect(events.at(-1)?.type).toBe("finished");
    expect(trainer.info.step).toBe(0);
  });

  it("out of reach comes as close as it can, with a warning that names the layer", async () => {
    const { validation } = await fewDigits();
    const training = { ...digitsConfig.training, initialActivity: { spikesPerUnit: [0.2, 200] } };
    using trainer = await createTrainer({ ...digitsConfig, training }, { backend });
    const events: TrainEvent[] = [];
    for await (const event of trainer.run(validation, { epochs: 0 })) events.push(event);
    const [, reached] = events.filter((event) => event.type === "initialization" && event.isSettled) as InitializationEvent[];
    expect(reached).toMatchObject({ layer: 1, target: 200, isReached: false });
    const { spikes } = await trainer.evaluate(validation);
    expect(spikes.perUnit[1]).toBeGreaterThan(1);
    expect(events.filter(({ type }) => type === "warning")).toEqual([
      expect.objectContaining({
        code: "INITIAL_ACTIVITY",
        layer: 1,
        epoch: 1,
        message: expect.stringMatching(
          /^no factor makes the output layer fire 200 times a unit and sample: [\d.]+ is the closest$/,
        ),
        advice: expect.stringContaining("training.initialActivity"),
      }),
    ]);
  });
});
