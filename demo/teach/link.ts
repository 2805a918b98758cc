import { announce } from "../page/announce.js";
import { enable } from "../page/button.js";
import { byId } from "../page/element.js";
import { say } from "../page/state.js";
import { fragmentOf, signsIn } from "./address.js";
import type { SignContent } from "./lesson.js";

/** The address of the page, which holds the drawings, and the button that copies it. */
export class Link {
  readonly #button = byId("copy", HTMLButtonElement);
  readonly #field = byId("link", HTMLInputElement);

  /** @param onVisit called when another fragment is opened in the same tab. */
  constructor(onVisit: () => void) {
    addEventListener("hashchange", onVisit);
  }

  /**
   * The symbols that the address holds; `undefined` where it holds none.
   *
   * @throws {Error} for an address that was cut off or changed.
   */
  get signs(): SignContent[] | undefined {
    return signsIn(location.hash);
  }

  /** Puts symbols into the address; too many leave it empty. */
  write(signs: readonly SignContent[]): void {
    const fragment = fragmentOf(signs);
    history.replaceState(null, "", fragment ?? location.pathname + location.search);
    this.#field.hidden = true;
    enable(this.#button, fragment !== undefined);
    this.#button.title = fragment === undefined ? "There are too many drawings for a link: save them instead" : "";
  }

  /** Copies the address of symbols. */
  async copy(signs: readonly SignContent[]): Promise<void> {
    this.write(signs);
    try {
      await navigator.clipboard.writeText(location.href);
      say("The link is copied: whoever opens it sees your symbols, and their network learns them.");
      announce("The link is copied.");
    } catch {
      // Without the permission, the visitor copies it by hand.
      this.#field.value = location.href;
      this.#field.hidden = false;
      this.#field.select();
    }
  }
}
