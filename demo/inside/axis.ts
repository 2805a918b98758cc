import { label, svg, tenth } from "../page/svg.js";
import { ticks } from "../page/ticks.js";

const RIGHT = 8;

/** The steps of a sample from left to right, the same in every figure of it. */
export class Axis {
  readonly left: number;
  readonly right: number;
  readonly #steps: number;

  /** @param left pixels for the names of rows. */
  constructor(width: number, steps: number, left: number) {
    this.left = left;
    this.right = width - RIGHT;
    this.#steps = Math.max(1, steps);
  }

  /** Middle of a step. */
  x(step: number): number {
    return this.left + ((step + 0.5) / this.#steps) * (this.right - this.left);
  }

  /** Frame of a band of rows. */
  band(top: number, height: number): SVGElement {
    return svg("rect", {
      x: this.left,
      y: tenth(top),
      width: tenth(Math.max(0, this.right - this.left)),
      height: tenth(height),
      class: "band",
    });
  }

  /** Heading of a band, above it. */
  heading(top: number, name: string, detail: string): SVGElement {
    return svg(
      "text",
      { x: this.left, y: tenth(top - 5), class: "heading" },
      svg("tspan", { class: "row-name" }, name),
      ` ${detail}`,
    );
  }

  /** Words in the middle of a band that has nothing to show. */
  empty(top: number, height: number, words: string): SVGElement {
    const middle = (this.left + this.right) / 2;
    return label(middle, top + height / 2 + 4, words, { class: "heading", "text-anchor": "middle" });
  }

  ticks(y: number): SVGElement[] {
    const steps = Array.from({ length: Math.floor((this.#steps - 1) / 10) + 1 }, (_, k) => 10 * k);
    return ticks(steps, "step", (step) => this.x(step), y);
  }
}
