import type { SpikeDataset } from "../datasets/dataset.js";
import type { ExclusiveSession } from "./exclusive.js";

interface Fed {
  id: Promise<number>;
  users: number;
}

/** A use of a data set, which its user ends. */
export interface Use {
  /** The session's number of it. */
  readonly id: Promise<number>;
  release(): void;
}

/** The data sets that a session holds, each copied in once, or supplied sample by sample; it is freed with its last user. */
export class Feed {
  readonly #session: ExclusiveSession;
  readonly #fed = new Map<SpikeDataset, Fed>();

  constructor(session: ExclusiveSession) {
    this.#session = session;
  }

  /** Calls `work` with the session's number of `data`. */
  async with<T>(data: SpikeDataset, work: (id: number) => Promise<T>): Promise<T> {
    const use = this.take(data);
    try {
      return await work(await use.id);
    } finally {
      use.release();
    }
  }

  /** Feeds `data` unless it is there. */
  take(data: SpikeDataset): Use {
    const fed = this.#fed.get(data) ?? this.#add(data);
    fed.users += 1;
    return { id: fed.id, release: () => this.#release(data, fed) };
  }

  #add(data: SpikeDataset): Fed {
    const id = this.#session.run(async (session) => {
      const { descriptor, arrays } = data.isStored ? await data.wireAhead() : data.wire();
      return session.addDataset(descriptor, arrays);
    });
    const fed = { id, users: 0 };
    this.#fed.set(data, fed);
    // Who wants it after a failure tries again.
    id.catch(() => this.#forget(data, fed));
    return fed;
  }

  #release(data: SpikeDataset, fed: Fed): void {
    fed.users -= 1;
    if (fed.users > 0) return;
    this.#forget(data, fed);
    fed.id.then((id) => this.#session.run((session) => session.removeDataset(id))).catch(() => undefined); // a disposed session has freed everything
  }

  /** By now the same data may have been added anew. */
  #forget(data: SpikeDataset, fed: Fed): void {
    if (this.#fed.get(data) === fed) this.#fed.delete(data);
  }
}
