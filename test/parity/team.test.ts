import { createTrainer, loadBackend, type TrainEvent } from "spikelet";
import { describe, expect, it } from "vitest";
import { pageOptions } from "../../ts/runtime/options.js";
import { teamOf } from "../../ts/runtime/team.js";
import { fakeBackend } from "../support/fake-backend.js";
import { blots, CONFIG } from "./runs.mjs";

const native = await loadBackend("native");

/** What a run of eight epochs tells, and the parameters that it ends with. */
async function trained(backend: typeof native) {
  using trainer = await createTrainer({ ...CONFIG, training: { ...CONFIG.training, epochs: 8 } }, { backend });
  const told: Partial<TrainEvent>[] = [];
  for await (const event of trainer.run(blots(200), { validation: blots(33) })) {
    const { seconds, samplesPerSecond, ...rest } = event;
    told.push(rest);
  }
  return { told, parameters: await trainer.parameters(), report: await trainer.evaluate(blots(50)) };
}

describe("sessions that share every batch", () => {
  it.each([1, 2, 3, 5])("%i of them learn what one learns alone", async (size) => {
    const alone = await trained(native);
    expect(alone.report.spikes.perSample).toBeGreaterThan(1);
    const others = Array.from({ length: size - 1 }, () => native);
    expect(await trained(teamOf([native, ...others]))).toEqual(alone);
  });

  it("tell that they are many", () => {
    expect(teamOf([native, native])).toMatchObject({
      reason: expect.stringContaining("2 that share every batch"),
      isAlive: true,
    });
  });

  it("have nothing to do after the end, and ask each other once", async () => {
    const members = [fakeBackend(), fakeBackend()] as const;
    const session = await teamOf(members).createSession(JSON.stringify({ network: { input: 2, layers: [] } }));
    const train = await session.addDataset("", { labels: Uint32Array.of(0, 1) });
    await session.begin(JSON.stringify({ train, validation: null }));
    expect(JSON.parse(await session.advance(100)).at(-1)).toMatchObject({ type: "finished" });
    const calls = () => members.map(({ sessions }) => sessions[0]?.budgets.length ?? 0);
    const before = calls();
    expect(await session.advance(100)).toBe("[]");
    expect(calls()).toEqual(before.map((count) => count + 1));
  });

  it("fail together, with the code and path of the first", async () => {
    using trainer = await createTrainer(CONFIG, { backend: teamOf([native, native]) });
    const [layer] = await trainer.parameters();
    layer?.weights.fill(Number.MAX_VALUE);
    await expect(
      trainer.setParameters(0, layer ?? { weights: new Float32Array(), biases: new Float32Array() }),
    ).rejects.toMatchObject({
      code: "NON_FINITE",
    });
  });

  it("tell what happened before a failure first, as one alone does", async () => {
    /** What each call tells, or how it fails, of a run that breaks in its second epoch. */
    const told = async (backend: typeof native) => {
      const schedule = { type: "step", every: 1, factor: 1e30 };
      const training = { ...CONFIG.training, epochs: 2 };
      const config = { ...CONFIG, optimizer: { type: "adam", learningRate: 1e10 }, schedule, training };
      const session = await backend.createSession(JSON.stringify(config));
      const { descriptor, arrays } = blots(200).wire();
      await session.begin(JSON.stringify({ train: await session.addDataset(descriptor, arrays) }));
      const call = () => session.advance(100).then(JSON.parse, ({ message }) => message);
      const calls = [await call(), await call(), await call()];
      session.dispose();
      return calls;
    };
    const alone = await told(native);
    const failure = expect.stringMatching(/not finite/);
    expect(alone).toEqual([expect.arrayContaining([expect.objectContaining({ type: "epochEnd" })]), failure, failure]);
    expect(await told(teamOf([native, native]))).toEqual(alone);
  });

  it.each([0, -1, 1.5, 65, Number.NaN])("can't be %d", (workers) => {
    expect(() => pageOptions({ workers }, "")).toThrowError(expect.objectContaining({ code: "CONFIG_INVALID", path: "workers" }));
  });
});
