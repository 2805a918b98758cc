import { SpikeletError } from "../errors.js";
import type { Backend, Session } from "../runtime/backend.js";

function unavailable(why: string): SpikeletError {
  return new SpikeletError("BACKEND_UNAVAILABLE", "", `the network ${why}`);
}

/** Frees sessions that are no longer referenced: a garbage collector does not see the memory of WebAssembly or of a worker. */
const forgotten = new FinalizationRegistry<Session>((session) => session.dispose());

/**
 * A session whose calls wait for each other, so that a caller may start several at once.
 *
 * After {@link dispose} every call, also one that waits, fails with `DISPOSED`; a call that runs is left to end first.
 */
export class ExclusiveSession {
  readonly backend: Backend;
  readonly #session: Session;
  #last: Promise<void> = Promise.resolve();
  #calls = 0;
  #isDisposed = false;

  constructor(backend: Backend, session: Session) {
    this.backend = backend;
    this.#session = session;
    forgotten.register(this, session, this);
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Calls `work` with the session: now if it is free, else once all earlier calls have ended. */
  run<T>(work: (session: Session) => T | Promise<T>): Promise<T> {
    const start = () => {
      this.#check();
      return work(this.#session);
    };
    const result = this.#calls === 0 ? new Promise<T>((resolve) => resolve(start())) : this.#last.then(start);
    this.#calls += 1;
    const ended = () => {
      this.#calls -= 1;
    };
    this.#last = result.then(ended, ended);
    return result;
  }

  /**
   * Calls `work` immediately.
   *
   * @throws {SpikeletError} `BACKEND_UNAVAILABLE` while other calls are under way, and where the session is in another thread.
   */
  atOnce<T>(work: (session: Session) => T): T {
    this.#check();
    if (this.backend.isElsewhere === true) throw unavailable("is in a worker, which answers later: call run()");
    if (this.#calls > 0) throw unavailable("is at work on another call: wait for it first, or call run()");
    return work(this.#session);
  }

  /** Calls `work` immediately; for what the session answers at any time. */
  now<T>(work: (session: Session) => T): T {
    this.#check();
    return work(this.#session);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    forgotten.unregister(this);
    this.#last = this.#last.then(() => this.#session.dispose());
  }

  #check(): void {
    if (this.#isDisposed) throw new SpikeletError("DISPOSED", "", "was used after dispose()");
  }
}
