import { SpikeletError } from "../errors.js";

/** What the process says when it ends. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A mistyped command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The reason of the abort that Ctrl-C causes. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("interrupted");
  }
}

export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof Interrupted) return EXIT.interrupted;
  if (thrown instanceof UsageError) return EXIT.usage;
  if (thrown instanceof SpikeletError && thrown.code === "CONFIG_INVALID") return EXIT.usage;
  return EXIT.failed;
}

/** One line for people, and the fields for programs. */
export function describe(thrown: unknown): { code: string; path: string; message: string } {
  if (thrown instanceof SpikeletError) return { code: thrown.code, path: thrown.path, message: thrown.message };
  if (thrown instanceof UsageError) return { code: "USAGE", path: "", message: thrown.message };
  if (thrown instanceof Interrupted) return { code: "INTERRUPTED", path: "", message: thrown.message };
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "INTERNAL";
  return { code, path: "", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
