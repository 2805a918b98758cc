import type { Point } from "../data/point.js";
import { SIDE } from "../problem.js";
import { Canvas } from "./canvas.js";
import { colours, css, onColours } from "./colours.js";
import { decisionImage } from "./field.js";
import { outline } from "./mark.js";

/** Pixels from the middle of a point to its rim. */
const SIZE = 3.2;

/** The plane: what the network decides at every place, and the points. */
export class DecisionMap {
  readonly #canvas: Canvas;
  readonly #image = new OffscreenCanvas(SIDE, SIDE);
  #shares: Float32Array | undefined;
  #classes = 2;
  #points: readonly Point[] = [];
  #shown: Point | undefined;
  #cursor: { x: number; y: number } | undefined;

  constructor(element: HTMLCanvasElement) {
    this.#canvas = new Canvas(element, () => this.#draw());
    onColours(() => this.#draw());
  }

  /** @param shares `[place][class]`; without any the plane is empty. */
  show(shares: Float32Array | undefined, classes: number, points: readonly Point[]): void {
    this.#shares = shares;
    this.#classes = classes;
    this.#points = points;
    this.#draw();
  }

  /** Puts a ring around the point that the rest of the page is about. */
  mark(point: Point | undefined): void {
    this.#shown = point;
    this.#draw();
  }

  /** Puts a cross where the keyboard is. */
  point(cursor: { x: number; y: number } | undefined): void {
    this.#cursor = cursor;
    this.#draw();
  }

  #draw(): void {
    const { width, height } = this.#canvas;
    if (width === 0) return;
    const { card, classes, ink } = colours();
    const context = this.#canvas.cleared();
    if (this.#shares !== undefined) {
      this.#image.getContext("2d")?.putImageData(decisionImage(this.#shares, this.#classes), 0, 0);
      context.imageSmoothingQuality = "high";
      context.drawImage(this.#image, 0, 0, width, height);
    }
    const place = ({ x, y }: { x: number; y: number }) => [x * width, (1 - y) * height] as const;
    context.lineWidth = 1;
    for (const [k, colour] of classes.entries()) {
      context.fillStyle = css(colour);
      context.strokeStyle = css(card);
      context.beginPath();
      for (const point of this.#points) if (point.label === k) outline(context, k, ...place(point), SIZE);
      context.fill();
      context.stroke();
    }
    context.strokeStyle = css(ink);
    if (this.#shown !== undefined) {
      const [x, y] = place(this.#shown);
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, 3 * SIZE, 0, 2 * Math.PI);
      context.stroke();
    }
    if (this.#cursor === undefined) return;
    const [x, y] = place(this.#cursor);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 9, y);
    context.lineTo(x + 9, y);
    context.moveTo(x, y - 9);
    context.lineTo(x, y + 9);
    context.stroke();
  }
}
