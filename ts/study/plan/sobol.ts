/**
 * Points of the Sobol sequence, which fill the unit cube more evenly than random ones.
 *
 * For dimension j with direction numbers v₁, v₂, … the k-th point is x = ⊕ { vᵢ : bit i of k's Gray code is set }, so that
 * x(k + 1) = x(k) ⊕ v(c) with c the position of the lowest zero bit of k. From m₁ … mₛ and a primitive polynomial of degree s
 * with inner coefficients a₁ … aₛ₋₁:  mᵢ = 2a₁mᵢ₋₁ ⊕ 4a₂mᵢ₋₂ ⊕ … ⊕ 2ˢmᵢ₋ₛ ⊕ mᵢ₋ₛ,  vᵢ = mᵢ 2³²⁻ⁱ.
 *
 * Polynomials and first numbers: S. Joe, F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections" (2008).
 */

const BITS = 32;

/** From the second dimension on: inner coefficients of the polynomial as bits, and m₁ … mₛ. */
const JOE_KUO: readonly (readonly [coefficients: number, first: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
  [19, [1, 1, 1, 15, 7, 5]],
  [22, [1, 3, 1, 15, 13, 25]],
  [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]],
  [4, [1, 3, 7, 13, 13, 15, 69]],
];

/** Dimensions that the table has numbers for. */
export const SOBOL_DIMENSIONS: number = JOE_KUO.length + 1;

/** The first `count` points as whole numbers, of which 2³² would be 1. */
export function sobolPoints(count: number, dimensions: number): Uint32Array[] {
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionNumbers(dimension));
  const points: Uint32Array[] = [];
  let point = new Uint32Array(dimensions);
  for (let k = 0; k < count; k++) {
    points.push(point);
    const change = BITS - 1 - Math.clz32(lowestZeroBit(k));
    point = point.map((x, dimension) => x ^ (directions[dimension]?.[change] ?? 0));
  }
  return points;
}

function lowestZeroBit(k: number): number {
  return ~k & (k + 1);
}

function directionNumbers(dimension: number): Uint32Array {
  const m = new Uint32Array(BITS);
  const [coefficients, first] = JOE_KUO[dimension - 1] ?? [0, []];
  const degree = first.length;
  for (let i = 0; i < BITS; i++) {
    if (degree === 0) m[i] = 1;
    else if (i < degree) m[i] = first[i] ?? 1;
    else {
      let next = (m[i - degree] ?? 0) ^ shifted(m[i - degree], degree);
      for (let k = 1; k < degree; k++) {
        if ((coefficients >>> (degree - 1 - k)) & 1) next ^= shifted(m[i - k], k);
      }
      m[i] = next;
    }
  }
  return m.map((number, i) => shifted(number, BITS - 1 - i));
}

function shifted(number: number | undefined, by: number): number {
  return (number ?? 0) << by;
}
