import { wholeNumber } from "../arguments.js";
import type { Parameters } from "../command.js";
import { UsageError } from "../exit.js";

export const watchOptions = {
  port: { type: "string", description: "port of the page on 127.0.0.1; any free port by default", valueHint: "N" },
} as const satisfies Parameters;

/** The port that was asked for, 0 for any. */
export function portOf({ port }: { port?: string | undefined }): number {
  const number = port === undefined ? 0 : wholeNumber(port, "port");
  if (number <= 0xffff) return number;
  throw new UsageError(`--port must be at most 65535, got ${number}`);
}
