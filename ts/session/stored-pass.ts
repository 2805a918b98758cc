import type { SpikeDataset } from "../datasets/dataset.js";
import type { Session } from "../runtime/backend.js";
import { ReadAhead } from "./read-ahead.js";

/** Samples from `start` to before `end`. */
interface Range {
  start: number;
  end: number;
}

/** Brings the samples of a pass over data that are not in memory to a session, part by part. */
export class StoredPass {
  readonly #id: number;
  readonly #data: SpikeDataset;
  readonly #ahead = new ReadAhead();

  constructor(id: number, data: SpikeDataset) {
    this.#id = id;
    this.#data = data;
  }

  /** Supplies samples, and begins to read the next ones, as far as there are any. */
  async supply(session: Session, now: Range, next: Range): Promise<void> {
    await this.#ahead.supply(session, [this.#needOf(now)]);
    this.#ahead.expect(session, [this.#needOf(next)]);
  }

  /** Supplies what an evaluation of about `samples` more samples needs, and begins to read what one of `next` will after that. */
  async supplyEvaluation(session: Session, samples: number, next: number): Promise<void> {
    const now = JSON.parse(await session.upcomingEvaluation(samples)) as Range;
    const then = JSON.parse(await session.upcomingEvaluation(next, samples)) as Range;
    await this.supply(session, now, then);
  }

  #needOf({ start, end }: Range) {
    const length = Math.max(0, Math.min(end, this.#data.length) - start);
    return { id: this.#id, data: this.#data, rows: Array.from({ length }, (_, k) => start + k) };
  }
}
