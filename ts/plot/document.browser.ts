/** Where Observable Plot makes its elements: in a page, its document. */
export function plotDocument(): Document {
  return globalThis.document;
}
