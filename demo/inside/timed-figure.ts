import { Figure } from "../page/figure.js";
import { svg, tenth } from "../page/svg.js";
import { Axis } from "./axis.js";
import type { Activity } from "./insight.js";

let made = 0;

/** A figure over the steps of a sample; steps after the playhead are faint. */
export abstract class TimedFigure<Sample extends { readonly steps: number } = Activity> extends Figure {
  readonly #clip = `past-${++made}`;
  readonly #past = svg("rect", { y: 0 });
  readonly #needle = svg("path", { class: "needle" });
  #sample: Sample | undefined;
  #playhead = 0;
  #height = 0;

  show(sample: Sample, playhead: number): void {
    this.#sample = sample;
    this.#playhead = playhead;
    this.redraw();
  }

  /** Moves the playhead, without drawing anything else. */
  seek(playhead: number): void {
    this.#playhead = playhead;
    this.#place();
  }

  /** Pixels on the left for the names of rows. */
  protected left(_sample: Sample): number {
    return 1;
  }

  /** Parts that stay the same, parts that follow the playhead, and a description for screen readers. */
  protected abstract draw(
    sample: Sample,
    axis: Axis,
  ): { height: number; still: Node[]; timed: SVGElement[]; description: string };

  protected override redraw(): void {
    if (this.#sample === undefined || this.width === 0) return;
    const axis = this.#axis(this.#sample);
    const { height, still, timed, description } = this.draw(this.#sample, axis);
    this.#height = height;
    const clip = svg("clipPath", { id: this.#clip }, this.#past);
    const future = svg("g", { class: "future" }, ...timed.map((part) => part.cloneNode(true)));
    const past = svg("g", { "clip-path": `url(#${this.#clip})` }, ...timed);
    this.replace(height, description, [clip, ...still, future, past, this.#needle]);
    this.#place();
  }

  #axis(sample: Sample): Axis {
    return new Axis(this.width, sample.steps, this.left(sample));
  }

  #place(): void {
    if (this.#sample === undefined) return;
    const axis = this.#axis(this.#sample);
    const isWhole = this.#playhead >= this.#sample.steps - 1;
    const right = isWhole ? this.width : axis.x(this.#playhead + 0.5);
    this.#past.setAttribute("width", tenth(Math.max(0, right)));
    this.#past.setAttribute("height", String(this.#height));
    this.#needle.setAttribute("d", isWhole ? "" : `M${tenth(right)},0V${this.#height - 20}`);
  }
}
