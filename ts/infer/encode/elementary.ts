// Elementary functions with the bits of the library's core (FreeBSD's libm), over what encodings need: those of `Math` differ between
// browsers.
import { power } from "../exp.js";

const bits = new DataView(new ArrayBuffer(8));

function highWord(x: number): number {
  bits.setFloat64(0, x);
  return bits.getUint32(0);
}

/** x without the low word of its bits. */
function rounded(x: number): number {
  bits.setFloat64(0, x);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

function exponent(x: number): number {
  return (highWord(x) >> 20) & 0x7ff;
}

/** High words up to which an angle lies nearest to π/2, π, 3π/2 and 2π, from π/4 on. */
const NEAREST = [0x3fe9_21fb, 0x4002_d97c, 0x400f_6a7a, 0x4015_fdbc];
/** High words of those. */
const MULTIPLES = [0, 0x3ff9_21fb, 0x4009_21fb, 0x4012_d97c, 0x4019_21fb];

/** An angle from 0 to 2π: the nearest multiple n of π/2, and the difference in two parts. */
function reduced(x: number): [n: number, high: number, low: number] {
  const word = highWord(x);
  const n = NEAREST.filter((last) => word > last).length;
  if (n === 0) return [0, x, 0];
  let r = x - n * 1.5707963267341256;
  let w = n * 6.077100506506192e-11;
  let high = r - w;
  const cancelled = () => exponent(x) - exponent(high);
  if (word === MULTIPLES[n] && cancelled() > 16) {
    for (const [part, rest, enough] of [
      [6.077100506303966e-11, 2.0222662487959506e-21, 49],
      [2.0222662487111665e-21, 8.4784276603689e-32, Infinity],
    ] as const) {
      const before = r;
      w = n * part;
      r = before - w;
      w = n * rest - (before - r - w);
      high = r - w;
      if (cancelled() <= enough) break;
    }
  }
  return [n, high, r - high - w];
}

/** cos(x + y), for |x| ≤ π/4 and a small y. */
function cosNear0(x: number, y: number): number {
  const z = x * x;
  const low = z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 0.00002480158728947673));
  const r = low + z * z * (z * z) * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * r - x * y));
}

/** sin(x + y), for |x| ≤ π/4 and a small y, which is 0 where x was not reduced. */
function sinNear0(x: number, y: number, isReduced: boolean): number {
  const z = x * x;
  const low = 0.00833333333332249 + z * (-0.0001984126982985795 + z * 0.0000027557313707070068);
  const r = low + z * (z * z) * (-2.5050760253406863e-8 + z * 1.58969099521155e-10);
  const v = z * x;
  if (!isReduced) return x + v * (-0.16666666666666632 + z * r);
  return x - (z * (0.5 * y - v * r) - y - v * -0.16666666666666632);
}

/** cos x, for 0 ≤ x ≤ 2π. */
export function cos(x: number): number {
  const [n, high, low] = reduced(x);
  if (n === 0 && highWord(x) < 0x3e46_a09e) return 1;
  const magnitude = n % 2 === 0 ? cosNear0(high, low) : sinNear0(high, low, true);
  return n === 1 || n === 2 ? -magnitude : magnitude;
}

/** sin x, for 0 ≤ x ≤ 2π. */
export function sin(x: number): number {
  const [n, high, low] = reduced(x);
  if (n === 0 && highWord(x) < 0x3e50_0000) return x;
  const magnitude = n % 2 === 0 ? sinNear0(high, low, n > 0) : cosNear0(high, low);
  return n > 1 && n < 4 ? -magnitude : magnitude;
}

/** The parts that logarithms of x have in common, for a positive number: x = 2ᵏ (1 + f), and what is added to f − f²/2. */
function logParts(x: number): { k: number; f: number; half: number; more: number } {
  let k = -0x3ff;
  if (x < 2.2250738585072014e-308) {
    k -= 54;
    x *= 2 ** 54;
  }
  const high = highWord(x) + 0x3ff0_0000 - 0x3fe6_a09e;
  k += high >> 20;
  bits.setUint32(0, (high & 0xf_ffff) + 0x3fe6_a09e);
  const f = bits.getFloat64(0) - 1;
  return { k, ...seriesOf(f) };
}

/** log(1 + f) − f + f²/2, for 1 + f from √½ to √2. */
function seriesOf(f: number): { f: number; half: number; more: number } {
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return { f, half, more: s * (half + (odd + even)) };
}

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** log x, for a positive number. */
export function ln(x: number): number {
  const { k, f, half, more } = logParts(x);
  return more + k * LN2_LOW - half + f + k * LN2_HIGH;
}

/** log(1 + x), for −1 ≤ x ≤ 0. */
export function log1p(x: number): number {
  if (x === -1) return -Infinity;
  if (x > -1.1102230246251565e-16) return x;
  if (highWord(x) <= 0xbfd2_bec4) {
    const { f, half, more } = seriesOf(x);
    return more - half + f;
  }
  const u = 1 + x;
  const { k, f, half, more } = logParts(u);
  const correction = (x - (u - 1)) / u;
  return more + (k * LN2_LOW + correction) - half + f + k * LN2_HIGH;
}

/** log₁₀ x, for x ≥ 1. */
export function log10(x: number): number {
  if (x === 1) return 0;
  const { k, f, half, more } = logParts(x);
  const high = rounded(f - half);
  const low = f - high - half + more;
  const y = k * 0.30102999566361177;
  const top = high * 0.4342944818781689;
  const rest = k * 3.694239077158931e-13 + (low + high) * 2.5082946711645275e-11 + low * 0.4342944818781689;
  const w = y + top;
  return rest + (y - w + top) + w;
}

/** log₂ 10 in two parts. */
const LOG2_10 = [3.321928024291992, 7.05953701603694e-8] as const;

/** 10ʸ, for y ≥ 0 where that is finite. */
export function power10(y: number): number {
  if (y === 0) return 1;
  if (y === 0.5) return Math.sqrt(10);
  if (y === 1) return 10;
  if (y === 2) return 100;
  const y1 = rounded(y);
  const low = (y - y1) * LOG2_10[0] + y * LOG2_10[1];
  let high = y1 * LOG2_10[0];
  const sum = low + high;
  const n = highWord(sum) > 0x3fe0_0000 ? Math.floor(rounded(sum) + 0.5) : 0;
  high -= n;
  const t = rounded(low + high);
  const u = t * 0.6931471824645996;
  const v = (low - (t - high)) * Math.LN2 + t * -1.904654299957768e-9;
  const z = u + v;
  const w = v - (z - u);
  const zz = z * z;
  const inner = 0.00006613756321437934 + zz * (-0.0000016533902205465252 + zz * 4.1381367970572385e-8);
  const c = z - zz * (0.16666666666666602 + zz * (-0.0027777777777015593 + zz * inner));
  const r = (z * c) / (c - 2) - (w + z * w);
  return (1 - (r - z)) * power(n);
}
