import { SpikeletError } from "../errors.js";

/** Exit codes. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130, outputClosed: 141 } as const;

/** A mistyped command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The reason of the abort that a signal causes: Ctrl-C, a scheduler, a terminal that goes away. */
export class Interrupted extends Error {
  override readonly name: string = "Interrupted";

  constructor(message = "interrupted") {
    super(message);
  }
}

/** The output is no longer read, as with `| head -1`: the command ends as quietly as SIGPIPE ends other programs. */
export class OutputClosed extends Interrupted {
  override readonly name = "OutputClosed";

  constructor() {
    super("nobody reads the output any more");
  }
}

/** Work was done, but not all of it; the same command continues. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
}

/** What would be written decides too much worse than the network that it is made of. */
export class AccuracyLost extends Error {
  override readonly name = "AccuracyLost";
}

/** Why work failed, also where the release of what it used failed after it. */
export function causeOf(thrown: unknown): unknown {
  const isSuppressed = thrown instanceof Error && thrown.name === "SuppressedError" && "suppressed" in thrown;
  return isSuppressed ? causeOf(thrown.suppressed) : thrown;
}

export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof OutputClosed) return EXIT.outputClosed;
  if (thrown instanceof Interrupted) return EXIT.interrupted;
  if (thrown instanceof UsageError) return EXIT.usage;
  if (thrown instanceof SpikeletError && thrown.code === "CONFIG_INVALID") return EXIT.usage;
  return EXIT.failed;
}

/** An error about what an option says, under the name of that option; any other as it is. */
export function asOption(thrown: unknown): unknown {
  if (!(thrown instanceof SpikeletError)) return thrown;
  // Before it may stand the file of a checkpoint, which says nothing about threads.
  const [, option] = /(?:^|: )(threads|simd|port)$/.exec(thrown.path) ?? [];
  return option === undefined ? thrown : new SpikeletError(thrown.code, `--${option}`, thrown.reason, thrown);
}

/** One line for people, and the fields for programs. */
export function describe(thrown: unknown): { code: string; path: string; message: string } {
  if (thrown instanceof SpikeletError) return { code: thrown.code, path: thrown.path, message: thrown.message };
  if (thrown instanceof UsageError) return { code: "USAGE", path: "", message: thrown.message };
  if (thrown instanceof Interrupted) return { code: "INTERRUPTED", path: "", message: thrown.message };
  if (thrown instanceof Unfinished) return { code: "UNFINISHED", path: "", message: thrown.message };
  if (thrown instanceof AccuracyLost) return { code: "ACCURACY_LOST", path: "", message: thrown.message };
  return { code: "INTERNAL", path: "", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
