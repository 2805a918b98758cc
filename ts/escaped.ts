/**
 * Characters that show nothing, or change how others are shown: control characters but tabs and new lines, those that order text from
 * right to left, halves of pairs, and what XML has no place for.
 */
const UNSHOWN =
  /[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Text as it may be shown anywhere, in terminals, pages, figures and errors: a sign stands for what is not meant to be read. */
export function printable(text: string): string {
  return text.replace(UNSHOWN, "\ufffd");
}

/** Text as it may stand in HTML and SVG, between tags and in attributes. */
export function escaped(text: string): string {
  return printable(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Characters of a word, and of all of an error, that are shown; longer ones are keys and values that nobody reads to the end. */
const [MAX_WORD, MAX_TEXT] = [300, 4000];

/** The text of an error: {@link printable}, with what is too long cut short. */
export function brief(text: string): string {
  const short = text.replace(new RegExp(`\\S{${MAX_WORD + 1},}`, "g"), (word) => cut(word, MAX_WORD));
  return printable(short.length > MAX_TEXT ? cut(short, MAX_TEXT) : short);
}

/** The beginning and the end. */
function cut(text: string, length: number): string {
  return `${text.slice(0, (2 * length) / 3)}…${text.slice(-length / 3)}`;
}
