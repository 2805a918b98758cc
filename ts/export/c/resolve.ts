import {
  type Description,
  isLayer,
  type Layer,
  type Node,
  type Pool,
  type Source,
  type Window,
} from "../../infer/description.js";
import type { CConnection, CNetwork, CNode, Constants, Decided, Origin } from "./network.js";

const STATISTICS: readonly Decided["statistic"][] = ["mean", "max", "last", "softmaxSum", "each", "expMean"];

/** Finds whose events sources send. */
export type OriginsOf = (sources: readonly Source[]) => Origin[];

/** Makes what a layer computes, and its connections. */
export type Resolve = (layer: Layer, originsOf: OriginsOf) => { constants: Constants; connections: CConnection[] };

/** The nodes of a network, without pools that only pass events on. */
export function resolved(
  description: Description,
  types: Pick<CNetwork, "weight" | "sum" | "membrane">,
  resolve: Resolve,
): CNetwork {
  const { nodes, inputs, outputs, steps, endsEarly, isReadout, classes } = description;
  const { decision, statistic, inverseTemperature, decayRate } = description;
  const numbers = new Map<number, number>();
  const passes = passing(nodes);
  for (let number = 1; number <= nodes.length; number++) if (!passes.has(number)) numbers.set(number, numbers.size + 1);

  const originsOf: OriginsOf = (sources) =>
    sources.flatMap(([number, lag, offset]) => {
      const pool = passes.get(number);
      if (pool !== undefined) {
        const behind = pool.sources.map(([number, , own]): Source => [number, lag, offset + own]);
        return originsOf(behind);
      }
      return [{ number: numbers.get(number) ?? 0, isBefore: number > 0 && lag > 0, offset }];
    });
  const written = nodes.flatMap((node, index): CNode[] => {
    const number = numbers.get(index + 1);
    if (number === undefined) return [];
    if (!isLayer(node)) return [{ number, selects: node.selects, origins: originsOf(node.sources), window: node.window }];
    const { filters, places } = node;
    return [{ number, filters, places, units: filters * places, ...resolve(node, originsOf) }];
  });
  const by = decision === "none" ? "nothing" : decision;
  const decided = { by, statistic: STATISTICS[statistic] ?? "mean", inverseTemperature, decayRate } as const;
  return { inputs, outputs, steps, endsEarly, isReadout, decided, classes, ...types, nodes: written };
}

/** Pools that pass events on as they are, by number: readers of theirs may read their sources instead. */
function passing(nodes: readonly Node[]): Map<number, Pool> {
  const sources = nodes.flatMap((node) => (isLayer(node) ? node.connections.flatMap((one) => one.sources) : node.sources));
  const readLater = new Set(sources.flatMap(([number, lag]) => (lag > 0 ? [number] : [])));
  const isOfLayer = ([number]: Source) => number > 0 && isLayer(nodes[number - 1] as Node);
  const found = new Map<number, Pool>();
  for (const [index, node] of nodes.entries()) {
    if (isLayer(node) || node.selects || !isIdentity(node.window) || node.sources.some(([, lag]) => lag > 0)) continue;
    if (!readLater.has(index + 1) || node.sources.every(isOfLayer)) found.set(index + 1, node);
  }
  return found;
}

function isIdentity({ rows, columns }: Window): boolean {
  return [rows, columns].every(([input, output, taps, stride]) => input === output && taps === 1 && stride === 1);
}
