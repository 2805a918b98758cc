import { convolution } from "./convolution.js";
import { delayedByConnection, delayedByInput } from "./delays.js";
import type { Draft } from "./draft.js";
import { each, type Take } from "./events.js";
import type { CConnection, CLayer } from "./network.js";
import { positionOf } from "./order.js";
import { addRow } from "./rows.js";
import { block, float, type Lines } from "./text.js";

/** Adds what arrives through a connection at this step to `s->arriving`, by position. */
export function arrive(draft: Draft, layer: CLayer, index: number): Lines {
  const connection = layer.connections[index] as CConnection;
  const { origins, weights, kind, scale, delaysBy } = connection;
  const id = `${layer.number}_${index}`;
  const table = draft.table(draft.network.weight, `weights${id}`, weights);
  if (kind === "oneToOne") {
    const [channel, place] = [`unit / ${layer.places}`, `unit % ${layer.places}`];
    const to = `s->arriving[${layer.places === 1 ? "unit" : positionOf(draft, layer, channel, place)}]`;
    return each(draft, origins, (value) => [`${to} += ${scaled(scale, times(`${table}[unit]`, value))};`]);
  }
  if (delaysBy === "connection") {
    const { sums, statements, end } = delayedByConnection(draft, layer, connection, id, table);
    return [...statements, ...collect(layer, scale, sums), end];
  }
  const isDirect = standsAlone(layer) || scale === undefined;
  const sums = isDirect ? "s->arriving" : "s->sums";
  const add: Take =
    kind === "convolution"
      ? (value) => {
          const name = convolution(draft, layer, connection, id, table, value !== undefined);
          return [`${name}(${sums}, unit${value === undefined ? "" : `, ${value}`});`];
        }
      : (value) => [addRow(draft, sums, `${table} + unit * ${layer.units}`, String(layer.units), value)];
  const statements = delaysBy === "input" ? delayedByInput(draft, connection, id, add) : each(draft, origins, add);
  return isDirect ? statements : [...statements, ...collect(layer, scale, sums)];
}

/** Whether connections of a layer make sums of their own, in `s->sums`. */
export function needsSums(layer: CLayer): boolean {
  return layer.connections.some(({ kind, scale, delaysBy }) => {
    return kind !== "oneToOne" && delaysBy !== "connection" && scale !== undefined && !standsAlone(layer);
  });
}

/** What the units have to multiply `s->arriving` by. */
export function scaleOfSums(layer: CLayer): number {
  const { kind, scale = 1, delaysBy } = layer.connections[0] as CConnection;
  return standsAlone(layer) && kind !== "oneToOne" && delaysBy !== "connection" ? scale : 1;
}

function standsAlone({ connections }: CLayer): boolean {
  return connections.length === 1;
}

/** Moves sums to `s->arriving`. */
function collect({ units }: CLayer, scale: number | undefined, sums: string): Lines {
  return block(`for (int32_t k = 0; k < ${units}; k++)`, [
    `s->arriving[k] += ${scaled(scale, `${sums}[k]`)};`,
    `${sums}[k] = 0;`,
  ]);
}

function scaled(scale: number | undefined, sum: string): string {
  return scale === undefined ? sum : `${float(scale)} * ${sum.includes("*") ? `(${sum})` : sum}`;
}

function times(weight: string, value: string | undefined): string {
  return value === undefined ? weight : `${weight} * ${value}`;
}
