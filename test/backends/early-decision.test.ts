import { type Config, createTrainer } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { digitsConfig, fewDigits } from "../support/learning.js";

describe.each(BACKENDS)("an early decision, on %s", (backend) => {
  it.each(["sample", "batch", "off"] as const)(
    "is that of the whole simulation, with endSimulation %s",
    async (endSimulation) => {
      const { train, test } = await fewDigits();
      const config: Config = { ...digitsConfig, loss: { type: "latency", endSimulation } };
      using trainer = await createTrainer(config, { backend });
      for await (const event of trainer.run(train, { epochs: 2 }))
        if (event.type === "step") expect(event.loss).toBeGreaterThan(0);

      const whole = await trainer.predict(test);
      const early = await trainer.predict(test, { earlyDecision: true });
      expect(early.byFirstSpike).toEqual(whole.byFirstSpike);
      expect(early.classes).toEqual(early.byFirstSpike);
      expect(new Set(early.classes).size).toBeGreaterThan(5);
      expect(early.decisionStep).toEqual(whole.decisionStep);
      for (const [sample, step] of (early.decisionStep ?? []).entries()) {
        const outputs = whole.layers[1]?.sample(sample).times ?? [];
        expect(early.steps[sample]).toBe(outputs.length > 0 ? step + 1 : whole.steps[sample]);
        for (const [layer, spikes] of early.layers.entries()) {
          const all = whole.layers[layer]?.sample(sample);
          const kept = all?.times.filter((time) => time < (early.steps[sample] ?? 0)).length;
          expect(spikes.sample(sample).times).toEqual(all?.times.slice(0, kept));
          expect(spikes.sample(sample).units).toEqual(all?.units.slice(0, kept));
        }
      }

      const [full, short] = [await trainer.evaluate(test), await trainer.evaluate(test, { earlyDecision: true })];
      expect(short.accuracy.firstSpike).toBe(full.accuracy.firstSpike);
      expect(short.accuracy.firstSpike).toBeGreaterThan(0.5);
      expect(short.decisionStep).toEqual(full.decisionStep);
      expect(short.spikes.perSample).toBe(full.spikes.untilDecision);
      expect(short.spikes.perSample).toBeLessThan(full.spikes.perSample);
      expect(short.synapticOperations).toBeLessThan(full.synapticOperations);
    },
  );
});
