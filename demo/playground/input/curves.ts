/** Units of an axis. */
const CURVES = 10;

/** Triangular tuning curves: each unit has a place on its axis that it likes best, and answers less the farther a point is from it. */
export function valuesOf(x: number, y: number): number[] {
  return [x, y].flatMap((value) =>
    Array.from({ length: CURVES }, (_, unit) => Math.max(0, 1 - Math.abs((CURVES - 1) * value - unit) / 1.5)),
  );
}
