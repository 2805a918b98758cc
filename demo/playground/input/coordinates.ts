/** The coordinates, what is missing to 1, and a bias, as Kriener, Göltz and Petrovici give the points of the Yin-Yang figure. */
export function valuesOf(x: number, y: number): number[] {
  return [x, y, 1 - x, 1 - y, 1];
}
