import { centred, type DrawingPad } from "spikelet/page";
import { padIn } from "../draw/pad.js";
import { announce } from "../page/announce.js";
import { byId } from "../page/element.js";

/** Milliseconds that the pen is up until a stroke counts as done: the keyboard draws pixel by pixel. */
const REST = 250;

export interface SlateListener {
  /** The image has changed. */
  drawn(): void;
  /** A stroke is done. */
  rested(): void;
}

/** The pad, where the first stroke after a finished drawing begins a new one. */
export class Slate {
  readonly pad: DrawingPad;
  readonly #listener: SlateListener;
  #isFinished = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: SlateListener) {
    const box = byId("pad", HTMLElement);
    this.#listener = listener;
    // Before the pad hears of it.
    box.addEventListener("pointerdown", ({ button, isPrimary }) => button === 0 && isPrimary && this.#begin(), { capture: true });
    box.addEventListener("keydown", ({ key }) => key === " " && this.#begin(), { capture: true });
    this.pad = padIn(box, "Your drawing", { drawn: () => this.#drawn(), said: announce });
  }

  /** Whether there is a drawing that is not finished. */
  get isOpen(): boolean {
    return !this.#isFinished && !this.pad.isEmpty;
  }

  /** The drawing as the network sees it, fitted as the digits of MNIST are; `undefined` without ink. */
  get drawing(): Uint8Array | undefined {
    return this.pad.isEmpty ? undefined : centred(this.pad.pixels);
  }

  /** Leaves the drawing to be seen until the next one begins. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#isFinished = !this.pad.isEmpty;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#isFinished = false;
    this.pad.clear();
  }

  #begin(): void {
    if (this.#isFinished) this.clear();
  }

  #drawn(): void {
    clearTimeout(this.#timer);
    // Delete clears the pad.
    if (this.pad.isEmpty) this.#isFinished = false;
    this.#listener.drawn();
    if (!this.pad.isDrawing) this.#timer = setTimeout(() => this.#listener.rested(), REST);
  }
}
