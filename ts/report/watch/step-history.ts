import type { StepEvent } from "../../events.js";

/** The mean loss of some updates, one after the other. */
export interface LossPoint {
  /** Updates up to the last of them. */
  step: number;
  loss: number;
}

/** As many points are joined in pairs. */
const MAX_POINTS = 400;

/** The loss of a training update by update, in a few points: the longer it lasts, the more updates a point has. */
export class StepHistory {
  #points: LossPoint[] = [];
  /** Events that a point joins. */
  #perPoint = 1;
  #open: { sum: number; events: number } = { sum: 0, events: 0 };

  add({ step, loss }: Pick<StepEvent, "step" | "loss">): void {
    // A training that continues from earlier does these updates again.
    this.#points = this.#points.filter((point) => point.step < step);
    this.#open.sum += loss;
    this.#open.events += 1;
    if (this.#open.events < this.#perPoint) return;
    this.#points.push({ step, loss: this.#open.sum / this.#open.events });
    this.#open = { sum: 0, events: 0 };
    if (this.#points.length >= MAX_POINTS) this.#join();
  }

  get points(): readonly LossPoint[] {
    return this.#points;
  }

  #join(): void {
    this.#points = this.#points.flatMap((point, k, all) => {
      const after = all[k + 1];
      if (k % 2 === 1) return [];
      return after === undefined ? [point] : [{ step: after.step, loss: (point.loss + after.loss) / 2 }];
    });
    this.#perPoint *= 2;
  }
}
