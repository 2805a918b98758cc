/** Where Observable Plot makes its elements: in a page, its document. Bundlers take this file instead of `document.node.ts`. */
export function plotDocument(): Document {
  return globalThis.document;
}
