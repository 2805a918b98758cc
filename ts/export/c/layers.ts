import { arrive, needsSums } from "./connections.js";
import type { Draft } from "./draft.js";
import { readsInput } from "./events.js";
import { FloatNeuron } from "./float-neuron.js";
import type { CLayer } from "./network.js";
import { eachUnit } from "./order.js";
import { block, comment, type Lines } from "./text.js";
import { WholeNeuron } from "./whole-neuron.js";

/** The function that takes a step of a layer. */
export function layer(draft: Draft, node: CLayer): Lines {
  const { number, units, filters, places, constants, connections } = node;
  const neuron = "float" in constants ? new FloatNeuron(constants.float) : new WholeNeuron(constants.whole);
  const { fires, name } = neuron;
  const origins = connections.flatMap((connection) => connection.origins);
  const before = neuron.before(draft, node);
  const arrivals = connections.flatMap((_, index) => arrive(draft, node, index));
  if (fires) draft.addList(number);
  const list = draft.list(number);
  const update = eachUnit(node, (unit, channel) =>
    neuron.update(draft, node, channel, [`${list.units}[count++] = (${draft.unit})${unit === "k" ? unit : `(${unit})`};`]),
  );
  const numbers = [...(fires ? [number] : []), ...origins.map((origin) => origin.number)];
  const shape = places === 1 ? `${units}` : `${filters} x ${places}`;
  return [
    ...comment(`${shape} ${name} ${units === 1 ? "unit" : "units"}.`),
    ...block(`static void node${number}(${draft.style.name}_state *s${readsInput(origins) ? ", const events *input" : ""})`, [
      ...draft.now(numbers),
      ...before,
      ...arrivals,
      ...(fires ? ["int32_t count = 0;"] : []),
      ...update,
      ...(fires ? [`${list.count} = count;`] : []),
    ]),
  ];
}

/** Most units of a layer, and of those that need sums of their own. */
export function scratchOf(layers: readonly CLayer[]): { arriving: number; sums: number } {
  const most = (of: readonly CLayer[]) => Math.max(0, ...of.map(({ units }) => units));
  return { arriving: most(layers), sums: most(layers.filter(needsSums)) };
}
