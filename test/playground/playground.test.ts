import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { addressOf, readAddress } from "../../demo/playground/address.js";
import { configOf } from "../../demo/playground/config.js";
import { SETS } from "../../demo/playground/data/sets.js";
import { MAX_DRAWN, onGrid, read, written } from "../../demo/playground/drawn.js";
import { formHtml } from "../../demo/playground/form.js";
import { programOf } from "../../demo/playground/program.js";
import { DEFAULTS, FIELDS, type FieldName, LOSSES, type RuleName, type Settings } from "../../demo/playground/settings.js";
import { learnt, QuietLearner, resultsOf, WatchedLearner } from "../support/playground.js";

const NAMES = Object.keys(FIELDS) as FieldName[];
const DRAWN = [
  { x: 0.1, y: 0.2, label: 0 },
  { x: 0.9, y: 0.25, label: 1 },
  { x: 0.5, y: 1, label: 2 },
  { x: 0.15, y: 0.3, label: 0 },
].map(onGrid);

/** Every value that a field allows, or both ends of its range. */
function valuesOf(name: FieldName): (string | number)[] {
  const field = FIELDS[name];
  return field.kind === "choice" ? Object.keys(field.options) : [field.min, field.min + field.step, field.max];
}

const changed = (changes: Partial<Settings>): Settings => ({ ...DEFAULTS, ...changes });
const reread = (settings: Settings) => readAddress("", `#${addressOf(settings)}`);

describe("the address of the playground", () => {
  it("gives back every setting", () => {
    for (const name of NAMES) {
      for (const value of valuesOf(name)) {
        if (name === "loss" && value !== DEFAULTS.loss && !LOSSES[DEFAULTS.rule].some((loss) => loss === value)) continue;
        const settings = changed({ [name]: value });
        if (name === "rule") settings.loss = LOSSES[value as RuleName][0] ?? settings.loss;
        const { settings: found, faults } = reread(settings);
        expect(faults).toEqual([]);
        expect(found).toEqual(settings);
      }
    }
  });

  it("gives back points that were drawn, to the last bit", () => {
    expect(reread(changed({ data: "drawn", drawn: DRAWN })).settings.drawn).toEqual(DRAWN);
    const corners = [0, 1].flatMap((x) => [0, 1, 2].map((label) => ({ x, y: 1 - x, label })));
    expect(read(written(corners))).toEqual(corners);
    const many = Array.from({ length: MAX_DRAWN }, (_, k) => onGrid({ x: k / MAX_DRAWN, y: ((7 * k) % 31) / 31, label: k % 3 }));
    expect(read(written(many))).toEqual(many);
  });

  it("says which flags and which digest it has", () => {
    const digest = "0123456789abcdef".repeat(4);
    expect(readAddress("", `#${addressOf(DEFAULTS, digest)}&embed`)).toMatchObject({
      digest: digest.slice(0, 16),
      isEmbedded: true,
      isPaused: false,
      faults: [],
    });
    expect(readAddress("", "#rooms")).toMatchObject({ settings: DEFAULTS, faults: [] });
    expect(readAddress("", "#paused").isPaused).toBe(true);
    expect(readAddress("?paused", "")).toMatchObject({ settings: DEFAULTS, isPaused: true, faults: [] });
  });

  it.each([
    ["points=9000", "points=9000, but points must be a number from 60 to 600 in steps of 30. It is 420 here."],
    ["points=", "points must be a number"],
    ["width=3.5", "width must be a number from 2 to 24 in steps of 1"],
    ["seed=NaN", "seed must be"],
    ["rule=magic", "rule must be one of antlr, activation, timing, eventProp, eprop. It is antlr here."],
    ["rule=__proto__", "rule must be one of"],
    ["rule=eprop&loss=latency", "loss=latency, but the rule eprop has no gradient for it. It is membrane here."],
    ["data=drawn&drawn=AAA", "the list of points is cut off. No point is drawn here."],
    ["data=drawn&drawn=AA%F0A", "which no point has"],
    ["data=drawn&drawn=AAAP", "a point of class 16; there are 3"],
    [`data=drawn&drawn=${"AAAA".repeat(MAX_DRAWN + 1)}`, `has more than ${MAX_DRAWN} points`],
    ["arithmetic=0", "The network will have other bits than its sender's."],
    ["sha256=xyz", "that is no part of a digest"],
    ["colour=red", "The address has a part “colour”"],
  ])("says in words what is damaged: %s", (hash, fault) => {
    const { faults, settings } = readAddress("", `#${hash}`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
    expect(() => configOf(settings, 3)).not.toThrow();
  });

  it("gives settings that can be used, whatever is cut off or mixed up", () => {
    const whole = `#${addressOf(changed({ data: "drawn", drawn: DRAWN }), "ab".repeat(32))}`;
    for (let end = 0; end <= whole.length; end++) {
      for (const text of [whole.slice(0, end), `#${whole.slice(end)}`, `${whole.slice(0, end)}%${whole.slice(end)}`]) {
        const { settings } = readAddress("", text);
        expect(reread(settings)).toMatchObject({ settings, faults: [] });
      }
    }
  });
});

describe("the points of the playground", () => {
  it("are the same in every engine and version: links depend on them", () => {
    const digests = Object.entries(SETS).map(([name, { pointsOf }]) => {
      const values = pointsOf(120, 0.25, 7).flatMap(({ x, y, label }) => [x, y, label]);
      return [
        name,
        createHash("sha256")
          .update(new Uint8Array(Float64Array.from(values).buffer))
          .digest("hex")
          .slice(0, 16),
      ];
    });
    expect(Object.fromEntries(digests)).toEqual({
      moons: "39003bb5a71a69c8",
      rings: "230f3f73377b02a5",
      spirals: "6f3518d12297818c",
      yinYang: "5281ac32e1f60164",
    });
  });

  it("belong to their classes in turn, and lie in the plane without noise", () => {
    for (const { classes, pointsOf } of Object.values(SETS)) {
      const points = pointsOf(60, 0, 3);
      expect(points.map(({ label }) => label)).toEqual(Array.from({ length: 60 }, (_, k) => k % classes));
      for (const { x, y } of points) expect(Math.min(x, y, 1 - x, 1 - y)).toBeGreaterThanOrEqual(0);
    }
  });
});

it("the form of the playground has a control for every setting", () => {
  const names = [...formHtml().matchAll(/ name="(\w+)"/g)].map(([, name]) => name);
  expect(names.toSorted()).toEqual(NAMES.toSorted());
});

describe("a network of the playground", () => {
  it.each(Object.entries(LOSSES).flatMap(([rule, losses]) => losses.map((loss) => [rule, loss] as const)))(
    "learns by %s with the loss %s",
    async (rule, loss) => {
      const { metrics } = await learnt(changed({ rule: rule as RuleName, loss, epochs: 60 }));
      expect(metrics.accuracy.decision).toBeGreaterThan(0.6);
    },
  );

  it("goes on after its last epoch as if it had never stopped", async () => {
    const learner = new QuietLearner();
    await learner.after(() => learner.open(changed({ epochs: 3 })));
    const { digest, epoch } = await learner.after(() => learner.run());
    expect(epoch).toBe(6);
    expect(digest).toBe((await learnt(changed({ epochs: 6 }))).digest);
    await learner.step();
    expect(learner.snapshot?.epoch).toBe(7);
  });

  it("can be looked at until the next one is shown, whatever is changed", async () => {
    const learner = new WatchedLearner();
    const rules = Object.entries(LOSSES).flatMap(([rule, losses]) => losses.map((loss) => ({ rule: rule as RuleName, loss })));
    for (const changes of [
      ...rules,
      { data: "drawn" },
      { data: "drawn", drawn: DRAWN },
      ...rules,
    ] satisfies Partial<Settings>[]) {
      await learner.open(changed({ points: 60, ...changes }), { runs: false });
    }
    await learner.stop();
    expect(learner.failures).toEqual([]);
    expect(learner.looksBetween).toBeGreaterThan(0);
  });

  it.each<[string, Partial<Settings>]>([
    ["Yin-Yang", {}],
    ["moons with delays and e-prop", { data: "moons", noise: 20, rule: "eprop", loss: "membrane", delays: 5, neuron: "alif" }],
    ["rings in two layers", { data: "rings", depth: 2, width: 5, neuron: "adlif", input: "burst", rule: "activation" }],
    ["spirals by rates", { data: "spirals", input: "rate", loss: "latency", rule: "timing", threshold: 0.4, seed: 12 }],
    ["points that were drawn", { data: "drawn", drawn: DRAWN, input: "latency", rule: "eventProp", loss: "membrane" }],
    ["currents", { input: "direct", loss: "count", steps: 25 }],
  ])("has the same bits in the program that it gives: %s", async (_, changes) => {
    const settings = changed({ points: 60, epochs: 3, ...changes });
    const { digest, metrics } = await learnt(settings);
    const results = await resultsOf(programOf(settings));
    expect(results).toEqual({ sha256: digest, accuracy: metrics.accuracy.decision });
  });
});
