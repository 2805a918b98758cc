import { byId } from "./element.js";

/** Tells a screen reader; for what a visitor did, not for what goes on by itself. */
export function announce(sentence: string): void {
  byId("announcement", HTMLElement).textContent = sentence;
}
