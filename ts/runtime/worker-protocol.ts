import type { ErrorCode } from "../generated/errors.js";
import type { Backend, Conversion, Opening, Session } from "./backend.js";
import type { SharedModule } from "./wasm-threads.js";

/** A failure as a value: an error that is thrown across threads arrives without its code and path. */
export interface Failure {
  code: ErrorCode;
  path: string;
  reason: string;
}

/** State of a session; it is sent with every answer, so that the page can read it without waiting. */
export interface View {
  config: string;
  info: string;
}

/** Result of a call. */
export type Answer<T> = { value: T; view?: View | undefined } | { failure: Failure };

/** Facts about the worker's backend. */
export type Description = Pick<Backend, "simd" | "simdLevels" | "version">;

/** Requests to a worker. */
export interface WorkerHost {
  /** Loads the WebAssembly, from beside the worker unless an address is given; the second module when it is first called. */
  load(wasmUrl: string | undefined, extrasWasmUrl: string | undefined): Promise<Answer<Description>>;
  convert(method: Conversion, args: unknown[]): Promise<Answer<unknown>>;
  /** Makes a session; the value is its number. */
  open(method: Opening, args: unknown[]): Promise<Answer<number>>;
  /** Calls a method of a session. */
  call(session: number, method: keyof Session, args: unknown[]): Promise<Answer<unknown>>;
  /** Frees a session. */
  close(session: number): Promise<void>;
}

/** Requests to a worker whose WebAssembly has threads. One worker has the sessions, the others work for it. */
export interface ThreadsHost extends WorkerHost {
  /** Lets sessions run on so many threads, and gives what the others have to join. */
  share(threads: number): Promise<Answer<SharedModule>>;
  /** Joins the worker that gave it. */
  join(shared: SharedModule): Promise<Answer<void>>;
  /** Works for it; the only answer is a failure. */
  work(): Promise<Answer<void>>;
}
