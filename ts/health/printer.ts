import type { Warning } from "./warning.js";

/** A function that prints each of the warnings it is given once. */
export function warningPrinter(): (warning: Warning) => void {
  const printed = new Set<string>();
  return ({ message, advice }) => {
    const text = `spikelet: ${message}; ${advice}`;
    if (printed.has(text)) return;
    printed.add(text);
    console.warn(text);
  };
}
