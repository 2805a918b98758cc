import { parseHTML } from "linkedom/worker";

/** Where Observable Plot makes its elements: in Node, a document that is never shown. */
export function plotDocument(): Document {
  return parseHTML("<!doctype html><html><body></body></html>").document;
}
