/** A canvas as sharp as the screen, whose content is drawn in pixels of the page. */
export class Canvas {
  readonly element: HTMLCanvasElement;
  width = 0;
  height = 0;
  readonly #context: CanvasRenderingContext2D;

  /** @param resized called once the canvas has a size, and when that has changed. */
  constructor(element: HTMLCanvasElement, resized: () => void) {
    this.element = element;
    const context = element.getContext("2d");
    if (context === null) throw new Error("this browser draws on no canvas");
    this.#context = context;
    new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      this.width = width;
      this.height = height;
      const scale = devicePixelRatio;
      element.width = Math.round(width * scale);
      element.height = Math.round(height * scale);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      resized();
    }).observe(element);
  }

  /** An empty canvas to draw on. */
  cleared(): CanvasRenderingContext2D {
    this.#context.clearRect(0, 0, this.width, this.height);
    return this.#context;
  }
}
