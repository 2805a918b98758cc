import { Figure } from "../page/figure.js";
import { label, polyline, sign, svg, tenth } from "../page/svg.js";
import { lineHeight, textSize } from "../page/text-size.js";
import { ticks } from "../page/ticks.js";
import type { Contestant, Point, Race } from "./race.js";
import { RULES } from "./rules.js";
import { EPOCHS } from "./settings.js";

const HEIGHT = 220;
/** Pixels above the curves; between the axis and its numbers; between a curve's end and its name. */
const [TOP, BESIDE_AXIS, BESIDE_CURVE] = [12, 8, 10];

/** What a curve shows and how it is written. */
export interface Measure {
  of: (point: Point) => number;
  unit: string;
  /** Ends of the axis for what was measured after the first epoch. */
  range: (values: readonly number[]) => readonly [bottom: number, top: number];
}

/** One line for each rule over the epochs, named at its end. */
export class Curves extends Figure {
  readonly #measure: Measure;
  #contestants: readonly Contestant[] = [];
  #epochs = EPOCHS;

  constructor(box: HTMLElement, measure: Measure) {
    super(box);
    this.#measure = measure;
  }

  show({ contestants, epochs }: Pick<Race, "contestants" | "epochs">): void {
    this.#contestants = contestants;
    this.#epochs = epochs;
    this.redraw();
  }

  protected override redraw(): void {
    const { of, unit, range } = this.#measure;
    const [min, max] = range(this.#contestants.flatMap(({ points }) => points.slice(1).map(of)));
    const levels = [min, (min + max) / 2, max].map((value) => ({ value, text: `${value}${unit}` }));
    const left = BESIDE_AXIS + Math.max(...levels.map(({ text }) => textSize(text, "tick").width));
    const right = this.width - BESIDE_CURVE - Math.max(...RULES.map(({ name }) => textSize(name, "name").width));
    // A name stands beside the lowest end, half of its line below the axis.
    const bottom = HEIGHT - BESIDE_AXIS - lineHeight("tick") - lineHeight("name") / 2;
    const x = (epoch: number) => left + (epoch / this.#epochs) * (right - left);
    const y = (value: number) => bottom - ((value - min) / (max - min)) * (bottom - TOP);
    const ends = apart(
      this.#contestants.map(({ points }) => y(of(points.at(-1) ?? NOTHING))),
      lineHeight("name"),
      bottom,
    );
    const lines = this.#contestants.flatMap(({ rule, points }, k) => {
      const last = points.at(-1) ?? NOTHING;
      const visible = risingInto(
        points.map((point) => [point.epoch, of(point)] as const),
        min,
      );
      const at = visible.map(([epoch, value]) => [x(epoch), y(value)] as const);
      const named = label(x(last.epoch) + BESIDE_CURVE, (ends[k] ?? 0) + 4, rule.name, { class: "name" });
      const marks = at.map(([left, top], n) => sign(rule.mark, left, top, n === at.length - 1 ? 4.5 : 2.2)).join("");
      return svg(
        "g",
        { class: `rule-${rule.type}` },
        svg("path", { d: polyline(at), class: "curve" }),
        svg("path", { d: marks, class: "mark" }),
        named,
      );
    });
    const grid = levels.flatMap(({ value, text }) => [
      svg("path", { d: `M${tenth(left)},${tenth(y(value))}H${tenth(right)}`, class: "grid" }),
      label(left - BESIDE_AXIS, y(value) + 4, text, { class: "tick", "text-anchor": "end" }),
    ]);
    const quarters = [0, 1, 2, 3, 4].map((quarter) => (quarter / 4) * this.#epochs);
    const epochs = ticks(quarters, "epoch", x, HEIGHT - BESIDE_AXIS);
    this.replace(HEIGHT, this.#description(), [...grid, ...epochs, ...lines]);
  }

  #description(): string {
    const { of, unit } = this.#measure;
    const ends = this.#contestants.map(({ rule, points }) => `${rule.name} ${of(points.at(-1) ?? NOTHING).toFixed(0)}${unit}`);
    const epoch = this.#contestants[0]?.points.at(-1)?.epoch ?? 0;
    return `Curves over the epochs; after epoch ${epoch}: ${ends.join(", ")}`;
  }
}

type Place = readonly [epoch: number, value: number];

/** Cuts off the start of a curve that begins below the axis: it then begins where it crosses the axis. */
function risingInto(curve: readonly Place[], min: number): readonly Place[] {
  const [start, next, ...rest] = curve;
  if (start === undefined || next === undefined || start[1] >= min) return curve;
  const share = (min - start[1]) / (next[1] - start[1]);
  return [[start[0] + share * (next[0] - start[0]), min], next, ...rest];
}

const NOTHING: Point = { epoch: 0, accuracy: 0, spikes: 0, decisionStep: 0 };

/** Moves names apart until neighbours have `gap` between them and none is below `lowest`; their order stays. */
function apart(places: readonly number[], gap: number, lowest: number): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place || a.index - b.index);
  for (let round = 0; round < order.length; round++) {
    for (let k = 1; k < order.length; k++) {
      const [above, below] = [order[k - 1], order[k]];
      if (above === undefined || below === undefined) continue;
      const missing = gap - (below.place - above.place);
      if (missing <= 0) continue;
      above.place -= missing / 2;
      below.place += missing / 2;
    }
  }
  const moved = [...places];
  let limit = lowest;
  for (const { place, index } of order.reverse()) {
    moved[index] = Math.min(place, limit);
    limit = (moved[index] ?? limit) - gap;
  }
  return moved;
}
