import type { Draft } from "./draft.js";
import { block, comment, type Lines } from "./text.js";

/** Adds the exponential of numbers up to 0, with the bits of `spikelet/infer` and without a mathematical library. */
export function addExponential(draft: Draft): void {
  draft.helper("exponential", () => [
    ...comment("2 to the power of k, for -1022 <= k <= 1023."),
    ...block("static double power(int32_t k)", [
      "const uint64_t bits = (uint64_t)(k + 1023) << 52;",
      "double x;",
      "memcpy(&x, &bits, sizeof x);",
      "return x;",
    ]),
    "",
    ...comment("e to the power of x, for x <= 0 (as in FreeBSD's e_exp.c)."),
    ...block("static double exponential(double x)", EXPONENTIAL),
  ]);
}

const EXPONENTIAL: Lines = [
  "uint64_t bits;",
  "memcpy(&bits, &x, sizeof x);",
  "const uint32_t high = (uint32_t)(bits >> 32) & 0x7fffffff;",
  "if (x < -745.1332191019411) return 0;",
  "if (high <= 0x3e300000) return 1 + x;",
  "int32_t k = 0;",
  "double hi = x, lo = 0;",
  ...block("if (high > 0x3fd62e42)", [
    "k = high >= 0x3ff0a2b2 ? (int32_t)(1.4426950408889634 * x - 0.5) : -1;",
    "hi = x - k * 0.6931471803691238;",
    "lo = k * 1.9082149292705877e-10;",
    "x = hi - lo;",
  ]),
  "const double xx = x * x;",
  "const double inner = 0.00006613756321437934 + xx * (-0.0000016533902205465252 + xx * 4.1381367970572385e-8);",
  "const double c = x - xx * (0.16666666666666602 + xx * (-0.0027777777777015593 + xx * inner));",
  "const double y = 1 + ((x * c) / (2 - c) - lo + hi);",
  "return k < -1000 ? y * power(k + 200) * power(-200) : y * power(k);",
];

/** Adds the natural logarithm of finite numbers from 1 on, with the bits of `spikelet/infer`. */
export function addLogarithm(draft: Draft): void {
  draft.helper("logarithm", () => [
    ...comment("The natural logarithm, for a finite number from 1 on (as in FreeBSD's e_log.c)."),
    ...block("static double logarithm(double x)", LOGARITHM),
  ]);
}

const LOGARITHM: Lines = [
  "uint64_t bits;",
  "memcpy(&bits, &x, sizeof x);",
  "const uint32_t high = (uint32_t)(bits >> 32) + 0x3ff00000 - 0x3fe6a09e;",
  "const int32_t k = (int32_t)(high >> 20) - 0x3ff;",
  "bits = ((uint64_t)((high & 0xfffff) + 0x3fe6a09e) << 32) | (bits & 0xffffffff);",
  "memcpy(&x, &bits, sizeof x);",
  "const double f = x - 1, half = 0.5 * f * f, s = f / (2 + f), z = s * s, w = z * z;",
  "const double even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));",
  "const double odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));",
  "return s * (half + (odd + even)) + k * 1.9082149292705877e-10 - half + f + k * 0.6931471803691238;",
];
