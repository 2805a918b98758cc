import { type Remote, wrap } from "comlink";
import { SpikeletError } from "../errors.js";
import type { Answer, Failure, View, WorkerHost } from "./worker-protocol.js";

/** The connection to one worker. Once it has failed, every call fails, and the worker has ended. */
export class WorkerConnection<Host extends WorkerHost = WorkerHost> {
  readonly #worker: Worker;
  readonly #host: Remote<Host>;
  readonly #waiting = new Set<(failure: SpikeletError) => void>();
  readonly #failed: (failure: SpikeletError) => void;
  #failure: SpikeletError | undefined;

  /** @param failed is told once it has failed. */
  constructor(worker: Worker, failed: (failure: SpikeletError) => void = () => {}) {
    this.#worker = worker;
    this.#failed = failed;
    this.#host = wrap<Host>(worker);
    worker.addEventListener("error", (event) => {
      const what = event.message || "its module can't be loaded: give workerUrl, see docs/guides/browser.md";
      this.fail(new SpikeletError("BACKEND_UNAVAILABLE", "backend", `the worker failed: ${what}`));
    });
    worker.addEventListener("messageerror", () => {
      this.fail(new SpikeletError("INTERNAL", "", "a message of the worker can't be read"));
    });
  }

  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /** Calls the worker; what it answers with as a failure is thrown. */
  async ask<T>(call: (host: Remote<Host>) => Promise<Answer<T>>, seen: (view: View) => void = () => {}): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    const answer = await new Promise<Answer<T> | undefined>((resolve, reject) => {
      this.#waiting.add(reject);
      call(this.#host)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(reject));
    });
    // A foreign worker may answer anything, which is found out when its version is asked for.
    const { failure, view, value } = Object(answer) as { failure?: Failure; view?: View; value: T };
    if (failure !== undefined) {
      const error = new SpikeletError(failure.code, failure.path, failure.reason);
      // The core stopped half-way: this worker can't be used again.
      if (error.code === "INTERNAL") this.fail(error);
      throw error;
    }
    if (view !== undefined) seen(view);
    return value;
  }

  /** Frees a session, without waiting for it. */
  close(session: number): void {
    if (this.isAlive) void this.#host.close(session);
  }

  end(): void {
    this.#worker.terminate();
  }

  fail(failure: SpikeletError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.end();
    for (const reject of this.#waiting) reject(failure);
    this.#waiting.clear();
    this.#failed(failure);
  }
}
