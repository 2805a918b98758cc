import type { ReadLimit } from "../io/byte-budget.js";
import { UsageError } from "./exit.js";

const UNITS: Record<string, number> = { "": 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** The limit that `--max-memory` sets: bytes, or a number with a unit, as `512MB` or `2.5GB`. */
export function readLimit(args: { "max-memory"?: string | undefined }): ReadLimit {
  const text = args["max-memory"];
  if (text === undefined) return {};
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  if (number === "" || factor === undefined)
    throw new UsageError(`--max-memory must be a size such as 512MB or 2GB, got "${text}"`);
  return { maxBytes: Math.floor(Number(number) * factor) };
}
