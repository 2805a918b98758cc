import { svg } from "./svg.js";

/** A drawing that is made again when its content or its width changes. */
export abstract class Figure {
  protected width = 0;
  readonly #box: HTMLElement;
  readonly #root = svg("svg", { class: "figure", role: "img" });

  constructor(box: HTMLElement) {
    this.#box = box;
    new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      if (width === this.width) return;
      this.width = width;
      this.redraw();
    }).observe(box);
  }

  /** Draws the present content at the present width. */
  protected abstract redraw(): void;

  protected replace(height: number, description: string, content: readonly Node[]): void {
    this.#root.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.#root.setAttribute("height", String(height));
    this.#root.setAttribute("aria-label", description);
    this.#root.replaceChildren(...content);
    // An image without a name would be announced until there is something to show.
    if (!this.#root.isConnected) this.#box.replaceChildren(this.#root);
  }
}
