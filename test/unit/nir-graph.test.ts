import { describe, expect, it } from "vitest";
import type { NirGraph } from "../../ts/exchange/nir/graph.js";
import { ordered } from "../../ts/exchange/nir/order.js";
import { wiringOf } from "../../ts/exchange/nir/wiring.js";

const TYPES = { input: "Input", fc: "Affine", lif: "LIF", wait: "Delay", back: "Linear", pool: "AvgPool2d", output: "Output" };
type Name = keyof typeof TYPES;

function graph(...edges: [Name, Name][]): NirGraph {
  const names = new Set(edges.flat());
  return { nodes: new Map([...names].map((name) => [name, { type: TYPES[name], fields: new Map() }])), edges };
}

/** What leads to the layers of a graph: `layer: weights(source after delays)`. */
function lines(given: NirGraph): string[] {
  const { layers, output } = wiringOf(given);
  return [...layers, output].map(({ node, arrivals }) => {
    const all = arrivals.map(({ weights, sources }) => {
      const from = sources.map(({ name, delays }) => [name, ...delays.map((delay) => delay.name)].join(" "));
      return `${weights?.name ?? ""}(${from.join(", ")})`;
    });
    return `${node.name}: ${all.join(" ")}`;
  });
}

describe("a graph of NIR", () => {
  const chain: [Name, Name][] = [
    ["input", "fc"],
    ["fc", "lif"],
    ["lif", "output"],
  ];

  it("is read from the input to the output, in whatever order its edges are", () => {
    expect(lines(graph(...chain.toReversed()))).toEqual(["lif: fc(input)", "output: (lif)"]);
  });

  it("may come back to a node through weights, and a delay before them", () => {
    expect(lines(graph(...chain, ["lif", "back"], ["back", "lif"]))).toContain("lif: fc(input) back(lif)");
    expect(lines(graph(...chain, ["lif", "wait"], ["wait", "back"], ["back", "lif"]))).toContain("lif: fc(input) back(lif wait)");
  });

  it("may have neurons to which spikes come as they are", () => {
    expect(lines(graph(...chain, ["input", "lif"]))).toContain("lif: fc(input) (input)");
  });

  it("is joined with the graphs in it", () => {
    const inner = graph(["input", "lif"], ["lif", "back"], ["back", "lif"], ["lif", "output"]);
    const nodes = new Map([...graph(...chain).nodes, ["lif", { type: "NIRGraph", fields: new Map(), graph: inner }]]);
    expect(lines({ nodes, edges: chain })).toEqual(["lif.lif: fc(input) lif.back(lif.lif)", "output: (lif.lif)"]);
  });

  it("is joined with graphs that pass on what they get", () => {
    const through = { type: "NIRGraph", fields: new Map(), graph: graph(["input", "output"]) };
    const nodes = new Map([...graph(...chain).nodes, ["through", through]]);
    const edges: [string, string][] = [
      ["input", "through"],
      ["through", "fc"],
      ["fc", "lif"],
      ["lif", "output"],
    ];
    expect(lines({ nodes, edges })).toEqual(["lif: fc(input)", "output: (lif)"]);
  });

  it.each<[string, NirGraph, string]>([
    ["weights that lead nowhere", graph(...chain, ["lif", "back"]), "back is not on a path from the Input to the Output"],
    ["neurons that nothing leads to", graph(...chain, ["back", "lif"]), "back is not on a path from the Input to the Output"],
    [
      "weights behind weights",
      graph(...chain, ["lif", "back"], ["back", "lif"], ["back", "fc"]),
      "is a Affine: what follows weights",
    ],
    [
      "a delay behind weights",
      graph(...chain, ["lif", "back"], ["back", "wait"], ["wait", "lif"]),
      "wait: is a Delay: what follows",
    ],
    [
      "a delay in a loop of its own",
      graph(...chain, ["input", "wait"], ["wait", "wait"], ["wait", "back"], ["back", "lif"]),
      "more than one way",
    ],
    ["an edge twice", graph(...chain, ["fc", "lif"]), "fc leads to lif twice"],
    ["something before the input", graph(...chain, ["lif", "input"]), "is the Input, to which nothing may lead"],
    ["something behind the output", graph(...chain, ["output", "lif"]), "is the Output, which leads to nothing"],
    ["no end", graph(["input", "fc"], ["fc", "lif"]), "there must be one Output, got 0"],
    ["no beginning", graph(["fc", "lif"], ["lif", "output"]), "there must be one Input, got 0"],
  ])("with %s is refused", (_, given, message) => {
    expect(() => wiringOf(given)).toThrow(message);
  });

  it("with a node of another type is refused", () => {
    const { nodes, edges } = graph(...chain);
    const other = new Map([...nodes, ["fc", { type: "Threshold", fields: new Map() }]]);
    expect(() => wiringOf({ nodes: other, edges })).toThrow("fc: is a Threshold, which this library does not support");
  });
});

describe("an order of layers", () => {
  const order = (sources: Record<string, string[]>, ...last: string[]) =>
    ordered(new Map(Object.entries(sources)), last).join(" ");

  it("puts each layer behind its sources, whatever the order of their names", () => {
    expect(order({ d: ["b", "c"], c: ["a"], b: ["a", "input"], a: ["input"] }, "d")).toBe("a c b d");
  });

  it("begins a loop with the layer to which something leads", () => {
    expect(order({ b: ["a"], a: ["input", "b"], c: ["b"] }, "c")).toBe("a b c");
  });

  it("leaves loops of a layer to itself out", () => {
    expect(order({ a: ["input", "a"], b: ["a", "b"] }, "b")).toBe("a b");
  });

  it("puts a flatten layer behind the neurons of the output", () => {
    expect(order({ out: ["a", "x"], flat: ["out"], x: ["out"], a: ["input"] }, "out", "flat")).toBe("a x out flat");
  });

  it("puts the output last, though others are fed by it alone", () => {
    expect(order({ out: ["a", "x"], x: ["out"], a: ["input"] }, "out")).toBe("a x out");
  });
});
