/** Every value of `InferError.code`. */
export type InferErrorCode = "MODEL_INVALID" | "CONFIG_INVALID" | "SHAPE_MISMATCH" | "DATA_FORMAT";

/** The error that `spikelet/infer` throws. `message` is `path: reason`. */
export class InferError extends Error {
  override readonly name = "InferError";
  /** The kind of failure. */
  readonly code: InferErrorCode;
  /** Where it is, for example `spikes.units[3]`. */
  readonly path: string;

  constructor(code: InferErrorCode, path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.code = code;
    this.path = path;
  }
}

/** The error for a file that is no model, or not a whole one. */
export function invalid(reason: string): InferError {
  return new InferError("MODEL_INVALID", "model", reason);
}

/** A number of a file that is at most `max`; another one, and what is not a number, is a `RangeError`. */
export function atMost(max: number, found: number): number {
  if (found <= max) return found;
  throw new RangeError(`has ${found} where it may be ${max}`);
}
