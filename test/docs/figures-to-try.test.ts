import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RUNS } from "../../site/trying/runs.mjs";
import { SCENES } from "../../site/trying/scenes.mjs";
import { ROOT } from "./guides.js";

const essay = readFileSync(join(ROOT, "docs/learn/spiking-networks.md"), "utf8").replaceAll(/\s+/g, " ");

/** Smallest weight from which a condition holds. */
function from<T>(weights: readonly number[], runs: readonly T[], holds: (run: T) => boolean): string {
  return (weights[runs.findIndex(holds)] ?? Number.NaN).toFixed(2);
}

it("the essay says what the library computes of a weight", async () => {
  const { runs, weights } = await RUNS.weight();
  const born = runs.findIndex(({ fired }) => fired.length > 0);
  const twice = from(weights, runs, ({ fired }) => fired.length > 1);
  expect(essay).toContain(
    `Up to ${weights[born - 1]?.toFixed(2)} there is none; then a spike is born at step ${runs[born]?.fired[0]},`,
  );
  expect(essay).toContain(`From ${twice} on there is a second one.`);
  const firsts = runs.slice(born).map(({ fired }) => fired[0] ?? 0);
  expect(firsts).toEqual(firsts.toSorted((a, b) => b - a));
});

it("the essay says what the library computes of the three gradients", async () => {
  const { runs, wanted, weights } = await RUNS.flow();
  const silent = runs[weights.indexOf(0.58)];
  expect(silent?.units.map(({ fired }) => fired)).toEqual([[], [7, 18], []]);
  const asksForMore = (parts: readonly { activation: readonly number[] }[] = []) =>
    parts.every(({ activation }) => Math.min(...activation) < 0 && Math.max(...activation) <= 0);
  expect(asksForMore(silent?.rules.activation)).toBe(true);
  expect(silent?.rules.antlr.map(({ activation }) => activation)).toEqual(
    silent?.rules.activation.map(({ activation }) => activation),
  );
  const moved = (timing: readonly number[] = []) =>
    timing.flatMap((value, step) => (value === 0 ? [] : [[step, Math.sign(value)]]));
  expect(silent?.rules.timing.map(({ timing }) => moved(timing))).toEqual([[], [], []]);
  expect(silent?.rules.antlr.map(({ timing }) => moved(timing))).toEqual([
    [],
    [
      [7, 1],
      [18, -1],
    ],
    [],
  ]);
  const firesAt = (step: number) => from(weights, runs, ({ units }) => units[0]?.fired[0] === step);
  expect(from(weights, runs, ({ units }) => units[2]?.fired.length === 1)).toBe(firesAt(18));
  expect(essay).toContain(`From ${firesAt(18)} on, hidden unit 2 fires, and the output fires at step 18, three steps too early.`);
  expect(essay).toContain(`From ${firesAt(14)} on, the output fires at step 14`);
  expect(wanted).toBe(21);
  const early = runs[weights.indexOf(0.7)];
  expect(moved(early?.rules.timing[0]?.timing)).toEqual([[18, 1]]);
});

it("the essay says what the library computes of resets and delays", async () => {
  const { runs, weights } = await RUNS.resets();
  const at = weights.indexOf(0.85);
  expect([runs.all, runs.membrane, runs.subtract].map((all) => all[at]?.fired.length)).toEqual([5, 8, 9]);
  expect(essay).toMatch(/the unit fires 5 times.* again sooner, 8 times; .* fires 9 times/);
  const { delays, orders } = await RUNS.delays();
  const fires = orders.map(({ runs }) => delays.filter((_, k) => (runs[k]?.fired.length ?? 0) > 0));
  expect(essay).toContain(`With A delayed by ${fires[0]?.at(0)} to ${fires[0]?.at(-1)} steps`);
  expect(fires[1]).toEqual([]);
});

it.each(Object.keys(SCENES))("draws and describes every setting: %s", async (name) => {
  const scene = SCENES[name];
  const data = await RUNS[name as keyof typeof RUNS]();
  const settings = (scene?.controls ?? []).reduce<Record<string, unknown>[]>(
    (all, control) => {
      const values =
        control.kind === "choice"
          ? Object.keys(control.names)
          : Array.from({ length: control.places(data) }, (_, place) => place);
      // Each slider by itself would do; the first and last places of two suffice.
      const few = all.length > 100 ? values.filter((_, k) => k === 0 || k === values.length - 1) : values;
      return all.flatMap((setting) => few.map((value) => ({ ...setting, [control.key]: value })));
    },
    [{}],
  );
  const sentences = new Set<string>();
  for (const setting of settings) {
    const { description, height, parts, sentence, width } = scene?.draw(data, setting) ?? {};
    expect(`${description}${sentence}${parts?.join("")}`).not.toMatch(/NaN|undefined|Infinity/);
    expect([width, height]).toEqual([360, expect.any(Number)]);
    sentences.add(sentence ?? "");
  }
  expect(settings.length).toBeGreaterThan(20);
  expect(sentences.size).toBeGreaterThan(5);
});
