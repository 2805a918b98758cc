import { datasets } from "spikelet";
import { describe, expect, it, vi } from "vitest";
import { COURSES, lossOf } from "../../demo/race/courses.js";
import { Race } from "../../demo/race/race.js";
import { resultOf } from "../../demo/race/result.js";
import { RULES } from "../../demo/race/rules.js";
import { DEFAULTS, ENCODING, EPOCHS } from "../../demo/race/settings.js";
import { Training } from "../../demo/race/training.js";

/** Contestants with their accuracy, spikes and step of decision in the last epoch. */
function ends(...last: readonly (readonly [accuracy: number, spikes: number, decisionStep: number])[]) {
  return RULES.map((rule, k) => {
    const [accuracy = 0, spikes = 0, decisionStep = 0] = last[k] ?? [];
    const start = { epoch: 0, accuracy: 0.1, spikes: 1, decisionStep: 1 };
    return { rule, points: [start, { epoch: EPOCHS, accuracy, spikes, decisionStep }] };
  });
}

describe("the result of a race of the demo page", () => {
  it("names who won on accuracy, on spikes and on the earliest decision", () => {
    expect(resultOf(ends([0.922, 52, 21], [0.792, 265, 10], [0.9324, 53, 25]))).toBe(
      "ANTLR reads best (93.2 % right), Activation needs the fewest spikes (52 a digit) and Timing decides earliest (step 10).",
    );
  });

  it("names all who are equal as far as is shown", () => {
    expect(resultOf(ends([0.9322, 52.4, 21], [0.9318, 51.6, 20.6], [0.932, 60, 21.2]))).toBe(
      "Activation, Timing and ANTLR read best (93.2 % right), Activation and Timing need the fewest spikes (52 a digit) and " +
        "Activation, Timing and ANTLR decide earliest (step 21).",
    );
  });

  it("lets nobody win by silence or haste who reads less than half", () => {
    expect(resultOf(ends([0.27, 0, 5], [0.12, 3, 1], [0.9, 53, 29]))).toBe(
      "ANTLR reads best (90.0 % right), ANTLR needs the fewest spikes (53 a digit) and ANTLR decides earliest (step 29).",
    );
    expect(resultOf(ends([0.27, 0, 5], [0.12, 3, 1], [0.1, 53, 29]))).toBe("Activation reads best (27.0 % right).");
    expect(resultOf([])).toBe("");
  });
});

describe("a race of the demo page", () => {
  const digits = async () => {
    const all = (await datasets.digits()).encode(ENCODING);
    return { train: all.slice(0, 32), validation: all.slice(32, 48) };
  };

  it.each(COURSES)("has a loss that fits any number of steps: %s", async (course) => {
    for (const steps of [30, 120]) {
      using race = await Race.prepare({ ...DEFAULTS, course, steps, hidden: 8 }, await digits());
      await race.updateAll();
      expect(race.updates).toBe(1);
    }
    expect(lossOf(course, 60).type).toBe(course === "trains" ? "spikeTrain" : "latency");
  });

  it("goes on after its end", async () => {
    const settings = { ...DEFAULTS, course: "first" as const, hidden: 8, steps: 30 };
    const told = { changed: vi.fn(), advanced: vi.fn(), failed: vi.fn() };
    const training = new Training(await digits(), told);
    const isOver = () => vi.waitFor(() => expect(training.state).toBe("over"), { timeout: 60_000 });
    await training.prepare(settings, { trains: true });
    await isOver();
    const { race } = training;
    expect(race?.contestants.map(({ points }) => points.length)).toEqual([EPOCHS + 1, EPOCHS + 1, EPOCHS + 1]);
    const weights = await race?.of("antlr").trainer.parameters();
    void training.goOn();
    await isOver();
    expect(training.race).toBe(race);
    expect(race?.epochs).toBe(2 * EPOCHS);
    expect(race?.contestants.map(({ points }) => points.at(-1)?.epoch)).toEqual([2 * EPOCHS, 2 * EPOCHS, 2 * EPOCHS]);
    expect(await race?.of("antlr").trainer.parameters()).not.toEqual(weights);
    expect(told.failed).not.toHaveBeenCalled();
    race?.[Symbol.dispose]();
  });
});
