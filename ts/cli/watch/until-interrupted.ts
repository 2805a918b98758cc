import { once } from "node:events";
import { OutputClosed } from "../exit.js";

/**
 * Waits for Ctrl-C, which is how a command ends that shows a page.
 *
 * @throws {OutputClosed} where nobody reads the output any more.
 */
export async function untilInterrupted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
  if (signal.reason instanceof OutputClosed) throw signal.reason;
}
