/** Adds the sign of a class to a path: a disc, a square or a diamond, so that colour is not all that tells them apart. */
export function outline(context: CanvasRenderingContext2D, label: number, x: number, y: number, size: number): void {
  if (label === 1) {
    context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
    return;
  }
  if (label === 2) {
    const reach = 1.3 * size;
    context.moveTo(x - reach, y);
    context.lineTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.closePath();
    return;
  }
  context.moveTo(x + size, y);
  context.arc(x, y, size, 0, 2 * Math.PI);
}
