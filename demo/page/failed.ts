import { announce } from "./announce.js";
import { byId } from "./element.js";

/** Tells what went wrong: on the page, to a screen reader and in the console. */
export function failed(thrown: unknown): void {
  const sentence = messageOf(thrown);
  byId("state", HTMLElement).textContent = sentence;
  announce(sentence);
  console.warn(thrown);
}

/** The same for a page that can't be used. */
export function failedToOpen(thrown: unknown): void {
  failed(thrown);
  document.documentElement.dataset["state"] = "failed";
}

/** What went wrong, in words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
