import { InferError } from "../errors.js";
import { type Options, RULES, type Rule } from "./options.js";

/** An encoding as it stands in a model file, and in the library's `encode`. */
export type Encoding = { readonly type: string; readonly [option: string]: unknown };

/**
 * The options of an encoding with its defaults, as the library takes them.
 *
 * @throws {InferError} `CONFIG_INVALID` with the path of an option that is not known, not in range, or does not fit the others.
 */
export function checked(encoding: Encoding, path: string): Options {
  const { type, ...given } = encoding;
  const refuse = (option: string, reason: string): never => {
    throw new InferError("CONFIG_INVALID", `${path}.${option}`, reason);
  };
  const rules = Object.hasOwn(RULES, type) ? (RULES[type] as Record<string, Rule>) : refuse("type", `is not known here: ${type}`);
  for (const name of Object.keys(given)) if (!Object.hasOwn(rules, name)) refuse(name, "is no option of this encoding");
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name] ?? rule.fallback;
    if (value === undefined && !rule.isRequired) continue;
    if (!rule.isEncoding && !fits(value, rule)) refuse(name, `must be ${wordsOf(rule)}, got ${value}`);
    options[name] = value;
  }
  checkPairs(type, options as unknown as Options, refuse);
  return options as unknown as Options;
}

function fits(value: unknown, { fallback, isWhole, min, max, above, words }: Rule): boolean {
  if (words) return words.includes(value as string);
  if (typeof fallback === "boolean") return typeof value === "boolean";
  if (typeof value !== "number" || (isWhole && !Number.isInteger(value))) return false;
  // What becomes 0 or infinite in single precision is out of range.
  const number = isWhole ? value : Math.fround(value);
  return Number.isFinite(number) && !(number < (min as number) || number > (max as number) || number <= (above as number));
}

function wordsOf({ fallback, isWhole, min, max, above, words }: Rule): string {
  if (words) return words.join(" or ");
  if (typeof fallback === "boolean") return "true or false";
  const ends = [above !== undefined && `above ${above}`, min !== undefined && `from ${min}`, max !== undefined && `to ${max}`];
  return [isWhole ? "a whole number" : "a number", ...ends.filter(Boolean)].join(" ");
}

/** What must hold between two options. */
function checkPairs(type: string, options: Options, refuse: (option: string, reason: string) => never): void {
  const { min, max, minInterval, maxInterval, minFrequency, sampleRate, maxFrequency = sampleRate / 2 } = options;
  if (type === "levels" && min >= max) refuse("max", `must be above min (${min}), got ${max}`);
  if (min > max) refuse("min", `must be at most max (${max}), got ${min}`);
  if (minInterval > maxInterval) refuse("maxInterval", `must be at least minInterval (${minInterval}), got ${maxInterval}`);
  if (maxFrequency > sampleRate / 2) refuse("maxFrequency", `must be at most half the sample rate, got ${maxFrequency}`);
  if (minFrequency >= maxFrequency) refuse("minFrequency", `must be below maxFrequency (${maxFrequency}), got ${minFrequency}`);
}
