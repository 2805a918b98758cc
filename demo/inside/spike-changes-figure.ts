import { byId, element } from "../page/element.js";
import { label, strokes, svg, tenth } from "../page/svg.js";
import { lineHeight, textSize } from "../page/text-size.js";
import type { Axis } from "./axis.js";
import type { Insight } from "./insight.js";
import { type SpikeChange, type SpikeChangeKind, spikeChanges } from "./spike-changes.js";
import { TimedFigure } from "./timed-figure.js";

const HIDDEN_ROW = 12;
const MAX_HIDDEN = 16;
const GAP = 26;
/** Pixels between the number of an output and its row. */
const BESIDE_NAME = 6;
/** Rows of a band in which nothing is asked for. */
const EMPTY_ROWS = 3;

/** The changes that the rule asks for: in the spikes of the output, and of the hidden units where it asks for most. */
export class SpikeChangesFigure extends TimedFigure<Insight> {
  protected override left({ sizes }: Insight): number {
    return textSize(String((sizes[1] ?? 1) - 1), "tick").width + 2 * BESIDE_NAME;
  }

  protected override draw(insight: Insight, axis: Axis) {
    const hidden = spikeChanges(insight, 0);
    const output = spikeChanges(insight, 1);
    showKeys([...hidden, ...output]);
    const strongest = strongestUnits(hidden, MAX_HIDDEN);
    const outputs = Array.from({ length: insight.sizes[1] ?? 0 }, (_, unit) => unit);
    const still: Node[] = [];
    const timed: SVGElement[] = [];
    let top = 18;
    for (const { name, units, layer, changes, row } of [
      { name: "Hidden", units: strongest, layer: 0, changes: hidden, row: HIDDEN_ROW },
      { name: "Output", units: outputs, layer: 1, changes: output, row: lineHeight("tick") },
    ]) {
      const rows = new Map(units.map((unit, k) => [unit, top + (k + 0.5) * row]));
      const height = (units.length || EMPTY_ROWS) * row;
      const isSelection = layer === 0 && units.length > 0;
      const detail = isSelection ? `${units.length} of ${insight.sizes[0]} units, the most asked for` : "";
      still.push(axis.band(top, height), axis.heading(top, name, detail));
      if (changes.length === 0) still.push(axis.empty(top, height, "nothing is asked for"));
      timed.push(svg("path", { d: spikesOf(insight, layer, rows, axis, row), class: "spikes quiet" }));
      for (const kind of KINDS) {
        const d = changes
          .filter((change) => change.kind === kind)
          .map(({ unit, step, strength }) => glyph(kind, axis.x(step), rows.get(unit), 2.5 + 4 * Math.sqrt(strength)))
          .join("");
        timed.push(svg("path", { d, class: `spike-change ${kind}` }));
      }
      if (layer === 1)
        for (const [unit, y] of rows)
          still.push(label(axis.left - BESIDE_NAME, y + 4, String(unit), { class: "tick", "text-anchor": "end" }));
      top += height + GAP;
    }
    still.push(...axis.ticks(top - GAP + 16));
    return {
      height: top - GAP + 20,
      still,
      timed,
      description: `Changes that the rule asks for: ${sentence([...hidden, ...output])}`,
    };
  }
}

function spikesOf({ layers }: Insight, layer: number, rows: ReadonlyMap<number, number>, axis: Axis, row: number): string {
  const { times = [], units = [] } = layers[layer] ?? {};
  const points = Array.from(times).flatMap((step, k) => {
    const y = rows.get(units[k] ?? -1);
    return y === undefined ? [] : [[axis.x(step), y] as const];
  });
  return strokes(points, row - 2);
}

function strongestUnits(changes: readonly SpikeChange[], max: number): number[] {
  const strengths = new Map<number, number>();
  for (const { unit, strength } of changes) strengths.set(unit, (strengths.get(unit) ?? 0) + strength);
  const strongest = [...strengths].sort(([, a], [, b]) => b - a).slice(0, max);
  return strongest.map(([unit]) => unit).sort((a, b) => a - b);
}

function glyph(kind: SpikeChangeKind, x: number, y: number | undefined, size: number): string {
  if (y === undefined) return "";
  const [s, left, right, up, down] = [tenth(size), tenth(x - size), tenth(x + size), tenth(y - size), tenth(y + size)];
  if (kind === "earlier") return `M${tenth(x)},${up}L${left},${tenth(y)}L${tenth(x)},${down}z`;
  if (kind === "later") return `M${tenth(x)},${up}L${right},${tenth(y)}L${tenth(x)},${down}z`;
  if (kind === "born") return `M${left},${tenth(y)}h${tenth(2 * size)}m-${s},-${s}v${tenth(2 * size)}`;
  return `M${left},${up}L${right},${down}M${left},${down}L${right},${up}`;
}

/** Which part of the gradient asks for what, and how often. */
const PARTS: readonly { name: string; kinds: readonly SpikeChangeKind[] }[] = [
  { name: "Timing part", kinds: ["earlier", "later"] },
  { name: "Activation part", kinds: ["born", "gone"] },
];

const KINDS = PARTS.flatMap(({ kinds }) => kinds);

function showKeys(changes: readonly SpikeChange[]): void {
  const lists = PARTS.map(({ name, kinds }) => {
    const items = kinds.map((kind) => {
      const icon = svg("svg", { viewBox: "0 0 14 14", class: "icon", "aria-hidden": "true" });
      icon.append(
        svg("path", { d: glyph(kind, kind === "earlier" ? 10 : kind === "later" ? 4 : 7, 7, 5), class: `spike-change ${kind}` }),
      );
      return element("li", {}, icon, `${kind} `, element("b", {}, String(count(changes, kind))));
    });
    return element("ul", { "aria-label": name }, element("li", {}, `${name}:`), ...items);
  });
  byId("spike-change-keys", HTMLElement).replaceChildren(...lists);
}

function sentence(changes: readonly SpikeChange[]): string {
  return KINDS.map((kind) => `${count(changes, kind)} spikes ${kind}`).join(", ");
}

function count(changes: readonly SpikeChange[], kind: SpikeChangeKind): number {
  return changes.filter((change) => change.kind === kind).length;
}
