import { brief } from "./escaped.js";
import { ERROR_CODES, type ErrorCode } from "./generated/errors.js";

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);

/**
 * The error that this library throws. (An aborted call throws the reason of its signal instead.) `message` is `path: reason`, or
 * the reason alone where the path is empty.
 */
export class SpikeletError extends Error {
  override readonly name = "SpikeletError";
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** Where it is: a JSON path (`network.layers[1].units`), the name of an argument or a file, or empty. */
  readonly path: string;
  /** What is wrong, and what must hold. */
  readonly reason: string;

  constructor(code: ErrorCode, path: string, reason: string, cause?: unknown) {
    super(brief(path === "" ? reason : `${path}: ${reason}`), cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
    this.reason = reason;
  }
}

/** Turns anything that was thrown into a {@link SpikeletError}; errors of bindings have `code` and `path` as properties. */
export function fromBinding(thrown: unknown): SpikeletError {
  if (thrown instanceof SpikeletError) return thrown;
  // An error of another realm, as that of an addon in Jest is, is no instance of this one's class.
  const { message, code, path } = Object(thrown) as { message?: unknown; code?: unknown; path?: unknown };
  if (typeof message !== "string") return new SpikeletError("INTERNAL", "", String(thrown), thrown);
  if (!isErrorCode(code)) return new SpikeletError("INTERNAL", "", message, thrown);
  return new SpikeletError(code, typeof path === "string" ? path : "", message, thrown);
}

function isErrorCode(code: unknown): code is ErrorCode {
  return CODES.has(code);
}

/** Prefixes the path of an error, for what was read from a file. */
export function inFile(file: string, thrown: unknown): unknown {
  if (!(thrown instanceof SpikeletError)) return thrown;
  const path = thrown.path === "" ? file : `${file}: ${thrown.path}`;
  return new SpikeletError(thrown.code, path, thrown.reason, thrown);
}

/** Prefixes the path of an error, for what is a field of `outer`. */
export function within(outer: string, thrown: unknown): unknown {
  if (!(thrown instanceof SpikeletError)) return thrown;
  const path = thrown.path === "" ? outer : `${outer}.${thrown.path}`;
  return new SpikeletError(thrown.code, path, thrown.reason, thrown);
}
