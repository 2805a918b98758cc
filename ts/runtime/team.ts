import { SpikeletError } from "../errors.js";
import type { CoreEvent } from "../events.js";
import type { Backend, DatasetArrays, ParameterArrays, Session, StreamArrays } from "./backend.js";

/**
 * Backends that learn every batch together. Each holds the whole network and all data, runs its part of the batch, and learns
 * from the records of all, so that all stay the same, bit for bit; what is only read is read from the first.
 *
 * @param backends at least one, all of the same kind.
 * @param why they share no memory.
 */
export function teamOf(backends: readonly [Backend, ...Backend[]], why?: string): Backend {
  const [first] = backends;
  const because = why === undefined ? "" : ` but no memory (${why})`;
  const open = async (openOne: (backend: Backend) => Promise<Session>): Promise<Session> => {
    const opened = await Promise.allSettled(backends.map(openOne));
    try {
      return new TeamSession(fulfilled(opened));
    } catch (thrown) {
      for (const one of opened) if (one.status === "fulfilled") one.value.dispose();
      throw thrown;
    }
  };
  return Object.create(first, {
    reason: { value: `${first.reason}, ${backends.length} that share every batch${because}`, enumerable: true },
    isAlive: { get: () => backends.every((backend) => backend.isAlive !== false), enumerable: true },
    createSession: {
      value: (...args: Parameters<Backend["createSession"]>) => open((backend) => backend.createSession(...args)),
    },
    restoreSession: {
      value: (...args: Parameters<Backend["restoreSession"]>) => open((backend) => backend.restoreSession(...args)),
    },
  });
}

class TeamSession implements Session {
  readonly #members: readonly Session[];
  readonly #first: Session;
  /** What went wrong after events, which are delivered first. */
  #deferred: { thrown: unknown } | undefined;

  constructor(members: readonly Session[]) {
    this.#members = members;
    this.#first = members[0] as Session;
  }

  config(): string {
    return this.#first.config();
  }

  info(): string {
    return this.#first.info();
  }

  dispose(): void {
    for (const member of this.#members) member.dispose();
  }

  addDataset(descriptor: string, arrays: DatasetArrays): Promise<number> {
    const copies = this.#members.map((_, rank) => (rank === 0 ? arrays : copyOf(arrays)));
    return this.#byAll((member, rank) => member.addDataset(descriptor, copies[rank] as DatasetArrays));
  }

  async prepare(_: number, arrays: DatasetArrays): Promise<DatasetArrays> {
    return arrays;
  }

  supply(dataset: number, rows: Uint32Array, arrays: DatasetArrays): Promise<void> {
    const copies = this.#members.map((_, rank) => (rank === 0 ? arrays : copyOf(arrays)));
    return this.#byAll((member, rank) => member.supply(dataset, rows, copies[rank] as DatasetArrays));
  }

  async upcoming(skip: number, maxBatches: number): Promise<string> {
    return this.#first.upcoming(skip, maxBatches);
  }

  async upcomingEvaluation(maxSamples: number, before?: number): Promise<string> {
    return this.#first.upcomingEvaluation(maxSamples, before);
  }

  removeDataset(id: number): Promise<void> {
    return this.#byAll(async (member) => member.removeDataset(id));
  }

  begin(options: string): Promise<void> {
    this.#deferred = undefined;
    return this.#byAll(async (member) => member.begin(options));
  }

  async advance(maxBatches: number): Promise<string> {
    const deferred = this.#deferred;
    this.#deferred = undefined;
    if (deferred !== undefined) throw deferred.thrown;
    const events: CoreEvent[] = [];
    try {
      for (let done = 0; done < maxBatches && events.at(-1)?.type !== "finished"; done++) {
        const now = JSON.parse(await this.#advanceOne()) as CoreEvent[];
        // Every piece of work has an event: nothing is left.
        if (now.length === 0) break;
        events.push(...now);
      }
    } catch (thrown) {
      if (events.length === 0) throw thrown;
      this.#deferred = { thrown };
    }
    return JSON.stringify(events);
  }

  async #advanceOne(): Promise<string> {
    const size = this.#members.length;
    const records = await this.#ofAll((member, rank) => member.runLocalBatch(rank, size));
    if (records.every((part) => part != null)) {
      return this.#byAll((member, rank) => member.finishBatch(recordsFor(rank, records)));
    }
    return this.#byAll((member) => member.advance(1));
  }

  async runLocalBatch(): Promise<never> {
    throw new SpikeletError("INTERNAL", "", "a team has no part of another team's batch");
  }

  async finishBatch(): Promise<never> {
    return this.runLocalBatch();
  }

  async beginEvaluation(dataset: number, earlyDecision: boolean): Promise<void> {
    return this.#first.beginEvaluation(dataset, earlyDecision);
  }

  advanceEvaluation(maxSamples: number): Promise<string> {
    return this.#first.advanceEvaluation(maxSamples);
  }

  predict(...args: Parameters<Session["predict"]>): ReturnType<Session["predict"]> {
    return this.#first.predict(...args);
  }

  async openStream(options: string): Promise<number> {
    return this.#first.openStream(options);
  }

  async runStream(...args: Parameters<Session["runStream"]>): Promise<StreamArrays> {
    return this.#first.runStream(...args);
  }

  async runStreamSignal(stream: number, values: Float32Array): Promise<StreamArrays> {
    return this.#first.runStreamSignal(stream, values);
  }

  async restartStream(stream: number): Promise<void> {
    return this.#first.restartStream(stream);
  }

  async closeStream(stream: number): Promise<void> {
    return this.#first.closeStream(stream);
  }

  gradients(dataset: number, start: number, count: number, trace: boolean): ReturnType<Session["gradients"]> {
    return this.#first.gradients(dataset, start, count, trace);
  }

  applyGradients(layers: ParameterArrays[]): Promise<void> {
    return this.#byAll(async (member) => member.applyGradients(layers));
  }

  async parameters(layer: number): Promise<ParameterArrays> {
    return this.#first.parameters(layer);
  }

  setParameters(layer: number, parameters: ParameterArrays): Promise<void> {
    return this.#byAll(async (member) => member.setParameters(layer, parameters));
  }

  checkpoint(origin?: string): Promise<Uint8Array> {
    return this.#first.checkpoint(origin);
  }

  async history(): Promise<string> {
    return this.#first.history();
  }

  /** The answer that all members share. */
  async #byAll<T>(work: (member: Session, rank: number) => Promise<T>): Promise<T> {
    const [answer] = await this.#ofAll(work);
    return answer as T;
  }

  /** All answers, in order of rank, once the last member is free again. */
  async #ofAll<T>(work: (member: Session, rank: number) => Promise<T>): Promise<T[]> {
    return fulfilled(await Promise.allSettled(this.#members.map(work)));
  }
}

/** What a member lacks of the records of all: the last one that gets a record needs no copy. */
function recordsFor(rank: number, records: readonly Uint8Array[]): Uint8Array[] {
  return records.map((part, of) => {
    if (of === rank) return new Uint8Array();
    const last = of === records.length - 1 ? records.length - 2 : records.length - 1;
    return rank === last ? part : part.slice();
  });
}

/** All values, or the first failure thrown. */
export function fulfilled<T>(settled: readonly PromiseSettledResult<T>[]): T[] {
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function copyOf(arrays: DatasetArrays): DatasetArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}
