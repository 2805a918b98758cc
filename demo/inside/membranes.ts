import { label, polyline, sign, strokes, svg, tenth } from "../page/svg.js";
import { textSize } from "../page/text-size.js";
import type { Axis } from "./axis.js";
import type { Activity } from "./insight.js";
import { TimedFigure } from "./timed-figure.js";

const ROW = 35;
/** Letters of a name that are shown. */
const LETTERS = 9;
/** Pixels left and right of the names. */
const [BEFORE, AFTER] = [8, 8];
const THRESHOLD = 1;
/** Membrane at the lower and upper rim of a row. */
const RANGE = [-0.7, 1.3] as const;

/** The membrane of each output with its threshold; its spikes are marked, the first one filled. */
export class Membranes extends TimedFigure {
  protected override left({ names }: Activity): number {
    const widths = names.map((name) => textSize(`${shortened(name)} ✓`, "output-name chosen").width);
    return BEFORE + Math.max(...widths) + AFTER;
  }

  protected override draw(activity: Activity, axis: Axis) {
    const { decision, label: target, layers, membranes, names, sizes, steps, seen = steps } = activity;
    const { times = [], units = [] } = layers.at(-1) ?? {};
    const outputs = sizes.at(-1) ?? 0;
    const still: Node[] = [];
    const timed: SVGElement[] = [];
    const firsts: string[] = [];
    for (let output = 0; output < outputs; output++) {
      const top = output * ROW + 1;
      const y = (membrane: number) => top + ROW * (1 - (clamped(membrane) - RANGE[0]) / (RANGE[1] - RANGE[0]));
      const values = Array.from({ length: seen }, (_, step) => membranes[step * outputs + output] ?? 0);
      const fired = Array.from(times).filter((_, k) => units[k] === output);
      if (decision?.output === output) {
        still.push(svg("rect", { x: 0, y: top, width: tenth(axis.right), height: ROW, class: "winner" }));
      }
      const name = `${shortened(names[output] ?? "")}${output === target ? " ✓" : ""}`;
      still.push(
        label(BEFORE, top + ROW / 2 + 5, name, { class: decision?.output === output ? "output-name chosen" : "output-name" }),
        svg("path", { d: `M${axis.left},${tenth(y(THRESHOLD))}H${tenth(axis.right)}`, class: "threshold" }),
      );
      const [first, ...rest] = fired;
      timed.push(
        svg("path", { d: polyline(values.map((value, step) => [axis.x(step), y(value)] as const)), class: "membrane" }),
        svg("path", {
          d: strokes(
            rest.map((step) => [axis.x(step), y(RANGE[1]) + 5] as const),
            8,
          ),
          class: "spikes",
        }),
      );
      if (first === undefined) continue;
      timed.push(svg("path", { d: sign("circle", axis.x(first), y(THRESHOLD), 4), class: "first" }));
      firsts.push(`${names[output]} at step ${first}`);
    }
    const height = outputs * ROW;
    still.push(...axis.ticks(height + 16));
    const description = `Membranes of ${outputs} outputs; first spikes: ${firsts.join(", ") || "none"}`;
    return { height: height + 22, still, timed, description };
  }
}

function clamped(membrane: number): number {
  return Math.min(RANGE[1], Math.max(RANGE[0], membrane));
}

function shortened(name: string): string {
  return name.length <= LETTERS ? name : `${name.slice(0, LETTERS - 1)}…`;
}
