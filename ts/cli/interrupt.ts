import { EXIT, Interrupted } from "./exit.js";

/** A terminal may deliver one Ctrl-C twice when npm stands between; milliseconds between the two. */
const ONE_PRESS = 150;

/** An abort signal that Ctrl-C raises; a second Ctrl-C ends the process at once. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const press = () => {
    const now = Date.now();
    if (first === 0) {
      first = now;
      controller.abort(new Interrupted());
    } else if (now - first > ONE_PRESS) {
      process.exit(EXIT.interrupted);
    }
  };
  process.on("SIGINT", press);
  process.on("SIGTERM", press);
  return controller.signal;
}
