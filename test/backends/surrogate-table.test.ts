import { createNetwork, type SurrogateTable, surrogateTable } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { configOf, data, drawn, expectClose, give, type Layers, output, type Rule } from "../support/relations.js";

const NETWORKS: [string, Layers][] = [
  ["dense layers", [{ type: "dense", units: 20 }, { type: "dense", units: 12, neuron: { type: "alif" } }, output()]],
  ["recurrent layers", [{ type: "dense", units: 20, recurrent: true }, output()]],
];

/** Rules with a surrogate derivative. */
const RULES: [string, (surrogate: SurrogateTable | { type: "triangle"; halfWidth: number; scale: number }) => Rule][] = [
  ["activation", (surrogate) => ({ type: "activation", variant: "rnn", resetPath: { activation: "full" }, surrogate })],
  ["antlr", (surrogate) => ({ type: "antlr", surrogate })],
  ["mixture", (surrogate) => ({ type: "mixture", surrogate })],
];

const CASES = NETWORKS.flatMap(([name, layers]) => RULES.map(([type, rule]) => ({ name, layers, type, rule })));

/** A triangle, which lines between its corners give exactly. */
function triangle(halfWidth: number) {
  const height = (distance: number) => 0.8 * Math.max(0, 1 - Math.abs(distance) / halfWidth);
  return {
    formula: { type: "triangle" as const, halfWidth, scale: 0.8 },
    byDistance: surrogateTable(height, { to: 2 * halfWidth, step: halfWidth / 4 }),
    signed: surrogateTable(height, { from: -2 * halfWidth, to: halfWidth, step: halfWidth / 2 }),
  };
}

describe.each(BACKENDS)("a table of surrogate derivatives on %s", (backend) => {
  it.each(CASES)("of a triangle gives its gradients: $name, $type", async ({ layers, rule }) => {
    for (const halfWidth of [0.4, 1.5]) {
      const { formula, byDistance, signed } = triangle(halfWidth);
      using expected = await createNetwork(configOf(layers, rule(formula)), { backend });
      const parameters = await drawn(expected);
      const gradients = await expected.gradients(data());
      for (const table of [byDistance, signed]) {
        using network = await createNetwork(configOf(layers, rule(table)), { backend });
        await give(network, parameters);
        const found = await network.gradients(data());
        for (const [layer, { weights }] of found.layers.entries()) expectClose(weights, gradients.layers[layer]?.weights);
      }
    }
  });

  it("tells the two sides of the threshold apart", async () => {
    const layers: Layers = [{ type: "dense", units: 20 }, output()];
    const below = surrogateTable(() => 1, { from: -1, to: 0, step: 0.5 });
    const above = surrogateTable(() => 1, { from: 0, to: 1, step: 0.5 });
    const both = surrogateTable(() => 1, { to: 1, step: 0.5 });
    const [activation] = RULES.map(([, rule]) => rule);
    const traces = [];
    for (const table of [below, above, both]) {
      using network = await createNetwork(configOf(layers, activation?.(table) as Rule), { backend });
      await drawn(network);
      traces.push((await network.gradients(data(), { trace: true })).trace?.at(-1)?.direct ?? new Float32Array());
    }
    const [left, right, whole] = traces as [Float32Array, Float32Array, Float32Array];
    const sides = whole.map((value, k) => Number(value !== 0 && left[k] !== 0) + 2 * Number(value !== 0 && right[k] !== 0));
    expect(new Set(sides)).toEqual(new Set([0, 1, 2]));
  });

  it("is refused with less than two values", async () => {
    const layers: Layers = [output()];
    const surrogate = { type: "table" as const, step: 0.5, values: [1] };
    await expect(createNetwork(configOf(layers, { type: "antlr", surrogate }), { backend })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "rule.surrogate.values",
    });
  });
});

describe("surrogateTable", () => {
  it("samples a function by distance, or from a first place on", () => {
    const square = (x: number) => x * x;
    expect(surrogateTable(square, { to: 1, step: 0.5 })).toEqual({ type: "table", step: 0.5, values: [0, 0.25, 1] });
    const signed = { type: "table", step: 0.5, values: [0.25, 0, 0.25, 1], first: -0.5 };
    expect(surrogateTable(square, { from: -0.5, to: 1, step: 0.5 })).toEqual(signed);
    expect(surrogateTable(() => 1, { to: 3, step: 0.1 }).values).toHaveLength(31);
  });

  it("refuses what makes no table", () => {
    const faults: [() => unknown, string][] = [
      [() => surrogateTable(() => 1, { to: 1, step: 0 }), "step"],
      [() => surrogateTable(() => 1, { to: 1, step: 1e-6 }), "step"],
      [() => surrogateTable(() => 1, { from: 1, to: 1, step: 0.1 }), "step"],
      [() => surrogateTable(() => 1, { to: 1, step: 0.3 }), "to"],
      [() => surrogateTable(() => 1, { step: 0.1 } as never), "to"],
      [() => surrogateTable((x) => 1 / x, { to: 1, step: 0.5 }), "values[0]"],
      [() => surrogateTable("bell" as never, { to: 1, step: 0.5 }), "derivative"],
    ];
    for (const [call, path] of faults) {
      expect(call).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path }));
    }
  });
});
