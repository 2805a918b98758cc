import { instanceOf } from "./check/values.js";
import type { LayerConfig } from "./generated/config.js";
import { Network } from "./network.js";
import type { LayerInfo } from "./network-info.js";
import { planLines } from "./plan-text.js";
import type { LayerParameters } from "./results.js";

/**
 * Describes a network as text, to be printed: a table of its layers, with the units and parameters of those that have weights, and
 * how errors reach these layers in training.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for what is no network.
 */
export async function summary(network: Network): Promise<string> {
  const { config, info } = aNetwork(network, "network");
  const parameters = (await network.parameters()).map(countOf);
  const { input, steps, layers } = config.network;
  const rows = [
    ["layer", "type", "units", "parameters"],
    ["input", Array.isArray(input) ? input.join(" × ") : "", unitsOf(input), ""],
  ];
  let weighted = 0;
  for (const layer of layers) {
    const found = hasWeights(layer) ? info.layers[weighted] : undefined;
    rows.push([
      found === undefined ? "" : String(weighted),
      typeText(layer, found),
      found === undefined ? "" : grouped(found.units),
      found === undefined ? "" : grouped(parameters[weighted] ?? 0),
    ]);
    weighted += Number(found !== undefined);
  }
  rows.push(["sum", `${grouped(steps)} steps`, "", grouped(parameters.reduce((sum, count) => sum + count, 0))]);
  return [...aligned(rows), "", ...info.layers.flatMap(planLines)].join("\n");
}

/** Number of parameters of a layer with its further inputs. */
function countOf({ weights, biases, learnt = {}, inputs = [] }: LayerParameters): number {
  const further = inputs.flatMap(({ weights, learnt = {} }) => [weights, ...Object.values(learnt)]);
  return [weights, biases, ...Object.values(learnt), ...further].reduce((sum, { length }) => sum + length, 0);
}

const aNetwork = instanceOf(Network, "a network");

function unitsOf(input: number | readonly number[]): string {
  return grouped(typeof input === "number" ? input : input.reduce((product, size) => product * size, 1));
}

function hasWeights({ type }: LayerConfig): boolean {
  return type === "dense" || type === "conv2d" || type === "conv1d" || type === "oneToOne";
}

/** Settings of convolutions that go without saying. */
const USUAL: Readonly<Record<string, unknown>> = { stride: 1, padding: "same", dilation: 1, groups: 1 };

/** The type of a layer with its settings that are numbers, words or flags. */
function typeText({ type, name, from, ...settings }: LayerConfig, info: LayerInfo | undefined): string {
  const inputs = "inputs" in settings ? (settings.inputs ?? []) : [];
  const shown = Object.entries(settings).flatMap(([name, value]) => {
    if (name === "units" || name === "inputs" || USUAL[name] === value) return [];
    if (value === true) return [name];
    if (Array.isArray(value)) return [`${name} ${value.join(" × ")}`];
    return typeof value === "number" || typeof value === "string" ? [`${name} ${value}`] : [];
  });
  const { image } = info ?? {};
  const size = image === undefined ? [] : [`${image.channels} × ${image.height} × ${image.width}`];
  const further = inputs.map((input) => `+ ${input.type} from ${sourcesText(input.from)}`);
  const named = [...(name === undefined ? [] : [name]), ...(from === undefined ? [] : [`from ${sourcesText(from)}`])];
  return [type, ...named, ...shown, ...size, ...further].join(", ");
}

function sourcesText(from: string | readonly string[]): string {
  return typeof from === "string" ? from : from.join(" + ");
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** Lines of a table: words to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
