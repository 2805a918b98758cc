/** Where a unit is drawn; layer 0 is the input. */
export interface Tile {
  layer: number;
  unit: number;
  /** Middle. */
  x: number;
  y: number;
  /** Length of a side. */
  size: number;
}

/** Pixels of a side at most: of inputs, hidden units, outputs. */
const [INPUT, HIDDEN, OUTPUT] = [16, 36, 52];
/** Pixels left and right of the columns, and for the words above them. */
const [BESIDE, ABOVE] = [10, 24];

/** Places of all units, layer by layer in columns from left to right. */
export function tilesOf(sizes: readonly number[], width: number, height: number): Tile[][] {
  const last = sizes.length - 1;
  const sides = sizes.map((units, layer) => {
    const room = (height - ABOVE) / units;
    return Math.max(4, Math.min(layer === 0 ? INPUT : layer === last ? OUTPUT : HIDDEN, 0.86 * room));
  });
  const left = BESIDE + (sides[0] ?? 0) / 2;
  const right = width - BESIDE - (sides[last] ?? 0) / 2;
  return sizes.map((units, layer) => {
    const size = sides[layer] ?? 0;
    const pitch = Math.min((height - ABOVE) / units, layer === last ? 1.7 * size : 1.25 * size);
    const top = ABOVE + (height - ABOVE - pitch * units) / 2;
    const x = left + ((right - left) * layer) / last;
    return Array.from({ length: units }, (_, unit) => ({ layer, unit, x, y: top + (unit + 0.5) * pitch, size }));
  });
}
