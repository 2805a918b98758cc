// Exponential and logarithm with the bits of the library's core (FreeBSD's e_exp.c and e_log.c): those of `Math` differ between browsers.

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const double = new Float64Array(1);
/** Low and high word of the double. */
const words = new Uint32Array(double.buffer);

function wordsOf(x: number): [low: number, high: number] {
  double[0] = x;
  return words as unknown as [number, number];
}

function doubleOf(low: number, high: number): number {
  words[0] = low;
  words[1] = high;
  return double[0] as number;
}

/** 2ᵏ, for −1022 ≤ k ≤ 1023. */
export function power(k: number): number {
  return doubleOf(0, (k + 1023) << 20);
}

/** eˣ, for x ≤ 0. */
export function exp(x: number): number {
  const high = wordsOf(x)[1] & 0x7fff_ffff;
  if (x < -745.1332191019411) return 0;
  if (high <= 0x3e30_0000) return 1 + x;
  let [k, hi, lo] = [0, x, 0];
  if (high > 0x3fd6_2e42) {
    k = high >= 0x3ff0_a2b2 ? Math.trunc(Math.LOG2E * x - 0.5) : -1;
    hi = x - k * LN2_HIGH;
    lo = k * LN2_LOW;
    x = hi - lo;
  }
  const xx = x * x;
  const inner = 0.00006613756321437934 + xx * (-0.0000016533902205465252 + xx * 4.1381367970572385e-8);
  const c = x - xx * (0.16666666666666602 + xx * (-0.0027777777777015593 + xx * inner));
  const y = 1 + ((x * c) / (2 - c) - lo + hi);
  return k < -1000 ? y * power(k + 200) * power(-200) : y * power(k);
}

/** The natural logarithm, for a number from 1 on that is finite. */
export function log(x: number): number {
  let [low, high] = wordsOf(x);
  high += 0x3ff0_0000 - 0x3fe6_a09e;
  const k = (high >> 20) - 0x3ff;
  const f = doubleOf(low, (high & 0xf_ffff) + 0x3fe6_a09e) - 1;
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return s * (half + (odd + even)) + k * LN2_LOW - half + f + k * LN2_HIGH;
}
