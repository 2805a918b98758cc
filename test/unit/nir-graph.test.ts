import { describe, expect, it } from "vitest";
import { chainOf, type NirGraph } from "../../ts/exchange/nir/graph.js";

const TYPES = { input: "Input", fc: "Affine", lif: "LIF", wait: "Delay", back: "Linear", output: "Output" };
type Name = keyof typeof TYPES;

function graph(...edges: [Name, Name][]): NirGraph {
  const names = new Set(edges.flat());
  return { nodes: new Map([...names].map((name) => [name, { type: TYPES[name], fields: new Map() }])), edges };
}

describe("a graph of NIR", () => {
  const chain: [Name, Name][] = [
    ["input", "fc"],
    ["fc", "lif"],
    ["lif", "output"],
  ];

  it("is read from the input to the output, in whatever order its edges are", () => {
    expect(chainOf(graph(...chain.toReversed())).nodes.map(({ name }) => name)).toEqual(["input", "fc", "lif", "output"]);
  });

  it("may come back to a node through weights", () => {
    const { nodes, loops } = chainOf(graph(...chain, ["lif", "back"], ["back", "lif"]));
    expect(nodes.map(({ name }) => name)).toEqual(["input", "fc", "lif", "output"]);
    expect([...loops].map(([name, { weights }]) => [name, weights.name])).toEqual([["lif", "back"]]);
  });

  it("may come back through a delay before the weights", () => {
    const { nodes, loops } = chainOf(graph(...chain, ["lif", "wait"], ["wait", "back"], ["back", "lif"]));
    expect(nodes.map(({ name }) => name)).toEqual(["input", "fc", "lif", "output"]);
    expect([...loops].map(([name, { weights, delay }]) => [name, weights.name, delay?.name])).toEqual([["lif", "back", "wait"]]);
  });

  it("is joined with the graphs in it", () => {
    const inner = graph(["input", "lif"], ["lif", "back"], ["back", "lif"], ["lif", "output"]);
    const outer = graph(["input", "fc"]);
    const nodes = new Map([...graph(...chain).nodes, ["lif", { type: "NIRGraph", fields: new Map(), graph: inner }]]);
    const { nodes: found, loops } = chainOf({ nodes, edges: [...outer.edges, ["fc", "lif"], ["lif", "output"]] });
    expect(found.map(({ name }) => name)).toEqual(["input", "fc", "lif.lif", "output"]);
    expect([...loops].map(([name, { weights }]) => [name, weights.name])).toEqual([["lif.lif", "lif.back"]]);
    const through = new Map([...nodes, ["lif", { type: "NIRGraph", fields: new Map(), graph: graph(["input", "output"]) }]]);
    expect(() => chainOf({ nodes: through, edges: [] })).toThrow("an input leads to an output");
  });

  it.each<[string, NirGraph, string]>([
    ["a second way out", graph(...chain, ["lif", "back"]), "lif goes to two nodes: only a chain"],
    ["a second way in", graph(...chain, ["back", "lif"]), "lif gets two inputs: only a chain"],
    ["two recurrent connections", graph(...chain, ["lif", "back"], ["back", "lif"], ["back", "fc"]), "only a chain"],
    ["a delay behind recurrent weights", graph(...chain, ["lif", "back"], ["back", "wait"], ["wait", "lif"]), "only a chain"],
    ["no end", graph(["input", "fc"], ["fc", "lif"]), "must end with an Output"],
    ["no beginning", graph(["fc", "lif"], ["lif", "output"]), "there must be one Input, got 0"],
  ])("with %s is refused", (_, given, message) => {
    expect(() => chainOf(given)).toThrow(message);
  });
});
