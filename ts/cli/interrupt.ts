import { EXIT, Interrupted } from "./exit.js";
import { outputFailure } from "./streams.js";

/** A terminal may deliver one Ctrl-C twice when npm stands between; milliseconds between the two. */
const ONE_PRESS = 150;

/**
 * An abort signal raised by Ctrl-C, SIGTERM, SIGHUP or an output that is no longer read. A second Ctrl-C ends the process
 * immediately.
 */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const press = () => {
    const now = performance.now();
    if (first === 0) {
      first = now;
      controller.abort(new Interrupted());
    } else if (now - first > ONE_PRESS) {
      process.exit(EXIT.interrupted);
    }
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, press);
  return AbortSignal.any([controller.signal, outputFailure]);
}
