/** The ends of an axis. */
export type Range = readonly [from: number, to: number];

/** Where an axis has ticks, and what stands at them. */
export interface Ticks {
  values: readonly number[];
  text(value: number): string;
}

/** `factor × 10^power`. */
interface Step {
  factor: 1 | 2 | 5;
  power: number;
}

/** Smaller steps have no exact power of ten. */
const MIN_POWER = -300;

/** The step of 1, 2 or 5 times a power of ten that cuts a range into closest to `count` parts, by their ratio. */
function roundStep([from, to]: Range, count: number): Step {
  // Halves have a difference that is finite.
  const rough = Math.abs(to / 2 - from / 2) / (count / 2);
  const [mantissa = 1, exponent = 0] = rough.toExponential().split("e").map(Number);
  const power = Math.max(MIN_POWER, exponent);
  if (mantissa >= Math.sqrt(50)) return { factor: 1, power: power + 1 };
  return { factor: mantissa >= Math.sqrt(10) ? 5 : mantissa >= Math.sqrt(2) ? 2 : 1, power };
}

/** `k` steps, rounded once: three steps of 0.1 are 0.3. */
function multiple(k: number, { factor, power }: Step): number {
  return power < 0 ? (k * factor) / 10 ** -power : k * factor * 10 ** power;
}

/** The multiple of the step that is closest to a value. */
function nearest(value: number, { factor, power }: Step): number {
  return Math.round(power < 0 ? (value / factor) * 10 ** -power : value / factor / 10 ** power);
}

function atOrBelow(value: number, step: Step): number {
  const k = nearest(value, step);
  return multiple(k, step) > value ? k - 1 : k;
}

function atOrAbove(value: number, step: Step): number {
  return -atOrBelow(-value, step);
}

/** About `count` multiples of a round step, all those within the range. */
export function roundTicks(range: Range, count: number): Ticks {
  const step = roundStep(range, count);
  const first = atOrAbove(Math.min(...range), step);
  const last = atOrBelow(Math.max(...range), step);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => multiple(first + k, step));
  return { values, text: textBy(step.power, Math.max(...range.map(Math.abs))) };
}

/** A range extended to multiples of the step that cuts it into about ten parts. */
export function niceRange(range: Range): Range {
  const step = roundStep(range, 10);
  const [from, to] = [multiple(atOrBelow(range[0], step), step), multiple(atOrAbove(range[1], step), step)];
  return [Number.isFinite(from) ? from : range[0], Number.isFinite(to) ? to : range[1]];
}

/**
 * At most `count` ticks of a logarithmic axis: 1, 2 and 5 times powers of ten, or powers of ten at equal distances; multiples of a
 * round step where the range has fewer than three of the former.
 */
export function logTicks(range: Range, count: number): Ticks {
  const [from, to] = range;
  const [first, last] = [exponentOf(from), exponentOf(to)];
  const powers = Array.from({ length: last - first + 1 }, (_, k) => first + k);
  const within = (factors: readonly (1 | 2 | 5)[], some: readonly number[]) =>
    some
      .flatMap((power) => factors.map((factor) => multiple(1, { factor, power })))
      .filter((value) => value >= from && value <= to);
  const dense = within([1, 2, 5], powers);
  if (dense.length < 3) return roundTicks(range, count);
  const every = Math.ceil(powers.length / count);
  const sparse = powers.filter((power) => power % every === 0);
  return { values: dense.length <= count ? dense : within([1], sparse), text: numberText };
}

function exponentOf(value: number): number {
  return Number(value.toExponential().split("e")[1]);
}

/** At most `max` whole numbers, the first among them, at equal distances of 1, 2 or 5 times a power of ten. */
export function wholeTicks(first: number, last: number, max = 11): Ticks {
  let step = 1;
  for (const factors = [2, 2.5, 2]; Math.floor((last - first) / step) >= max; factors.push(factors.shift() as number)) {
    step *= factors[0] as number;
  }
  const values = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, k) => first + k * step);
  return { values, text: numberText };
}

/** From here on numbers are written with an exponent. */
const LARGE = 1e6;
/** Decimals from which on numbers are written with an exponent. */
const MANY_DECIMALS = 6;

/** Texts of multiples of a step of the power `power`, all with as many decimals, up to a magnitude. */
function textBy(power: number, magnitude: number): (value: number) => string {
  const decimals = Math.max(0, -power);
  if (magnitude >= LARGE || decimals >= MANY_DECIMALS) return withExponent;
  return (value) => decimal(value, decimals, decimals);
}

/** A number with the decimals that it needs. */
function numberText(value: number): string {
  const size = Math.abs(value);
  return size === 0 || (size < LARGE && size >= 10 ** (1 - MANY_DECIMALS))
    ? decimal(value, 0, MANY_DECIMALS)
    : withExponent(value);
}

function withExponent(value: number): string {
  if (value === 0) return "0";
  return withMinus(String(Number(value.toPrecision(12)).toExponential()).replace("e+", "e"));
}

function decimal(value: number, least: number, most: number): string {
  return withMinus(value.toLocaleString("en", { minimumFractionDigits: least, maximumFractionDigits: most }));
}

/** With the sign that is as wide as a digit. */
function withMinus(text: string): string {
  return text.replace(/^-/, "−");
}
