import type { SpikeDataset } from "./datasets/dataset.js";
import type { ExclusiveSession } from "./runtime/exclusive.js";

interface Fed {
  id: Promise<number>;
  users: number;
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
    const id = await this.take(data);
    try {
      return await work(id);
    } finally {
      this.release(data);
    }
  }

  /** Feeds `data` unless it is there; each call needs one {@link release}. */
  async take(data: SpikeDataset): Promise<number> {
    let fed = this.#fed.get(data);
    if (fed === undefined) {
      const id = this.#session.run(async (session) => {
        const { descriptor, arrays } = data.isStored ? await data.wireAhead() : data.wire();
        return session.addDataset(descriptor, arrays);
      });
      fed = { id, users: 0 };
      this.#fed.set(data, fed);
    }
    fed.users += 1;
    try {
      return await fed.id;
    } catch (thrown) {
      this.#fed.delete(data);
      throw thrown;
    }
  }

  release(data: SpikeDataset): void {
    const fed = this.#fed.get(data);
    if (fed === undefined) return;
    fed.users -= 1;
    if (fed.users > 0) return;
    this.#fed.delete(data);
    fed.id.then((id) => this.#session.run((session) => session.removeDataset(id))).catch(() => undefined); // a disposed session has freed everything
  }
}
