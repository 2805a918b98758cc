import { instanceOf } from "./check/values.js";
import { printable } from "./escaped.js";
import { unitsOf } from "./graph/graph.js";
import {
  isChain,
  isNamed,
  isRecurrent,
  type LayerOutline,
  type NetworkOutline,
  outlineOf,
  sizesText,
  sourcesText,
} from "./graph/outline.js";
import { Network } from "./network.js";
import { planLines } from "./plan-text.js";

/**
 * Describes a network as text, to be printed: a table of its layers, with the units and parameters of those that have weights, and
 * how errors reach these layers in training. In a network beyond a chain, the table says where the spikes of each layer and of
 * each further input come from.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for what is no network.
 */
export async function summary(network: Network): Promise<string> {
  const { info } = aNetwork(network, "network");
  return printable([...tableOf(network), "", ...info.layers.flatMap(planLines)].join("\n"));
}

/**
 * The layers of a network in words, with their sources, shapes and parameters: what `networkGraph` of `spikelet/plot` draws.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for what is no network.
 */
export function outline(network: Network): NetworkOutline {
  return outlineOf(aNetwork(network, "network").config.network);
}

const aNetwork = instanceOf(Network, "a network");

/** Lines of a table of the layers. */
function tableOf({ config }: Network): string[] {
  const { steps } = config.network;
  const { input, layers } = outlineOf(config.network);
  const [head, ...rows] = [
    ["layer", "type", "from", "units", "parameters"],
    ["input", input.length > 1 ? sizesText(input) : "", "", grouped(unitsOf(input)), ""],
    ...layers.flatMap(rowsOf),
    ["sum", `${grouped(steps)} steps`, "", "", grouped(layers.reduce((sum, { parameters }) => sum + parameters, 0))],
  ] as [string[], ...string[][]];
  const hasSources = !isChain(layers);
  return aligned(
    [head, ...rows].map((row) => (hasSources ? row : row.filter((_, column) => column !== 2))),
    hasSources ? 3 : 2,
  );
}

/** A row for a layer, and one for each further input but that of a recurrent layer's own spikes. */
function rowsOf(layer: LayerOutline): string[][] {
  const { name, text, spiking, from, further, shape, parameters } = layer;
  const size = spiking !== null && shape.length > 1 ? [sizesText(shape)] : [];
  return [
    [
      spiking === null ? "" : String(spiking),
      [text, ...(isNamed(layer) ? [`"${name}"`] : []), ...size].join(", "),
      sourcesText(from),
      spiking === null ? "" : grouped(unitsOf(shape)),
      spiking === null ? "" : grouped(parameters),
    ],
    ...further.slice(isRecurrent(layer) ? 1 : 0).map((input) => ["", `+ ${input.text}`, sourcesText(input.from), "", ""]),
  ];
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** Lines of a table: so many columns of words to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[], words: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
