/** Control characters, and halves of a surrogate pair. */
const FORBIDDEN = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The text with a sign for each character that XML does not allow, escaped or not. */
export function allowed(text: string): string {
  return text.replace(FORBIDDEN, "\ufffd");
}

/** Text as it may stand in HTML and SVG, between tags and in attributes. */
export function escaped(text: string): string {
  const escapes = allowed(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escapes.replaceAll('"', "&quot;");
}
