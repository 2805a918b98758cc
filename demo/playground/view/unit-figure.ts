import type { Axis } from "../../inside/axis.js";
import { TimedFigure } from "../../inside/timed-figure.js";
import { polyline, strokes, svg, tenth } from "../../page/svg.js";
import type { Sight } from "../sight.js";
import { strongest, type Wish, wishesOf } from "../wishes.js";
import { level, upright } from "./arrows.js";

/** A unit and what a network does with a point. */
export interface UnitSight {
  readonly steps: number;
  readonly sight: Sight;
  /** Counted from the input, which is 0. */
  readonly layer: number;
  readonly unit: number;
}

const [TOP, HEIGHT] = [34, 150];
/** Pixels of the longest arrow of a kind. */
const [UPRIGHT, LEVEL] = [30, 34];
/** Arrows upwards and downwards at most, and the size of the strongest one below which there is none. */
const [MAX, MIN] = [14, 0.04];

/** The membrane of a unit with its threshold and spikes; arrows show what the rule asks for. */
export class UnitFigure extends TimedFigure<UnitSight> {
  protected override draw({ sight, layer, unit }: UnitSight, axis: Axis) {
    const threshold = sight.thresholdOf(layer);
    const spikes = sight.layers[layer]?.of(unit) ?? [];
    const trace = sight.gradients.trace?.[layer - 1];
    const wishes = trace === undefined ? [] : wishesOf(trace, unit, spikes);
    const values = wishes.map(({ membrane }) => membrane);
    const [low, high] = [Math.min(0, ...values), Math.max(1.15 * (threshold ?? 1e-6), ...values)];
    const y = (membrane: number) => TOP + HEIGHT * (1 - (membrane - low) / (high - low));
    const most = strongest(wishes);
    const still = [
      axis.band(TOP, HEIGHT),
      ...(threshold === undefined
        ? []
        : [svg("path", { d: `M${axis.left},${tenth(y(threshold))}H${tenth(axis.right)}`, class: "threshold" })]),
      ...axis.ticks(TOP + HEIGHT + 16),
    ];
    const timed = [
      svg("path", { d: polyline(wishes.map(({ membrane, step }) => [axis.x(step), y(membrane)] as const)), class: "membrane" }),
      svg("path", {
        d: strokes(
          spikes.map((step) => [axis.x(step), TOP - 10] as const),
          14,
        ),
        class: "spikes",
      }),
      svg("path", { d: arrowsOfMembrane(wishes, most.higher, (step) => axis.x(step), y), class: "arrow membrane-change" }),
      svg("path", { d: arrowsOfTime(wishes, most.later, (step) => axis.x(step)), class: "arrow time-change" }),
    ];
    return { height: TOP + HEIGHT + 22, still, timed, description: describe(wishes) };
  }
}

function arrowsOfMembrane(
  wishes: readonly Wish[],
  most: number,
  x: (step: number) => number,
  y: (membrane: number) => number,
): string {
  const strong = wishes.filter(({ higher }) => Math.abs(higher) > MIN * most && most > 0);
  const chosen = strong.toSorted((a, b) => Math.abs(b.higher) - Math.abs(a.higher)).slice(0, MAX);
  return chosen.map(({ higher, membrane, step }) => upright(x(step), y(membrane), (UPRIGHT * higher) / most)).join("");
}

function arrowsOfTime(wishes: readonly Wish[], most: number, x: (step: number) => number): string {
  const spikes = wishes.filter(({ later }) => Math.abs(later) > MIN * most && most > 0);
  return spikes.map(({ later, step }) => level(x(step), TOP - 10, (LEVEL * later) / most)).join("");
}

function describe(wishes: readonly Wish[]): string {
  const spikes = wishes.filter(({ isSpike }) => isSpike);
  const count = (of: (wish: Wish) => boolean) => wishes.filter(of).length;
  const fired = spikes.length === 0 ? "no spike" : `spikes at ${spikes.map(({ step }) => step).join(", ")}`;
  const times = `spikes earlier: ${count(({ later }) => later < 0)}, later: ${count(({ later }) => later > 0)}`;
  const membrane = `membrane higher at ${count(({ higher }) => higher > 0)} steps, lower at ${count(({ higher }) => higher < 0)}`;
  return `Membrane of the unit over ${wishes.length} steps, ${fired}. What the rule asks for: ${times}; ${membrane}.`;
}
