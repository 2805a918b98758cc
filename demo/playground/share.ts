import { save } from "spikelet";
import { announce } from "../page/announce.js";
import { byId } from "../page/element.js";
import { failed } from "../page/failed.js";
import { addressOf } from "./address.js";
import type { Settings } from "./settings.js";

/** A network to show to others: its settings with the epochs that it has learnt, and its digest where it has learnt any. */
export interface Shared {
  settings: Settings;
  digest: string | undefined;
}

/** Ways to give a network to others: a link, a part of a page, a program. */
export class Share {
  readonly #shared: () => Shared;
  readonly #dialog = byId("share", HTMLDialogElement);
  readonly #title = byId("share-title", HTMLElement);
  readonly #hint = byId("share-hint", HTMLElement);
  readonly #text = byId("share-text", HTMLTextAreaElement);
  readonly #save = byId("share-save", HTMLButtonElement);

  constructor(shared: () => Shared) {
    this.#shared = shared;
    byId("copy-link", HTMLButtonElement).addEventListener("click", () => void this.#copyLink());
    byId("embed", HTMLButtonElement).addEventListener("click", () => this.#show("Embed it", EMBED_HINT, this.#frame()));
    byId("as-program", HTMLButtonElement).addEventListener("click", () => {
      this.#showProgram().catch(failed);
    });
    byId("share-copy", HTMLButtonElement).addEventListener("click", () => void this.#copy(this.#text.value, "Copied."));
    byId("share-close", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
    this.#save.addEventListener("click", () => {
      save("program.ts", new TextEncoder().encode(this.#text.value)).catch(failed);
    });
  }

  #address(flag = ""): string {
    const { settings, digest } = this.#shared();
    return `${location.origin}${location.pathname}#${addressOf(settings, digest)}${flag}`;
  }

  #frame(): string {
    const address = this.#address("&embed").replaceAll("&", "&amp;");
    return `<iframe src="${address}" title="A spiking network that learns (Spikelet)" width="760" height="620" loading="lazy" style="border: 0"></iframe>`;
  }

  async #showProgram(): Promise<void> {
    const { programOf } = await import("./program.js");
    this.#show("As a program", PROGRAM_HINT, programOf(this.#shared().settings), true);
  }

  async #copyLink(): Promise<void> {
    const address = this.#address();
    if (!(await this.#copy(address, "The link is copied. Whoever opens it gets the identical network."))) {
      this.#show("Link", "This browser lets the page copy nothing. Copy the link by hand.", address);
    }
  }

  async #copy(text: string, done: string): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.#text.select();
      return false;
    }
    byId("copied", HTMLElement).textContent = done;
    announce(done);
    return true;
  }

  #show(title: string, hint: string, text: string, canSave = false): void {
    this.#title.textContent = title;
    this.#hint.textContent = hint;
    this.#text.value = text;
    this.#save.hidden = !canSave;
    this.#dialog.showModal();
    this.#text.scrollTop = 0;
  }
}

const EMBED_HINT =
  "HTML for a page of yours. The frame has the plane, the network and the button; everything is computed in the reader's browser.";
const PROGRAM_HINT =
  "TypeScript with all that the page did. It prints the SHA-256 of what the network has learnt: the same as here.";
