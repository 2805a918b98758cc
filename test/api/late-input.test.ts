import { createTrainer, datasets, encode, type WarningEvent } from "spikelet";
import { describe, expect, it } from "vitest";
import { tinyConfig } from "../support/learning.js";

const SAMPLES = 12;
/** Steps of the network. */
const { steps = 0 } = tinyConfig.network;

/** Images of which all pixels are 1 but for the first, which is 0.5. */
const images = datasets.fromImages({
  values: Float32Array.from({ length: 4 * SAMPLES }, (_, k) => (k % 4 === 0 ? 0.5 : 1)),
  labels: Array.from({ length: SAMPLES }, (_, k) => k % 2),
  shape: [2, 2],
});
const signals = (times: number) =>
  datasets.fromSeries({
    signals: Array.from({ length: SAMPLES }, () => [0, 1].map(() => Float32Array.from({ length: times }, (_, t) => t))),
    labels: Array.from({ length: SAMPLES }, (_, k) => k % 2),
  });

const codesOf = (warnings: readonly WarningEvent[]) => warnings.map(({ code }) => code);

describe("input spikes that an encoding puts at or after the last step", () => {
  it("are told before the first batch, and stand in advice about silent units", async () => {
    using trainer = await createTrainer({ ...tinyConfig, training: { ...tinyConfig.training, epochs: 1 } });
    const events = [];
    const data = images.encode(encode.latency({ first: 2 * steps, last: 4 * steps }));
    for await (const event of trainer.run(data)) events.push(event);
    const [first] = events;
    expect(first).toMatchObject({ type: "warning", code: "LATE_INPUT", layer: null, epoch: 1 });
    const warnings = events.filter((event) => event.type === "warning");
    expect(warnings[0]?.message).toMatch(/^100 % of the input spikes/);
    expect(codesOf(warnings)).toContain("SILENT_LAYER");
    for (const { code, advice } of warnings.filter(({ code }) => code === "LATE_INPUT" || code.startsWith("SILENT"))) {
      expect([code, advice]).toEqual([code, expect.stringContaining(`\`network.steps\` to ${3 * steps + 1}`)]);
      expect(advice).not.toContain("threshold");
    }
    expect(codesOf((await trainer.run(data, { epochs: 2 })).warnings)).not.toContain("LATE_INPUT");
  });

  it("may be some of them, of images and of signals", async () => {
    const messageOf = async (data: typeof images) => {
      using trainer = await createTrainer({ ...tinyConfig, training: { ...tinyConfig.training, epochs: 1 } });
      return (await trainer.run(data)).warnings.find(({ code }) => code === "LATE_INPUT")?.message;
    };
    expect(await messageOf(images.encode(encode.latency({ first: 0, last: 2 * steps })))).toMatch(/^25 %.*31 steps$/);
    expect(await messageOf(images.encode(encode.latency()))).toBeUndefined();
    expect(await messageOf(images.encode(encode.rate()))).toBeUndefined();
    const delta = encode.delta({ threshold: 1 });
    expect(await messageOf(signals(2 * steps).encode(delta))).toMatch(/^5\d.* 60 steps$/);
    expect(await messageOf(signals(steps).encode(delta))).toBeUndefined();
  });
});
