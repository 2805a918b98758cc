import { byId } from "../page/element.js";
import type { Insight } from "./insight.js";
import { Membranes } from "./membranes.js";
import { Raster } from "./raster.js";
import { SpikeChangesFigure } from "./spike-changes-figure.js";

/** The figures of one digit, and what the network answers. */
export class InsideView {
  readonly #figures = [
    new Raster(byId("raster", HTMLElement)),
    new Membranes(byId("membranes", HTMLElement)),
    new SpikeChangesFigure(byId("spike-changes", HTMLElement)),
  ];
  readonly #answer = byId("answer", HTMLElement);
  #insight: Insight | undefined;

  show(insight: Insight, step: number): void {
    this.#insight = insight;
    for (const figure of this.#figures) figure.show(insight, step);
    this.#showAnswer(step);
  }

  seek(step: number): void {
    for (const figure of this.#figures) figure.seek(step);
    this.#showAnswer(step);
  }

  /** The answer of the network as the page shows it. */
  get answer(): string {
    return this.#answer.textContent ?? "";
  }

  /** Smallest grey value whose unit has fired by a step; the brightest pixels fire first. */
  minFiredGrey(step: number): number {
    return this.#insight === undefined ? Number.POSITIVE_INFINITY : minFiredGrey(this.#insight, step);
  }

  #showAnswer(step: number): void {
    if (this.#insight !== undefined) this.#answer.textContent = answerOf(this.#insight, step);
  }
}

/** Smallest grey value of a drawing whose unit has fired by a step. */
export function minFiredGrey({ input, pixels }: Insight, step: number): number {
  const fired = Array.from(input.units).filter((_, k) => (input.times[k] ?? 0) <= step);
  return Math.min(...fired.map((unit) => pixels[unit] ?? 0));
}

/** What the network has said by a step. */
export function answerOf({ decision, label, layers, names, steps }: Insight, step: number): string {
  const isOver = step >= steps - 1;
  const spikes = layers.reduce((sum, { times }) => sum + Array.from(times).filter((time) => time <= step).length, 0);
  const cost = `${spikes} spike${spikes === 1 ? "" : "s"}`;
  if (decision === undefined) return isOver ? `No output fires, ${cost}: no answer yet.` : `No output has fired, ${cost} so far.`;
  if (step < decision.step) return `No output has fired, ${cost} so far.`;
  const verdict = label === undefined ? "" : decision.output === label ? ": right" : `: it is a ${names[label]}`;
  return `${names[decision.output]} fires first, at step ${decision.step}${verdict}. ${cost}${isOver ? "" : " so far"}.`;
}
