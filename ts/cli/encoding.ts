import { NUMBERS_OF_CODES } from "../encode.js";
import type { Encoding } from "../generated/config.js";
import { UsageError } from "./exit.js";

/** Every code with its numbers: `latency:FIRST:LAST`. */
export const ENCODING_FORMS: readonly string[] = Object.entries(NUMBERS_OF_CODES).map(([type, names]) =>
  [type, ...names.map((name: string) => name.replace("!", "").replace(/[A-Z]/, "_$&").toUpperCase())].join(":"),
);

/** `latency:0:24`, `rate:0.1`, `regular:10:100`, `direct`, `stretch:10:1`, `shiftBack:10`, `delta:0.1` and the like. */
export function parseEncoding(text: string): Encoding {
  const [type = "", ...numbers] = text.split(":");
  const names: readonly string[] | undefined = Object.hasOwn(NUMBERS_OF_CODES, type)
    ? NUMBERS_OF_CODES[type as Encoding["type"]]
    : undefined;
  const values = numbers.map((number) => (number.trim() === "" ? Number.NaN : Number(number)));
  const min = names?.filter((name) => name.endsWith("!")).length ?? 0;
  if (names !== undefined && values.every(Number.isFinite) && values.length >= min && values.length <= names.length) {
    const fields = values.map((value, k) => [names[k]?.replace("!", ""), value]);
    return { type, ...Object.fromEntries(fields) } as Encoding;
  }
  throw new UsageError(`--encode must be one of ${ENCODING_FORMS.join(", ")}, got "${text}"`);
}
