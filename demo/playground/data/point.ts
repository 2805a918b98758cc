/** A point of the unit square, y upwards, and its class. */
export interface Point {
  x: number;
  y: number;
  label: number;
}
