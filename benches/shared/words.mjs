// Options of the benchmark scripts.
import { parseArgs } from "node:util";

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

/** The command line as one would type it. */
export function typed(script) {
  const words = process.argv.slice(2);
  return `npm run ${script}${words.length > 0 ? ` -- ${words.join(" ")}` : ""}`;
}
