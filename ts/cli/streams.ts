import { SpikeletError } from "../errors.js";
import { OutputClosed } from "./exit.js";

const failure = new AbortController();

/** Raised when the output can't be written any more; its reason is {@link OutputClosed} or a {@link SpikeletError}. */
export const outputFailure: AbortSignal = failure.signal;

/**
 * From here on a failure to write to stdout or stderr raises {@link outputFailure}, and is not thrown where nobody can catch it.
 */
export function watchOutput(): void {
  process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
    const isClosed = thrown.code === "EPIPE";
    failure.abort(isClosed ? new OutputClosed() : new SpikeletError("WRITE_FAILED", "stdout", thrown.message, thrown));
  });
  process.stderr.on("error", (thrown: NodeJS.ErrnoException) => {
    // A closed terminal or a full disk: stderr is for people and holds no results.
    if (thrown.code === "EPIPE") failure.abort(new OutputClosed());
  });
}
