import { byId } from "../page/element.js";
import type { Point } from "./data/point.js";
import { DRAWN_CLASSES, MAX_DRAWN, onGrid } from "./drawn.js";
import type { Snapshot } from "./learner.js";
import { nearest, Plane } from "./plane.js";
import type { Settings } from "./settings.js";
import { DecisionMap } from "./view/decision-map.js";
import { classSign } from "./words.js";

export interface PlaneViewListener {
  /** A visitor has drawn or removed points. */
  drew(points: readonly Point[]): void;
  /** A visitor wants to look at this point. */
  chose(point: Point): void;
  /** Something that a screen reader should say. */
  said(sentence: string): void;
}

/** The plane with its points: what the network decides, and a place to draw. */
export class PlaneView {
  readonly #canvas = byId("plane", HTMLCanvasElement);
  readonly #map = new DecisionMap(this.#canvas);
  readonly #tools = byId("drawing", HTMLElement);
  readonly #help = byId("plane-help", HTMLElement);
  readonly #listener: PlaneViewListener;
  #points: readonly Point[] = [];
  #isDrawn = false;

  constructor(listener: PlaneViewListener) {
    this.#listener = listener;
    this.#canvas.tabIndex = 0;
    const roles = { role: "application", "aria-roledescription": "plane of points", "aria-describedby": "plane-help" };
    for (const [name, value] of Object.entries(roles)) this.#canvas.setAttribute(name, value);
    new Plane(this.#canvas, {
      pressed: (place) => this.#press(place),
      moved: (place) => this.#map.point(place),
      undone: () => this.#undo(),
    });
    byId("undo", HTMLButtonElement).addEventListener("click", () => this.#undo());
    byId("clear", HTMLButtonElement).addEventListener("click", () => {
      if (this.#points.length === 0) return;
      this.#draw([]);
      listener.said("All points are gone.");
    });
  }

  /** Another set of points is to be learnt. */
  open({ data, drawn }: Settings): void {
    this.#isDrawn = data === "drawn";
    this.#canvas.setAttribute("aria-label", "The plane");
    this.#tools.hidden = !this.#isDrawn;
    this.#help.textContent = this.#isDrawn
      ? "Press on the plane to put points of the chosen class; by keyboard: arrow keys, Enter, and Backspace to undo."
      : "Press on the plane to look at the nearest point; by keyboard: arrow keys and Enter.";
    if (!this.#isDrawn) return;
    this.#points = drawn;
    this.#map.show(undefined, DRAWN_CLASSES, drawn);
    this.#map.mark(undefined);
  }

  /** @param shares of the classes at each place of the map. */
  show({ lesson }: Snapshot, shares: Float32Array): void {
    const { classes, learnt } = lesson.problem;
    if (!this.#isDrawn) this.#points = learnt;
    this.#map.show(shares, classes, this.#points);
    this.#canvas.setAttribute("aria-label", `The plane with ${this.#points.length} points of ${classes} classes`);
  }

  mark(point: Point): void {
    this.#map.mark(point);
  }

  #press(place: { x: number; y: number }): void {
    if (this.#isDrawn) {
      const label = Number(this.#tools.querySelector<HTMLInputElement>("input:checked")?.value ?? 0);
      if (this.#points.length >= MAX_DRAWN) {
        this.#listener.said(`There is room for ${MAX_DRAWN} points.`);
        return;
      }
      this.#draw([...this.#points, onGrid({ ...place, label })]);
      this.#listener.said(`${classSign(label)}, ${this.#points.length} points`);
      return;
    }
    const point = nearest(this.#points, place);
    if (point !== undefined) this.#listener.chose(point);
  }

  #undo(): void {
    if (!this.#isDrawn || this.#points.length === 0) return;
    this.#draw(this.#points.slice(0, -1));
    this.#listener.said(`${this.#points.length} points`);
  }

  #draw(points: readonly Point[]): void {
    this.#points = points;
    this.#map.show(undefined, DRAWN_CLASSES, points);
    this.#map.mark(undefined);
    this.#listener.drew(points);
  }
}
