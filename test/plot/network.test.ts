import { type Config, createNetwork, outline } from "spikelet";
import { networkGraph } from "spikelet/plot";
import { describe, expect, it } from "vitest";

async function graphOf(layers: Config["network"]["layers"], options = {}): Promise<string> {
  using network = await createNetwork({ network: { input: [2, 8, 8], steps: 10, layers } });
  return networkGraph(outline(network), options);
}

const CHAIN: Config["network"]["layers"] = [
  { type: "conv2d", channels: 4, kernel: 3 },
  { type: "flatten" },
  { type: "dense", units: 3 },
];
const GRAPH: Config["network"]["layers"] = [
  { name: "a", type: "conv2d", channels: 4, kernel: 3, inputs: [{ type: "conv2d", kernel: 1, from: "c" }] },
  { name: "b", type: "conv2d", channels: 4, kernel: 3, inputs: [{ type: "conv2d", kernel: 1, from: "b" }] },
  { name: "c", type: "conv2d", channels: 4, kernel: 3, inputs: [{ type: "conv2d", kernel: 1, from: "input" }] },
  { type: "globalAvgPool", from: ["a", "b", "c"] },
  { type: "dense", units: 2 },
];

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

function rects(svg: string): Rect[] {
  return Array.from(svg.matchAll(/<rect x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"/g), ([, ...numbers]) => {
    const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
    return { x, y, width, height };
  });
}

const texts = (svg: string) => Array.from(svg.matchAll(/<text [^>]*>([^<]*)</g), ([, text]) => text);

/** Lines of edges, and whether they are dashed. */
function edges(svg: string): { d: string; isDashed: boolean }[] {
  return Array.from(svg.matchAll(/<path d="(M[^"Z]+)" fill="none"([^/]*)/g), ([, d = "", rest = ""]) => ({
    d,
    isDashed: rest.includes("dash"),
  }));
}

describe("the graph of a network", () => {
  it("has a box for the input and each layer, one below the other, with sizes and parameters", async () => {
    const svg = await graphOf(CHAIN);
    const boxes = rects(svg);
    expect(boxes).toHaveLength(4);
    for (const [k, { y }] of boxes.slice(1).entries()) expect(y).toBeGreaterThan((boxes[k]?.y ?? 0) + (boxes[k]?.height ?? 0));
    expect(texts(svg)).toEqual([
      "input",
      "2 × 8 × 8",
      "layer 0",
      "4 × 8 × 8",
      "conv2d, channels 4, kernel 3",
      "76 parameters",
      "flatten",
      "256 units",
      "layer 1",
      "3 units",
      "dense",
      "771 parameters",
      "847 parameters in all",
    ]);
    expect(edges(svg).map(({ isDashed }) => isDashed)).toEqual([false, false, false]);
    expect(svg).not.toContain("one step later");
  });

  it("leads skips past other layers on the left, and feedback on the right, dashed", async () => {
    const layers: Config["network"]["layers"] = [
      { name: "a", type: "dense", units: 4, inputs: [{ type: "dense", from: "b" }] },
      { name: "b", type: "dense", units: 4, recurrent: true },
      { type: "dense", units: 2, from: ["a", "b"] },
    ];
    using network = await createNetwork({ network: { input: 3, steps: 10, layers } });
    const svg = networkGraph(outline(network));
    const [input, a] = rects(svg) as [Rect, Rect];
    const beside = edges(svg).filter(({ d }) => d.includes("H"));
    const sides = beside.map(({ d, isDashed }) => {
      const x = Number(/H([\d.]+)/.exec(d)?.[1]);
      return [x < a.x ? "left" : x > a.x + a.width ? "right" : "across", isDashed];
    });
    expect(input.width).toBe(a.width);
    expect(sides).toEqual([
      ["left", false],
      ["right", true],
      ["right", true],
    ]);
    expect(texts(svg)).toEqual(
      expect.arrayContaining(["in the same step", "one step later", "+ dense from b one step later", "dense, recurrent"]),
    );
    expect(svg).toMatch(
      /aria-label="graph of a network of 3 layers on an input of 3 units: a, dense, from input and by dense from b one step later; /,
    );
  });

  it("has measured spikes of layers that fire, and sums", async () => {
    const spikes = { perUnit: [0.5, 2], perSample: 134 };
    const metrics = { spikes, synapticOperations: 12_345.4, synapticOperationsByLayer: [12_000.4, 345] };
    const svg = await graphOf(CHAIN, { metrics });
    const [first, second] = [
      ["76 parameters, 128 spikes a sample", "12,000 synaptic operations"],
      ["771 parameters, 6 spikes a sample", "345 synaptic operations"],
    ] as const;
    expect(texts(svg)).toEqual(expect.arrayContaining([...first, ...second]));
    expect(texts(svg).slice(-2).join(" ")).toBe("847 parameters in all, 134 spikes and 12,345 synaptic operations a sample");
  });

  it("keeps lines beside the boxes apart, and within the figure", async () => {
    for (const width of [160, 440]) {
      const svg = await graphOf(GRAPH, { width });
      const lanes = edges(svg)
        .filter(({ d }) => d.includes("H"))
        .map(({ d }) => /H([\d.]+)V([\d.]+)/.exec(d)?.slice(1).join());
      expect(new Set(lanes).size).toBe(lanes.length);
      for (const { x, width: own } of rects(svg)) expect([x >= 0, x + own <= width]).toEqual([true, true]);
    }
  });

  it("refuses what is no outline, with the path", async () => {
    using network = await createNetwork({ network: { input: 3, steps: 10, layers: [{ type: "dense", units: 2 }] } });
    const { input, layers } = outline(network);
    const wrong = (given: unknown, path: string) => {
      expect(() => networkGraph(given as never)).toThrow(expect.objectContaining({ path }));
    };
    wrong(undefined, "network");
    wrong({ input, layers: [{ ...layers[0], shape: [0] }] }, "network.layers[0].shape[0]");
    wrong({ input, layers: [{ ...layers[0], from: [{ layer: 5, name: "x", isFeedback: false }] }] }, "network.layers[0].from");
    const metrics = { spikes: { perUnit: ["<b>"], perSample: 1 }, synapticOperations: 1 };
    expect(() => networkGraph({ input, layers }, { metrics } as never)).toThrow(
      expect.objectContaining({ path: "metrics.spikes.perUnit[0]" }),
    );
  });
});
