/** At most eleven whole numbers, the first among them, at equal distances of 1, 2 or 5 times a power of ten. */
export function wholeTicks(first: number, last: number): number[] {
  let step = 1;
  for (const factors = [2, 2.5, 2]; (last - first) / step > 10; factors.push(factors.shift() as number)) {
    step *= factors[0] as number;
  }
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, k) => first + k * step);
}
