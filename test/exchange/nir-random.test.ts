// Drawn graphs: each is refused with its place, or read as a network that there is, which comes back from a file as it was.
import { createNetwork, exportNir, importNir, type LayerConfig } from "spikelet";
import { expect, it } from "vitest";
import type { NirNode } from "../../ts/exchange/nir/graph.js";
import { writeGraph } from "../../ts/exchange/nir/hdf5.js";
import { mulberry32 } from "../../ts/random.js";

const UNITS = 4;

function node(type: string, fields: Record<string, readonly number[]> = {}): NirNode {
  const arrays = Object.entries(fields).map(([name, values]) => {
    const shape = values.length === UNITS * UNITS ? [UNITS, UNITS] : [values.length];
    return [name, { shape, values: Float64Array.from(values) }] as const;
  });
  return { type, fields: new Map(arrays) };
}

/** A graph with a way from its input to its output, and a few edges and nodes more; its edges lie in any order. */
function drawnGraph(random: () => number) {
  const below = (count: number) => Math.floor(random() * count);
  const one = <T>(...all: T[]): T => all[below(all.length)] as T;
  const each = (value: number) => new Array<number>(UNITS).fill(value);
  const some = (length: number) => Array.from({ length }, () => (below(9) - 3) / 8);
  const tau = { tau_mem: each(1e-3), tau_syn: each(1e-3), r: each(10), v_leak: each(0) };
  const weights = () =>
    one(
      node("Linear", { weight: some(UNITS * UNITS) }),
      node("Affine", { weight: some(UNITS * UNITS), bias: some(UNITS) }),
      node("Scale", { scale: some(UNITS) }),
    );
  const neurons = (isLast: boolean) =>
    one(
      node("LIF", { tau: each(1e-3), r: each(1), v_leak: each(0), v_threshold: each(1) }),
      node("IF", { r: each(1), v_threshold: each(1) }),
      node("CubaLIF", { ...tau, w_in: each(1), v_threshold: each(1) }),
      isLast ? node("CubaLI", { ...tau, w_in: each(1) }) : node("IF", { r: each(1), v_threshold: each(1) }),
    );
  const nodes = new Map([
    ["input", node("Input", { shape: [UNITS] })],
    ["output", node("Output", { shape: [UNITS] })],
  ]);
  const edges = new Map<string, [string, string]>();
  const way = (...names: string[]) => {
    for (const [k, to] of names.slice(1).entries()) edges.set(`${names[k]} ${to}`, [names[k] as string, to]);
  };
  const named = (name: string, given: NirNode): string => {
    nodes.set(name, given);
    return name;
  };
  const count = 1 + below(4);
  const layers: string[] = [];
  let before = "input";
  for (let k = 0; k < count; k++) {
    const layer = named(`neurons${k}`, neurons(k === count - 1));
    way(before, named(`weights${k}`, weights()), layer);
    before = layer;
    layers.push(layer);
    if (below(6) > 0) continue;
    before = named(`flatten${k}`, node("Flatten"));
    way(layer, before);
  }
  way(before, "output");
  for (let k = below(5); k > 0; k--) {
    const [from, to] = [one("input", ...layers), one(...layers)];
    const delay = () => named(`delay${k}`, node("Delay", { delay: Array.from({ length: UNITS }, () => below(3) * 1e-4) }));
    const more = () => named(`more${k}`, weights());
    way(
      ...one(
        () => [from, to],
        () => [from, more(), to],
        () => [from, delay(), more(), to],
        () => [one(...nodes.keys()), one(...nodes.keys())],
      )(),
    );
  }
  const order = [...edges.values()].map((edge) => ({ edge, key: random() }));
  return { nodes, edges: order.sort((one, other) => one.key - other.key).map(({ edge }) => edge) };
}

it("drawn graphs are refused, or become networks that come back", async () => {
  const random = mulberry32(5);
  const counts = { read: 0, refused: 0, withFeedback: 0 };
  for (let round = 0; round < 150; round++) {
    const given = drawnGraph(random);
    const found = await importNir(await writeGraph(given, undefined), { steps: 10 }).catch((thrown: unknown) => {
      expect(thrown, JSON.stringify(given.edges)).toMatchObject({ code: "DATA_FORMAT", path: expect.stringMatching(/./) });
      return undefined;
    });
    counts[found === undefined ? "refused" : "read"] += 1;
    if (found === undefined) continue;
    const last = found.network.layers.at(-1);
    const kind = (last !== undefined && "neuron" in last ? last.neuron?.type : undefined) ?? found.network.neuron?.type;
    const loss = { type: kind === "leaky" ? ("membrane" as const) : ("count" as const) };
    using network = await createNetwork({ network: found.network, loss }, { parameters: found.parameters });
    const again = await importNir((await exportNir(network)).bytes, { steps: 10 });
    using back = await createNetwork({ network: again.network, loss }, { parameters: again.parameters });
    const plain = ({ neuron: _, ...layer }: LayerConfig & { neuron?: unknown }) =>
      JSON.stringify(layer).replaceAll('"learn":false', '"learn":true');
    expect(back.config.network.layers.map(plain)).toEqual(network.config.network.layers.map(plain));
    counts.withFeedback += Number(found.approximations.some((sentence) => sentence.startsWith("in a loop")));
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(10);
});
