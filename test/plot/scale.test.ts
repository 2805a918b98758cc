import { describe, expect, it } from "vitest";
import { linear, logarithmic, logarithmicRangeOf, rangeOf } from "../../ts/plot/scale.js";

describe("a linear scale", () => {
  it.each<[[number, number], number[], number[]]>([
    [
      [10, 30],
      [10, 15, 30, 40],
      [0, 0.25, 1, 1.5],
    ],
    [
      [4, -1],
      [4, -1, 1.5],
      [0, 1, 0.5],
    ],
    [
      [-1.7e308, 1.7e308],
      [-1.7e308, 0, 1.7e308],
      [0, 0.5, 1],
    ],
  ])("over %j has %j at %j", (range, values, places) => {
    for (const [k, value] of values.entries()) expect(linear(range).at(value)).toBeCloseTo(places[k] as number, 12);
  });
});

describe("a logarithmic scale", () => {
  it("has equal ratios at equal distances", () => {
    const { at } = logarithmic([0.01, 100]);
    for (const [k, value] of [0.01, 0.1, 1, 10, 100].entries()) expect(at(value)).toBeCloseTo(k / 4, 12);
  });
});

describe("the range of values", () => {
  it("is from the smallest to the largest that is finite", () => {
    expect(rangeOf([3, Number.NaN, -2, Number.POSITIVE_INFINITY, 7])).toEqual([-2, 7]);
    expect(logarithmicRangeOf([3, 0.5, Number.POSITIVE_INFINITY])).toEqual([0.5, 3]);
  });

  it.each([
    [[]],
    [[Number.NaN]],
    [[0, 0]],
    [[5, 5]],
    [[-5]],
    [[1e300, 1e300 * (1 + 1e-14)]],
    [[5e-324, 0]],
    [[Number.MAX_VALUE]],
  ])("has room for an axis around %j", (values) => {
    const [from, to] = rangeOf(values);
    const { at } = linear([from, to]);
    expect(from < to && Number.isFinite(from) && Number.isFinite(to)).toBe(true);
    for (const value of values.filter(Number.isFinite)) expect(at(value) >= 0 && at(value) <= 1).toBe(true);
    expect([at(from), at(to)]).toEqual([0, 1]);
  });

  it.each([[[]], [[2]], [[5e-324]], [[Number.MAX_VALUE]]])("has room for a logarithmic axis around %j", (values) => {
    const [from, to] = logarithmicRangeOf(values);
    const { at } = logarithmic([from, to]);
    expect([at(from), at(to)]).toEqual([0, 1]);
  });
});
