import { SpikeletError } from "../errors.js";
import { version } from "../version.js";

/**
 * Makes sure that what computes is of the version of this package: another one may compute other bits, or mean something else by
 * the same call.
 *
 * @param what it is, in words.
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE`.
 */
export function checkVersion(found: unknown, what: string): void {
  if (found === version) return;
  throw new SpikeletError("BACKEND_UNAVAILABLE", "backend", `${what} is of version ${found}, this package of ${version}`);
}
