import { fields } from "../check/fields.js";
import { bytes, callback, positive, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";

const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Options of a {@link DrawingPad}. */
export interface DrawingPadOptions {
  /** Pixels a side of the image; 28 by default. */
  side?: number;
  /** Reach of the pen in pixels of the image, over the last of which its ink fades; 1.6 by default. */
  reach?: number;
  /** Called when a stroke has changed the image or the pen was lifted. */
  onDraw?: () => void;
  /** Called with what happens by the keyboard, for screen readers. */
  onSay?: (sentence: string) => void;
}

const padOptions = fields<DrawingPadOptions>({ side: whole(8, 512), reach: positive, onDraw: callback, onSay: callback });

/**
 * A canvas to draw on, by pointer or by keyboard (arrow keys; the space bar puts the pen down or up, Delete clears). The ink has the
 * colour of the canvas (`color` in its style).
 */
export class DrawingPad implements Disposable {
  /** Pixels a side of the image. */
  readonly side: number;
  readonly #canvas: HTMLCanvasElement;
  readonly #reach: number;
  readonly #onDraw: () => void;
  readonly #onSay: (sentence: string) => void;
  readonly #listening = new AbortController();
  #pixels: Uint8Array;
  #litFrom = Number.POSITIVE_INFINITY;
  #cursor: { x: number; y: number };
  #isPenDown = false;
  #hasKeyboard = false;
  /** The pointer that draws. Other fingers, or a palm beside a pen, are ignored until it is lifted. */
  #pointer: number | undefined;
  #last: { x: number; y: number } | undefined;

  /**
   * @param canvas gets the size of the image, and its place among what the keyboard reaches.
   * @throws {SpikeletError} `CONFIG_INVALID` for an invalid option.
   */
  constructor(canvas: HTMLCanvasElement, options: DrawingPadOptions = {}) {
    const { side = 28, reach = 1.6, onDraw = () => {}, onSay = () => {} } = padOptions(options, "");
    this.side = side;
    this.#canvas = canvas;
    this.#reach = reach;
    this.#onDraw = onDraw;
    this.#onSay = onSay;
    this.#pixels = new Uint8Array(side * side);
    this.#cursor = { x: Math.floor((side - 1) / 2), y: Math.floor(side / 5) };
    canvas.width = side;
    canvas.height = side;
    canvas.tabIndex = 0;
    canvas.style.touchAction = "none";
    const { signal } = this.#listening;
    canvas.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      canvas.addEventListener(
        end,
        (event) => {
          if (!this.#isOther(event)) this.#lift();
        },
        { signal },
      );
    }
    canvas.addEventListener("keydown", (event) => this.#type(event), { signal });
    canvas.addEventListener("blur", () => this.#blur(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint(), { signal });
    this.#paint();
  }

  /** Listens no longer. */
  dispose(): void {
    this.#listening.abort();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The image, `[row][column]`: bright ink on black, as bytes. */
  get pixels(): Uint8Array {
    return this.#pixels;
  }

  /** @throws {SpikeletError} `SHAPE_MISMATCH` for another number of pixels, `DATA_FORMAT` for what is no bytes. */
  set pixels(pixels: Uint8Array) {
    const { length } = bytes(pixels, "pixels");
    if (length !== this.side ** 2) {
      throw new SpikeletError("SHAPE_MISMATCH", "pixels", `must be ${this.side} × ${this.side}, are ${length}`);
    }
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
    this.pixels = new Uint8Array(this.side ** 2);
  }

  /** Draws the pixels of this grey value and brighter in the colour `--accent` of the canvas. */
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
    this.#onDraw();
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
      this.#onDraw();
      this.#onSay("cleared");
      return;
    }
    if (move === undefined) {
      this.#isPenDown = !this.#isPenDown;
      this.#onSay(`pen ${this.#isPenDown ? "down" : "up"} at column ${this.#cursor.x + 1}, row ${this.#cursor.y + 1}`);
    } else {
      this.#cursor = { x: this.#within(this.#cursor.x + move[0]), y: this.#within(this.#cursor.y + move[1]) };
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
    return { x: ((clientX - left) / width) * this.side - 0.5, y: ((clientY - top) / height) * this.side - 0.5 };
  }

  #stroke(from: { x: number; y: number }, to: { x: number; y: number }): void {
    const dots = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
    for (let k = 1; k <= dots; k++) {
      this.#dot(from.x + ((to.x - from.x) * k) / dots, from.y + ((to.y - from.y) * k) / dots);
    }
    this.#paint();
    this.#onDraw();
  }

  #dot(x: number, y: number): void {
    const [side, reach] = [this.side, this.#reach];
    for (let row = Math.ceil(y - reach); row <= y + reach; row++) {
      for (let column = Math.ceil(x - reach); column <= x + reach; column++) {
        if (row < 0 || column < 0 || row >= side || column >= side) continue;
        const ink = Math.round(255 * Math.min(1, Math.max(0, reach - Math.hypot(column - x, row - y))));
        const at = row * side + column;
        this.#pixels[at] = Math.max(this.#pixels[at] ?? 0, ink);
      }
    }
  }

  #within(place: number): number {
    return Math.min(this.side - 1, Math.max(0, place));
  }

  #paint(): void {
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    const { side } = this;
    const style = getComputedStyle(this.#canvas);
    context.clearRect(0, 0, side, side);
    const [ink, lit] = [style.color, style.getPropertyValue("--accent").trim() || style.color];
    for (const [k, pixel] of this.#pixels.entries()) {
      if (pixel === 0) continue;
      context.globalAlpha = pixel / 255;
      context.fillStyle = pixel >= this.#litFrom ? lit : ink;
      context.fillRect(k % side, Math.floor(k / side), 1, 1);
    }
    context.globalAlpha = 1;
    if (!this.#hasKeyboard) return;
    context.fillStyle = lit;
    context.globalAlpha = this.#isPenDown ? 1 : 0.6;
    context.fillRect(this.#cursor.x, this.#cursor.y, 1, 1);
    context.globalAlpha = 1;
  }
}
