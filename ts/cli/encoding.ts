import type { Encoding } from "../generated/config.js";
import { UsageError } from "./exit.js";

/** The numbers that may follow a code on the command line, in their order; `!` marks what must be given. */
const CODES = {
  latency: ["first", "last"],
  rate: ["max", "min", "seed"],
  regular: ["minInterval", "maxInterval", "first"],
  direct: [],
  stretch: ["max!", "min"],
  shiftBack: ["max!", "min"],
  delta: ["threshold", "start", "maxSpikes"],
  levels: ["min", "max", "count"],
  current: ["neurons", "gain", "bias", "timeConstant"],
  logMel: ["sampleRate", "window", "hop", "mels"],
} as const satisfies Record<Encoding["type"], readonly string[]>;

/** Every code with its numbers: `latency:FIRST:LAST`. */
export const ENCODING_FORMS: readonly string[] = Object.entries(CODES).map(([type, names]) =>
  [type, ...names.map((name: string) => name.replace("!", "").replace(/[A-Z]/, "_$&").toUpperCase())].join(":"),
);

/** `latency:0:24`, `rate:0.1`, `regular:10:100`, `direct`, `stretch:10:1`, `shiftBack:10`, `delta:0.1` and the like. */
export function parseEncoding(text: string): Encoding {
  const [type = "", ...numbers] = text.split(":");
  const names: readonly string[] | undefined = Object.hasOwn(CODES, type) ? CODES[type as Encoding["type"]] : undefined;
  const values = numbers.map((number) => (number.trim() === "" ? Number.NaN : Number(number)));
  const min = names?.filter((name) => name.endsWith("!")).length ?? 0;
  if (names !== undefined && values.every(Number.isFinite) && values.length >= min && values.length <= names.length) {
    const fields = values.map((value, k) => [names[k]?.replace("!", ""), value]);
    return { type, ...Object.fromEntries(fields) } as Encoding;
  }
  throw new UsageError(`--encode must be one of ${ENCODING_FORMS.join(", ")}, got "${text}"`);
}
