import type { SpikeDataset } from "../datasets/dataset.js";
import type { Session } from "../runtime/backend.js";
import { type Need, ReadAhead } from "./read-ahead.js";

/** A data set of a run. */
interface Part {
  /** Number of the data set in the session. */
  id: number | null;
  data: SpikeDataset | undefined;
}

/** Samples that the session needs next. */
interface Upcoming {
  /** Pieces of work, 0 once the run is complete. */
  batches: number;
  train: number[];
  validation: number[];
}

/** Brings the samples of a run that are not in memory to its session, batch by batch. */
export class StoredRun {
  readonly #train: Part;
  readonly #validation: Part;
  readonly #ahead = new ReadAhead();
  /** Pieces of work whose samples are being read. */
  #expected = 0;

  /** Pieces of work whose samples may be in memory at a time. */
  readonly #max: number;

  private constructor(train: Part, validation: Part, batchSize: number) {
    this.#train = train;
    this.#validation = validation;
    const samples = Math.min(...[train, validation].map(({ data }) => data?.samplesAtATime ?? Number.POSITIVE_INFINITY));
    this.#max = Math.max(1, Math.floor(samples / batchSize));
  }

  /** `undefined` where all samples are in memory. */
  static of(train: Part, validation: Part, batchSize: number): StoredRun | undefined {
    return train.data?.isStored || validation.data?.isStored ? new StoredRun(train, validation, batchSize) : undefined;
  }

  /**
   * Supplies what about `pieces` pieces of work need, and begins to read what `next` further ones will.
   *
   * @returns how many pieces the session can do, none of them beyond the end of an epoch.
   */
  async supply(session: Session, pieces: number, next: number): Promise<number> {
    const now = await this.#upcoming(session, 0, this.#expected || Math.min(pieces, this.#max));
    await this.#ahead.supply(session, this.#needsOf(now));
    const then = await this.#upcoming(session, now.batches, Math.min(next, this.#max));
    this.#expected = then.batches;
    this.#ahead.expect(session, this.#needsOf(then));
    return Math.max(1, now.batches);
  }

  async #upcoming(session: Session, skip: number, batches: number): Promise<Upcoming> {
    return JSON.parse(await session.upcoming(skip, batches)) as Upcoming;
  }

  #needsOf({ train, validation }: Upcoming): Need[] {
    const needs: Need[] = [];
    for (const [{ id, data }, rows] of [
      [this.#train, train],
      [this.#validation, validation],
    ] as const) {
      if (id === null || !data?.isStored) continue;
      const same = needs.find((need) => need.id === id);
      if (same === undefined) needs.push({ id, data, rows });
      else same.rows = [...same.rows, ...rows];
    }
    return needs;
  }
}
