import type { Point } from "./data/point.js";

export interface PlaneListener {
  /** A place was pressed, or the keyboard asked for it. */
  pressed(place: { x: number; y: number }): void;
  /** The keyboard is at this place, or has left. */
  moved(place: { x: number; y: number } | undefined): void;
  /** The last point is to go. */
  undone(): void;
}

const MOVES: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
/** How far the keyboard moves, and how far a pointer until it presses again. */
const [STRIDE, APART] = [0.04, 0.03];

/** Pointer and keyboard on the map: both name places of the unit square. */
export class Plane {
  readonly #element: HTMLCanvasElement;
  readonly #listener: PlaneListener;
  #cursor = { x: 0.5, y: 0.5 };
  #last: { x: number; y: number } | undefined;

  constructor(element: HTMLCanvasElement, listener: PlaneListener) {
    this.#element = element;
    this.#listener = listener;
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const)
      element.addEventListener(end, () => {
        this.#last = undefined;
      });
    element.addEventListener("keydown", (event) => this.#type(event));
    element.addEventListener("focus", () => {
      if (element.matches(":focus-visible")) listener.moved(this.#cursor);
    });
    element.addEventListener("blur", () => listener.moved(undefined));
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#element.setPointerCapture(event.pointerId);
    this.#last = this.#placeOf(event);
    this.#listener.moved(undefined);
    this.#listener.pressed(this.#last);
  }

  #drag(event: PointerEvent): void {
    if (this.#last === undefined || event.buttons === 0) return;
    const place = this.#placeOf(event);
    if (distance(place, this.#last) < APART) return;
    this.#last = place;
    this.#listener.pressed(place);
  }

  #type(event: KeyboardEvent): void {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[key];
    if (move !== undefined) {
      const inside = (value: number) => Math.min(1, Math.max(0, Math.round(value * 1000) / 1000));
      this.#cursor = { x: inside(this.#cursor.x + STRIDE * move[0]), y: inside(this.#cursor.y + STRIDE * move[1]) };
      this.#listener.moved(this.#cursor);
    } else if (key === "Enter" || key === " ") this.#listener.pressed(this.#cursor);
    else if (key === "Backspace" || key === "Delete") this.#listener.undone();
    else return;
    event.preventDefault();
  }

  #placeOf({ clientX, clientY }: PointerEvent): { x: number; y: number } {
    const { left, top, width, height } = this.#element.getBoundingClientRect();
    return { x: (clientX - left) / width, y: 1 - (clientY - top) / height };
  }
}

/** The point that is nearest to a place. */
export function nearest(points: readonly Point[], place: { x: number; y: number }): Point | undefined {
  let found: Point | undefined;
  let min = Number.POSITIVE_INFINITY;
  for (const point of points) {
    const away = distance(point, place);
    if (away < min) [found, min] = [point, away];
  }
  return found;
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
