// Bounds of the spikes of each unit, against those of the mean of a layer.
import { type Config, createNetwork, type Network } from "spikelet";
import { describe, expect, it } from "vitest";
import { configOf, data, drawn, expectClose, give, type Layers, output, RULES, type Rule } from "../support/relations.js";

const BOUNDS = { lower: 2, upper: 3, strength: 0.5 };
const WITH_ACTIVATION = RULES.filter(({ type }) => type !== "eventProp").map((rule) => [rule.type, rule] as const);

function networkOf(layers: Layers, rule: Rule, by: "layer" | "unit"): Promise<Network> {
  const config: Config = { ...configOf(layers, rule), regularizers: { rateBounds: { by, ...BOUNDS } } };
  return createNetwork(config);
}

/** Networks whose hidden layer is one unit. */
const OF_ONE_UNIT: [string, Layers][] = [
  ["dense", [{ type: "dense", units: 1 }, output()]],
  ["recurrent", [{ type: "dense", units: 1, recurrent: true }, output()]],
  ["adaptive", [{ type: "dense", units: 1, neuron: { type: "alif" } }, output()]],
  ["in a loop", [{ type: "dense", units: 1, name: "a", inputs: [{ type: "dense", from: "a" }] }, output()]],
];

describe.each(WITH_ACTIVATION)("rate bounds by unit, %s", (_, rule) => {
  it.each(OF_ONE_UNIT)("are those by layer of a layer of one unit: %s", async (_, layers) => {
    using byLayer = await networkOf(layers, rule, "layer");
    using byUnit = await networkOf(layers, rule, "unit");
    await give(byUnit, await drawn(byLayer));
    const found = await byUnit.gradients(data());
    expect(found.metrics.lossParts.rateBounds).toBeGreaterThan(0);
    expect(found).toEqual(await byLayer.gradients(data()));
  });

  it("are those by layer of units that are layers of their own", async () => {
    using whole = await networkOf([{ type: "dense", units: 3 }, output()], rule, "unit");
    const names = ["a", "b", "c"] as const;
    const apart: Layers = [
      ...names.map((name) => ({ type: "dense" as const, units: 1, name, from: "input" })),
      {
        ...output(),
        from: "a",
        inputs: [
          { type: "dense", from: "b" },
          { type: "dense", from: "c" },
        ],
      },
    ];
    using parts = await networkOf(apart, rule, "layer");
    const [hidden, last] = await drawn(whole);
    const row = (array: Float32Array = new Float32Array(), unit = 0) => {
      const width = array.length / 3;
      return array.slice(unit * width, (unit + 1) * width);
    };
    const column = (array: Float32Array = new Float32Array(), unit = 0) => array.filter((_, k) => k % 3 === unit);
    const of = (unit: number) => ({ weights: row(hidden?.weights, unit), biases: row(hidden?.biases, unit) });
    const inputs = [1, 2].map((unit) => ({ weights: column(last?.weights, unit) }));
    await give(parts, [
      of(0),
      of(1),
      of(2),
      { weights: column(last?.weights), biases: last?.biases ?? new Float32Array(), inputs },
    ]);
    const expected = await whole.gradients(data());
    const found = await parts.gradients(data());
    expect(found.metrics.lossParts.rateBounds).toBeCloseTo(expected.metrics.lossParts.rateBounds, 6);
    for (const unit of [0, 1, 2]) expectClose(found.layers[unit]?.weights, row(expected.layers[0]?.weights, unit));
  });
});
