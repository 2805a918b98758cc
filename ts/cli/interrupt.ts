import { EXIT, Interrupted } from "./exit.js";
import { outputFailure } from "./streams.js";

/** A terminal may deliver one Ctrl-C twice when npm stands between; milliseconds between the two. */
const ONE_PRESS = 150;

/**
 * Ends the process, also where a thread of it waits for a file, such as a pipe that nobody writes into: Node waits for its threads
 * before it ends, and then only the signal itself helps.
 */
function exitNow(name: NodeJS.Signals): never {
  const waits = process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
  if (waits) {
    process.once("exit", () => {
      process.removeAllListeners(name);
      process.kill(process.pid, name);
    });
  }
  process.exit(EXIT.interrupted);
}

/**
 * An abort signal raised by Ctrl-C, SIGTERM, SIGHUP or an output that is no longer read. A second Ctrl-C ends the process
 * immediately.
 */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const press = (name: NodeJS.Signals) => {
    const now = performance.now();
    if (first === 0) {
      first = now;
      controller.abort(new Interrupted());
    } else if (now - first > ONE_PRESS) {
      exitNow(name);
    }
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, press);
  return AbortSignal.any([controller.signal, outputFailure]);
}
