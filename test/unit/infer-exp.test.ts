import { describe, expect, it } from "vitest";
import { exp, log } from "../../ts/infer/exp.js";

/** Neighbouring numbers of double precision are this much apart, relatively. */
const EPSILON = Number.EPSILON;

describe("exponential and logarithm of spikelet/infer", () => {
  it("are within one unit in the last place", () => {
    for (let k = 0; k < 20_000; k++) {
      const x = -((k / 700) ** 2);
      expect(Math.abs(exp(x) - Math.exp(x))).toBeLessThanOrEqual(EPSILON * Math.exp(x) + Number.MIN_VALUE);
      const y = 1 + (k / 100) ** 3;
      expect(Math.abs(log(y) - Math.log(y))).toBeLessThanOrEqual(EPSILON * Math.log(y));
    }
  });

  it("end where double precision does", () => {
    expect([0, -1e-300, -746, -Infinity].map(exp)).toEqual([1, 1, 0, 0]);
    expect(exp(-740)).toBe(4.2e-322);
    expect(exp(Number.NaN)).toBeNaN();
    expect([1, 2 ** 52].map(log)).toEqual([0, 52 * Math.LN2]);
  });
});
