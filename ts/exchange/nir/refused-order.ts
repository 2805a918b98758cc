import { SpikeletError } from "../../errors.js";
import type { GraphNode, Source } from "../../graph/graph.js";
import type { NirGraph } from "./graph.js";
import { wiringOf } from "./wiring.js";

/**
 * Refuses a network whose file would be read with other connections a step late: NIR has no order of layers.
 *
 * @param names of the nodes from which the spikes of each layer come
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the sources.
 */
export function refuseOtherOrder(nodes: readonly GraphNode[], graph: NirGraph, names: readonly string[]): void {
  const order = wiringOf(graph).layers.map(({ node }) => node.name);
  const places = names.map((name) => order.indexOf(name));
  const isOther = (index: number) => (source: Source) =>
    source.layer !== null && (places[source.layer] as number) >= (places[index] as number) !== source.isFeedback;
  for (const [index, { own, further }] of nodes.entries()) {
    const all = [own.sources, ...further.map(({ sources }) => sources)];
    for (const [number, sources] of all.entries()) {
      const other = sources.find(isOther(index));
      if (other === undefined) continue;
      const path = `network.layers[${index}]${number === 0 ? "" : `.inputs[${number - 1}]`}.from`;
      const arrival = other.isFeedback ? "in the same step, since they close no loop" : "one step later";
      throw new SpikeletError(
        "CONFIG_INVALID",
        path,
        `NIR has no order of layers: a reader would have spikes arrive here ${arrival}`,
      );
    }
  }
}
