import { SpikeletError } from "spikelet";
import { announce } from "./announce.js";
import { sayFailure } from "./state.js";

/** Tells what went wrong: on the page, to a screen reader and in the console. */
export function failed(thrown: unknown): void {
  const sentence = messageOf(thrown);
  sayFailure(sentence);
  announce(sentence);
  console.warn(thrown);
}

/** Shows an error that keeps the whole page from being used. */
export function failedToOpen(thrown: unknown): void {
  failed(thrown);
  document.documentElement.dataset["state"] = "failed";
}

/** What went wrong, in words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What is wrong with a file, without the place in the arguments of the library, which a visitor does not see. */
export function faultOf(thrown: unknown): string {
  return thrown instanceof SpikeletError ? thrown.reason : messageOf(thrown);
}
