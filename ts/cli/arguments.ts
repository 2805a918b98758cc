import { parseArgs } from "node:util";
import type { ArgsDef } from "citty";
import { closest } from "../closest.js";
import { UsageError } from "./exit.js";
import { settingLike } from "./setting-names.js";

/** Options that may stand more than once, with all their values. */
export type Repeated = Record<string, string[]>;

/**
 * Refuses what the command does not know, which the argument parser would let pass. A place whose hint ends with … takes any
 * number of arguments.
 *
 * @returns the values of `--set`, of which the parser keeps only the last.
 */
export function checkArguments(rawArgs: readonly string[], definition: ArgsDef): Repeated {
  const options: Record<string, { type: "boolean" | "string"; multiple: boolean }> = {};
  let places = 0;
  for (const [name, { type, valueHint }] of Object.entries(definition)) {
    if (type === "positional") places += valueHint?.endsWith("…") ? Number.POSITIVE_INFINITY : 1;
    else options[name] = { type: type === "boolean" ? "boolean" : "string", multiple: true };
  }
  try {
    const { values, positionals } = parseArgs({ args: [...rawArgs], options, strict: true, allowPositionals: places > 0 });
    const extra = positionals[places];
    if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}"`);
    const repeated = values["set"];
    return { set: Array.isArray(repeated) ? repeated.map(String) : [] };
  } catch (thrown) {
    throw usageError(thrown, rawArgs, Object.keys(options));
  }
}

function usageError(thrown: unknown, rawArgs: readonly string[], known: readonly string[]): UsageError {
  if (thrown instanceof UsageError) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : "";
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const named = /'(?:-\w, )?(--?[^' ]+)/.exec(message)?.[1] ?? "";
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION": {
      return new UsageError(`unknown option ${named}: ${hintFor(named.replace(/^-+/, ""), known)}`);
    }
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      return new UsageError(message.includes("does not take") ? `${named} takes no value` : `${named} needs a value`);
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL": {
      const word = rawArgs.find((arg) => message.includes(`'${arg}'`)) ?? "";
      return new UsageError(`unexpected argument "${word}": options start with --`);
    }
    default:
      return new UsageError(message);
  }
}

function hintFor(option: string, known: readonly string[]): string {
  const near = closest(option, known);
  if (near !== undefined) return `did you mean --${near}?`;
  const setting = known.includes("config") ? settingLike(option) : undefined;
  return setting === undefined ? "see --help" : `did you mean --set ${setting}=VALUE?`;
}

/** A whole number of at least `least`. */
export function wholeNumber(text: string, option: string, min = 0): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= min) return number;
  throw new UsageError(`--${option} must be a whole number from ${min}, got "${text}"`);
}
