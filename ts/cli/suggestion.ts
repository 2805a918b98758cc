import { closest } from "../closest.js";

/** Messages of the core about unknown fields and values. */
const UNKNOWN_FIELD = /unknown field `(?<given>[^`]+)`, expected (?<known>.+)$/s;
const OTHER_VALUE = /must be one of (?<known>.+), got "(?<given>[^"]+)"$/s;

/** A message about an unknown word, with the known one that it most likely meant. */
export function withSuggestion(message: string): string {
  const { given, known } = (UNKNOWN_FIELD.exec(message) ?? OTHER_VALUE.exec(message))?.groups ?? {};
  if (given === undefined || known === undefined) return message;
  const words = known.replace(/^one of /, "").match(/[\w.-]+/g) ?? [];
  const near = closest(given, words);
  return near === undefined ? message : `${message}; did you mean ${near}?`;
}
