import { ERROR_CODES, type ErrorCode } from "./generated/errors.js";

const CODES: ReadonlySet<string> = new Set(ERROR_CODES);

/** Stands between path and message in the text of an error that crosses from a binding. */
const PATH_END = "\u{1f}";

/**
 * The one error this library throws. An abort is not one: it throws the signal's reason.
 *
 * `message` reads `path: what is wrong`; `path` alone is a JSON path (`network.layers[1].units`), the name of an
 * argument or a file, and empty where there is none.
 */
export class SpikeletError extends Error {
  override readonly name = "SpikeletError";
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** Where it is. */
  readonly path: string;

  constructor(code: ErrorCode, path: string, message: string, cause?: unknown) {
    super(path === "" ? message : `${path}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}

/** Turns whatever a binding threw into a {@link SpikeletError}. */
export function fromBinding(thrown: unknown): SpikeletError {
  if (thrown instanceof SpikeletError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const end = text.indexOf(PATH_END);
  const path = end < 0 ? "" : text.slice(0, end);
  const message = end < 0 ? text : text.slice(end + 1);
  if (CODES.has(code)) return new SpikeletError(code as ErrorCode, path, message, thrown);
  // The binding itself refuses arguments of a wrong type before our code sees them.
  const isArgument = code.endsWith("Expected") || code === "InvalidArg";
  return new SpikeletError(isArgument ? "DATA_FORMAT" : "INTERNAL", path, message, thrown);
}

/** Prefixes the path of an error, for what was read from a file. */
export function inFile(file: string, thrown: unknown): unknown {
  if (!(thrown instanceof SpikeletError)) return thrown;
  const message = thrown.path === "" ? thrown.message : thrown.message.slice(thrown.path.length + 2);
  const path = thrown.path === "" ? file : `${file}: ${thrown.path}`;
  return new SpikeletError(thrown.code, path, message, thrown);
}
