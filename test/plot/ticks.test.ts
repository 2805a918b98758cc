import { describe, expect, it } from "vitest";
import { logTicks, niceRange, type Range, roundTicks, type Ticks, wholeTicks } from "../../ts/plot/ticks.js";

const texts = ({ values, text }: Ticks) => values.map(text);

describe("round ticks", () => {
  it.each<[Range, number, number[], string[]]>([
    [[0, 1], 5, [0, 0.2, 0.4, 0.6, 0.8, 1], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    [[0.13, 0.41], 5, [0.15, 0.2, 0.25, 0.3, 0.35, 0.4], ["0.15", "0.20", "0.25", "0.30", "0.35", "0.40"]],
    [[-3, 12], 4, [0, 5, 10], ["0", "5", "10"]],
    [[-0.02, 0.01], 3, [-0.02, -0.01, 0, 0.01], ["−0.02", "−0.01", "0.00", "0.01"]],
    [[0, 12_345], 3, [0, 5000, 10_000], ["0", "5,000", "10,000"]],
    [[0, 4e9], 4, [0, 1e9, 2e9, 3e9, 4e9], ["0", "1e9", "2e9", "3e9", "4e9"]],
    [[0, 3e-7], 3, [0, 1e-7, 2e-7, 3e-7], ["0", "1e-7", "2e-7", "3e-7"]],
    [[10, 0], 2, [0, 5, 10], ["0", "5", "10"]],
  ])("of %j, about %i", (range, count, values, named) => {
    const ticks = roundTicks(range, count);
    expect(ticks.values).toEqual(values);
    expect(texts(ticks)).toEqual(named);
  });

  it("lie within the range, a step of 1, 2 or 5 times a power of ten apart, closest to the number that was asked for, by their ratio", () => {
    for (let k = 0; k < 400; k++) {
      const [from, length] = [Math.sin(k) * 10 ** (k % 5), 10 ** (((k * 7) % 90) / 10 - 4)];
      const to = from + length;
      const count = 3 + (k % 9);
      const { values } = roundTicks([from, to], count);
      const step = (values[1] as number) - (values[0] as number);
      expect(["1", "2", "5"]).toContain(Number(step.toPrecision(6)).toExponential()[0]);
      expect(length / step / count).toBeGreaterThan(0.63);
      expect(length / step / count).toBeLessThan(1.59);
      for (const value of values) expect(value >= from && value <= to).toBe(true);
      expect(new Set(values).size).toBe(values.length);
      // There is no room for one more at either end.
      expect((values[0] as number) - step < from && (values.at(-1) as number) + step > to).toBe(true);
    }
  });

  it("are there at the ends of the numbers", () => {
    const { values } = roundTicks([-Number.MAX_VALUE, Number.MAX_VALUE], 4);
    expect(values).toEqual([-1e308, 0, 1e308]);
    expect(roundTicks([0, 1e-280], 2).values).toEqual([0, 5e-281, 1e-280]);
  });
});

describe("a nice range", () => {
  it.each<[Range, Range]>([
    [
      [0.3, 0.7],
      [0.3, 0.7],
    ],
    [
      [0.31, 0.69],
      [0.3, 0.7],
    ],
    [
      [-1.1, 1.1],
      [-1.2, 1.2],
    ],
    [
      [0, 21.3],
      [0, 22],
    ],
    [
      [3, 97],
      [0, 100],
    ],
  ])("of %j is %j", (range, nice) => expect(niceRange(range)).toEqual(nice));

  it("ends where numbers do", () => {
    const most: Range = [-Number.MAX_VALUE, Number.MAX_VALUE];
    expect(niceRange(most)).toEqual(most);
  });
});

describe("ticks of a logarithmic axis", () => {
  it.each<[Range, number, string[]]>([
    [[0.0009, 0.11], 8, ["0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1"]],
    [[0.0009, 0.11], 5, ["0.001", "0.01", "0.1"]],
    [[1e-9, 1e9], 7, ["1e-9", "1e-6", "0.001", "1", "1,000", "1e6", "1e9"]],
    [[20, 36], 4, ["20", "25", "30", "35"]],
    [[1000, 1000.4], 4, ["1,000.0", "1,000.1", "1,000.2", "1,000.3", "1,000.4"]],
  ])("from %j, at most %i", (range, count, expected) => expect(texts(logTicks(range, count))).toEqual(expected));
});

describe("whole ticks", () => {
  it.each<[number, number, number | undefined, number[]]>([
    [1, 4, undefined, [1, 2, 3, 4]],
    [1, 12, undefined, [1, 3, 5, 7, 9, 11]],
    [0, 783, 5, [0, 200, 400, 600]],
    [0, 0, 5, [0]],
    [1, 2, 2, [1, 2]],
  ])("from %i to %i, at most %s", (first, last, max, values) => expect(wholeTicks(first, last, max).values).toEqual(values));

  it("have texts without decimals", () => expect(texts(wholeTicks(0, 12_000, 3))).toEqual(["0", "5,000", "10,000"]));
});
