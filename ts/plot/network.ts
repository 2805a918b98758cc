import { fields } from "../check/fields.js";
import { optional } from "../check/values.js";
import { counted } from "../counted.js";
import type { Metrics } from "../generated/config.js";
import { isRecurrent, type LayerOutline, type NetworkOutline, shapeText, sourcesText } from "../graph/outline.js";
import { COLOURS } from "./colours.js";
import { figure, type Key } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { networkMetrics, networkOutline } from "./outline.js";
import { Bypasses, type Edge, type Place, routes } from "./routes.js";
import { shortened } from "./shortened.js";
import { element, group, path, textAt } from "./svg.js";

/** Options of {@link networkGraph}. */
export interface NetworkGraphOptions extends FigureOptions {
  /** Metrics of an evaluation, from which spikes and synaptic operations a sample come. */
  metrics?: Pick<Metrics, "synapticOperations"> &
    Partial<Pick<Metrics, "synapticOperationsByLayer">> & { spikes: Pick<Metrics["spikes"], "perUnit" | "perSample"> };
}

const graphOptions = fields<NetworkGraphOptions>({ ...FIGURE, metrics: optional(networkMetrics) as never });

/** Height of a line of text, and of what is above and below the lines of a box. */
const [LINE, INSET] = [14, 7];
/** Pixels between boxes, at the edges of the figure, and between two lines beside the boxes. */
const [GAP, EDGE, LANE] = [22, 12, 12];
/** Mean widths of letters of 11 pixels, plain and bold. */
const [LETTER, BOLD] = [6.2, 7];

/** A box with lines of text. */
interface Box {
  title: string;
  /** To the right of the title. */
  shape: string;
  lines: string[];
  isSpiking: boolean;
}

/**
 * Plots the graph of a network: a box for each layer, from the input at the top to the output, with its settings, size and
 * parameters; with `metrics` also spikes and synaptic operations a sample. Lines show where spikes go, dashed ones where they arrive one step later. 440
 * pixels wide by default.
 *
 * @param network what `outline(network)` returns
 * @throws {SpikeletError} `DATA_FORMAT` for what is no outline.
 */
export function networkGraph(network: NetworkOutline, options: NetworkGraphOptions = {}): string {
  const { width = 440, title, metrics } = graphOptions(options, "");
  const outline = networkOutline(network, "network");
  const edges = edgesOf(outline.layers);
  const bypasses = new Bypasses(edges);
  const { lanes } = bypasses;
  const lane = Math.min(LANE, (0.35 * width) / Math.max(1, lanes.left + lanes.right));
  const [left, right] = [EDGE + lane * lanes.left, width - EDGE - lane * lanes.right];
  const boxes = boxesOf(outline, metrics, right - left - 2 * INSET);
  const places: Place[] = [];
  let y = EDGE;
  for (const box of boxes) {
    places.push({ left, right, top: y, bottom: y + heightOf(box) });
    y += heightOf(box) + GAP;
  }
  const sums = totals(outline.layers, metrics).flatMap((sum) => wrapped(sum, Math.floor((width - 2 * EDGE) / LETTER)));
  const content = [
    ...routes(edges, bypasses, places, lane).map(({ d, head, isFeedback }) => {
      const stroke = { fill: "none", stroke: "currentColor", "stroke-dasharray": isFeedback ? "4 3" : undefined };
      return path(d, stroke) + path(head, {});
    }),
    ...boxes.map((box, k) => drawn(box, places[k] as Place)),
    ...sums.map((line, k) => textAt([EDGE, y + LINE * k], line, { "text-anchor": "start" })),
  ];
  const panel = { height: y + LINE * sums.length, content: group({ "font-size": 11 }, content) };
  return figure([panel], described(outline), { ...(title === undefined ? {} : { title }), width, keys: keysOf(edges) });
}

/** Edges between boxes, of which the first is the input. */
function edgesOf(layers: readonly LayerOutline[]): Edge[] {
  return layers.flatMap(({ from, further }, k) => {
    const all = [...from, ...further.flatMap((input) => input.from)];
    const unique = new Map(all.map((source) => [source.layer, source]));
    return [...unique.values()].map(({ layer, isFeedback }) => ({ from: layer === null ? 0 : layer + 1, to: k + 1, isFeedback }));
  });
}

function keysOf(edges: readonly Edge[]): Key[] {
  if (!edges.some(({ isFeedback }) => isFeedback)) return [];
  return [
    { label: "in the same step", colour: "currentColor", shape: "line" },
    { label: "one step later", colour: "currentColor", shape: "dashed" },
  ];
}

function boxesOf({ input, layers }: NetworkOutline, metrics: NetworkGraphOptions["metrics"], room: number): Box[] {
  const letters = Math.floor(room / LETTER);
  const fitting = (title: string, shape: string) =>
    shortened(title, Math.max(3, Math.floor((room - LETTER * (shape.length + 1)) / BOLD)));
  const ofLayer = (layer: LayerOutline): Box => {
    const shape = shapeText(layer.shape);
    const texts = layer.spiking === null && layer.text === layer.name ? [] : textsOf(layer, metrics);
    return {
      title: fitting(layer.name, shape),
      shape,
      lines: texts.flatMap((text) => wrapped(text, letters)),
      isSpiking: layer.spiking !== null,
    };
  };
  const shape = shapeText(input);
  return [{ title: fitting("input", shape), shape, lines: [], isSpiking: false }, ...layers.map(ofLayer)];
}

/** What is said of a layer below its name. */
function textsOf(layer: LayerOutline, metrics: NetworkGraphOptions["metrics"]): string[] {
  const { text, further, spiking, shape, parameters } = layer;
  const inputs = further.slice(isRecurrent(layer) ? 1 : 0).map((input) => `+ ${input.text} from ${sourcesText(input.from)}`);
  const perUnit = spiking === null ? undefined : metrics?.spikes.perUnit[spiking];
  const units = shape.reduce((product, length) => product * length, 1);
  const spikes = perUnit === undefined ? [] : [`${decimal(perUnit * units)} spikes a sample`];
  const operations = spiking === null ? undefined : metrics?.synapticOperationsByLayer?.[spiking];
  const reached = operations === undefined ? [] : [`${grouped(Math.round(operations))} synaptic operations`];
  return [text, ...inputs, ...(spiking === null ? [] : [[parametersText(parameters), ...spikes].join(", "), ...reached])];
}

/** Sums over all layers. */
function totals(layers: readonly LayerOutline[], metrics: NetworkGraphOptions["metrics"]): string[] {
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const all = `${parametersText(parameters)} in all`;
  if (metrics === undefined) return [all];
  const { spikes, synapticOperations } = metrics;
  return [
    `${all}, ${decimal(spikes.perSample)} spikes and ${grouped(Math.round(synapticOperations))} synaptic operations a sample`,
  ];
}

/** The figure in words. */
function described({ input, layers }: NetworkOutline): string {
  const each = layers.map(({ name, text, from, further }) => {
    const inputs = further.map((one) => ` and by ${one.text} from ${sourcesText(one.from)}`);
    return `${name}, ${text}, from ${sourcesText(from)}${inputs.join("")}`;
  });
  return `graph of a network of ${counted(layers.length, "layer")} on an input of ${shapeText(input)}: ${each.join("; ")}`;
}

const heightOf = ({ lines }: Box): number => 2 * INSET + LINE * (1 + lines.length);

function drawn({ title, shape, lines, isSpiking }: Box, { left, right, top, bottom }: Place): string {
  const look = isSpiking ? { fill: COLOURS.blue, "fill-opacity": 0.12, rx: 5 } : { fill: "none", rx: 12 };
  const at = (line: number) => top + INSET + LINE * (line + 0.5);
  return [
    element("rect", {
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      stroke: "currentColor",
      "stroke-opacity": 0.5,
      ...look,
    }),
    textAt([left + INSET, at(0)], title, { "text-anchor": "start", "font-weight": "bold" }),
    textAt([right - INSET, at(0)], shape, { "text-anchor": "end" }),
    ...lines.map((text, k) => textAt([left + INSET, at(k + 1)], text, { "text-anchor": "start" })),
  ].join("");
}

/** Lines of at most so many letters, broken between words; longer words lose their middle. */
function wrapped(text: string, letters: number): string[] {
  const most = Math.max(3, letters);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").map((word) => shortened(word, most))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > most) lines.push(line);
    line = longer.length > most ? word : longer;
  }
  return [...lines, line];
}

const parametersText = (count: number): string => `${grouped(count)} parameter${count === 1 ? "" : "s"}`;
const grouped = (number: number): string => number.toLocaleString("en-US");
const decimal = (number: number): string => grouped(Number(number.toFixed(1)));
