import type { SpikeDataset } from "../datasets/dataset.js";
import type { PreparedSamples, Session } from "../runtime/backend.js";

/** Samples of a data set that the session needs. */
export interface Need {
  /** Number of the data set in the session. */
  id: number;
  data: SpikeDataset;
  rows: readonly number[];
}

interface Reading {
  rows: Uint32Array;
  samples: Promise<PreparedSamples>;
}

/** Supplies a session with samples that are not in memory, and reads and prepares those that come next while it works. */
export class ReadAhead {
  readonly #readings = new Map<number, Reading>();

  /** Hands over what is needed now; what was expected is there already, or on its way. */
  async supply(session: Session, needs: readonly Need[]): Promise<void> {
    for (const { id, data, rows } of needs) {
      const needed = Uint32Array.from(new Set(rows));
      if (needed.length === 0) continue;
      const expected = this.#readings.get(id);
      this.#readings.delete(id);
      const isThere = expected !== undefined && isSame(expected.rows, needed);
      await session.supply(id, needed, await (isThere ? expected.samples : read(session, id, data, needed)));
    }
  }

  /** Begins to read what is probably needed next. */
  expect(session: Session, needs: readonly Need[]): void {
    for (const { id, data, rows } of needs) {
      const needed = Uint32Array.from(new Set(rows));
      if (needed.length === 0) continue;
      const samples = read(session, id, data, needed);
      // Whoever needs them is told.
      samples.catch(() => undefined);
      this.#readings.set(id, { rows: needed, samples });
    }
  }
}

async function read(session: Session, id: number, data: SpikeDataset, rows: Uint32Array): Promise<PreparedSamples> {
  return session.prepare(id, await data.pick(rows).supplied());
}

function isSame(one: Uint32Array, other: Uint32Array): boolean {
  return one.length === other.length && one.every((value, place) => value === other[place]);
}
