import { byId } from "./element.js";

/** Says how things stand, in place of what was said before. */
export function say(sentence: string): void {
  put(sentence, false);
}

/** Says what went wrong, where it stays until something else is said. */
export function sayFailure(sentence: string): void {
  put(sentence, true);
}

/** The sentence that stands on the page. */
export function said(): string {
  return byId("state", HTMLElement).textContent ?? "";
}

function put(sentence: string, isFailure: boolean): void {
  const state = byId("state", HTMLElement);
  state.textContent = sentence;
  state.classList.toggle("failure", isFailure);
}
