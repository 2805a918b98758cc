// Options of the benchmark scripts.
import { parseArgs } from "node:util";
import { StepFailed } from "../../scripts/run.mjs";

/**
 * Options with a value each; a list has commas.
 *
 * @param {Record<string, string | boolean>} defaults a boolean is a flag
 */
export function wordsOf(defaults) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === "boolean" ? "boolean" : "string", default: value },
    ]),
  );
  try {
    return parseArgs({ options }).values;
  } catch (thrown) {
    process.stderr.write(
      `${thrown.message}; there are ${Object.keys(defaults)
        .map((name) => `--${name}`)
        .join(", ")}\n`,
    );
    process.exit(2);
  }
}

export const list = (text) => text.split(",").filter((word) => word !== "");

/** A list of words that are all among `known`. */
export function choices(option, text, known) {
  const words = list(text);
  const unknown = words.find((word) => !known.includes(word));
  if (words.length > 0 && unknown === undefined) return words;
  throw new StepFailed(`--${option} must be some of ${known.join(", ")}, got "${unknown ?? text}"`);
}

/** A whole number above 0. */
export function positive(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new StepFailed(`--${option} must be a whole number above 0, got "${text}"`);
}

/** The command line as one would type it. */
export function typed(script) {
  const words = process.argv.slice(2);
  return `npm run ${script}${words.length > 0 ? ` -- ${words.join(" ")}` : ""}`;
}
