import { svg } from "./svg.js";

/** A drawing that is made again when its content or its width changes. */
export abstract class Figure {
  protected width = 0;
  readonly #root = svg("svg", { class: "figure", role: "img" });

  constructor(box: HTMLElement) {
    box.append(this.#root);
    new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      if (width === this.width) return;
      this.width = width;
      this.redraw();
    }).observe(box);
  }

  /** Draws what was shown last at the width of now. */
  protected abstract redraw(): void;

  protected replace(height: number, description: string, content: readonly Node[]): void {
    this.#root.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.#root.setAttribute("height", String(height));
    this.#root.setAttribute("aria-label", description);
    this.#root.replaceChildren(...content);
  }
}
