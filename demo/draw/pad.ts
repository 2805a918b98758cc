import { element } from "../page/element.js";
import { SIDE } from "../race/digits.js";

/** Reach of the pen in pixels; its ink fades over the last one. */
const REACH = 1.6;
const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface PadListener {
  /** A stroke changed the image, or the pen was lifted. */
  drawn(): void;
  /** Something happened that a screen reader should say. */
  said(sentence: string): void;
}

/** A canvas of 28 × 28 to draw on, by pointer or by keyboard. */
export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #listener: PadListener;
  #pixels = new Uint8Array(SIDE * SIDE);
  #litFrom = Number.POSITIVE_INFINITY;
  #cursor = { x: 13, y: 5 };
  #isPenDown = false;
  #hasKeyboard = false;
  /** The pointer that draws. Other fingers, or a palm beside a pen, are ignored until it is lifted. */
  #pointer: number | undefined;
  #last: { x: number; y: number } | undefined;

  /** @param name what is drawn on the pad, for screen readers. */
  constructor(box: HTMLElement, name: string, listener: PadListener) {
    const canvas = element("canvas", {
      width: String(SIDE),
      height: String(SIDE),
      tabindex: "0",
      role: "application",
      "aria-roledescription": "drawing pad",
      "aria-label": name,
      "aria-describedby": "pad-help",
    });
    box.append(canvas);
    this.#canvas = canvas;
    this.#listener = listener;
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      canvas.addEventListener(end, (event) => {
        if (!this.#isOther(event)) this.#lift();
      });
    }
    canvas.addEventListener("keydown", (event) => this.#type(event));
    canvas.addEventListener("blur", () => this.#blur());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
    this.#paint();
  }

  get pixels(): Uint8Array {
    return this.#pixels;
  }

  set pixels(pixels: Uint8Array) {
    this.#pixels = pixels.slice();
    this.#paint();
  }

  /** Whether a pointer draws: its stroke may go on however long it rests. */
  get isDrawing(): boolean {
    return this.#last !== undefined;
  }

  get isEmpty(): boolean {
    return this.#pixels.every((pixel) => pixel === 0);
  }

  focus(): void {
    this.#canvas.focus();
  }

  clear(): void {
    this.pixels = new Uint8Array(SIDE * SIDE);
  }

  /** Marks the pixels of this grey value and brighter. */
  light(from: number): void {
    this.#litFrom = from;
    this.#paint();
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || this.#isOther(event)) return;
    this.#hasKeyboard = false;
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#last = this.#placeOf(event);
    this.#stroke(this.#last, this.#last);
  }

  #drag(event: PointerEvent): void {
    if (this.#last === undefined || this.#isOther(event)) return;
    if (event.buttons === 0) {
      // The end of the stroke was not reported, as when a context menu opens.
      this.#lift();
      return;
    }
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const place = this.#placeOf(part);
      this.#stroke(this.#last, place);
      this.#last = place;
    }
  }

  #lift(): void {
    if (this.#last === undefined) return;
    this.#last = undefined;
    this.#pointer = undefined;
    this.#listener.drawn();
  }

  #isOther({ pointerId }: PointerEvent): boolean {
    return this.#pointer !== undefined && pointerId !== this.#pointer;
  }

  #type(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (move === undefined && event.key !== " " && event.key !== "Delete") return;
    event.preventDefault();
    this.#hasKeyboard = true;
    if (event.key === "Delete") {
      this.clear();
      this.#listener.drawn();
      this.#listener.said("cleared");
      return;
    }
    if (move === undefined) {
      this.#isPenDown = !this.#isPenDown;
      this.#listener.said(`pen ${this.#isPenDown ? "down" : "up"} at column ${this.#cursor.x + 1}, row ${this.#cursor.y + 1}`);
    } else {
      this.#cursor = { x: within(this.#cursor.x + move[0]), y: within(this.#cursor.y + move[1]) };
    }
    if (this.#isPenDown) this.#stroke(this.#cursor, this.#cursor);
    else this.#paint();
  }

  #blur(): void {
    this.#isPenDown = false;
    this.#hasKeyboard = false;
    this.#paint();
  }

  #placeOf({ clientX, clientY }: PointerEvent): { x: number; y: number } {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * SIDE - 0.5, y: ((clientY - top) / height) * SIDE - 0.5 };
  }

  #stroke(from: { x: number; y: number }, to: { x: number; y: number }): void {
    const dots = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
    for (let k = 1; k <= dots; k++) {
      this.#dot(from.x + ((to.x - from.x) * k) / dots, from.y + ((to.y - from.y) * k) / dots);
    }
    this.#paint();
    this.#listener.drawn();
  }

  #dot(x: number, y: number): void {
    for (let row = Math.ceil(y - REACH); row <= y + REACH; row++) {
      for (let column = Math.ceil(x - REACH); column <= x + REACH; column++) {
        if (row < 0 || column < 0 || row >= SIDE || column >= SIDE) continue;
        const ink = Math.round(255 * Math.min(1, Math.max(0, REACH - Math.hypot(column - x, row - y))));
        const at = row * SIDE + column;
        this.#pixels[at] = Math.max(this.#pixels[at] ?? 0, ink);
      }
    }
  }

  #paint(): void {
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    const style = getComputedStyle(this.#canvas);
    context.clearRect(0, 0, SIDE, SIDE);
    const [ink, lit] = [style.color, style.getPropertyValue("--accent").trim() || style.color];
    for (const [k, pixel] of this.#pixels.entries()) {
      if (pixel === 0) continue;
      context.globalAlpha = pixel / 255;
      context.fillStyle = pixel >= this.#litFrom ? lit : ink;
      context.fillRect(k % SIDE, Math.floor(k / SIDE), 1, 1);
    }
    context.globalAlpha = 1;
    if (!this.#hasKeyboard) return;
    context.fillStyle = lit;
    context.globalAlpha = this.#isPenDown ? 1 : 0.6;
    context.fillRect(this.#cursor.x, this.#cursor.y, 1, 1);
    context.globalAlpha = 1;
  }
}

function within(place: number): number {
  return Math.min(SIDE - 1, Math.max(0, place));
}
