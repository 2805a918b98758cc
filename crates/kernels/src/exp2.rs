//! Powers of two by a polynomial, the same bits on every target.
//!
//! `2^x = 2^n · 2^f` with `n = round(x)`, `f = x − n` in `[−1/2, 1/2]`; `2^f` by the minimax polynomial of degree 4
//! (relative error 2.6e-6).

use fearless_simd::prelude::*;

use crate::lanes::greater;

/// Adding and subtracting 1.5 · 2²³ rounds to the nearest whole number and leaves it in the low bits.
pub(crate) const ROUNDER: f32 = 12_582_912.0;
/// Coefficients of `2^f`, constant first.
pub(crate) const COEFFICIENTS: [f32; 5] = [0.999_999_3, 0.693_121_8, 0.240_247_45, 0.055_917_86, 0.009_570_102];
/// Smaller arguments count as this one, so that no result is denormal: 2^−40 ≈ 1e-12.
pub(crate) const MIN: f32 = -40.0;

/// `2^x` for `x` up to 126; arguments below −40 give `2^−40`.
#[must_use]
pub fn exp2(x: f32) -> f32 {
    let x = if x > MIN { x } else { MIN };
    let shifted = x + ROUNDER;
    let f = x - (shifted - ROUNDER);
    let [c0, c1, c2, c3, c4] = COEFFICIENTS;
    let power = (((c4 * f + c3) * f + c2) * f + c1) * f + c0;
    f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// [`exp2`] on vectors, whose chains of operations run side by side.
#[inline(always)]
pub(crate) fn exp2_vectors<S: Simd, const K: usize>(simd: S, mut x: [S::f32s; K]) -> [S::f32s; K] {
    let splat = |value| S::f32s::splat(simd, value);
    let [c0, c1, c2, c3, c4] = COEFFICIENTS.map(splat);
    let (min, rounder) = (splat(MIN), splat(ROUNDER));
    let mut shifted = [rounder; K];
    let mut power = [c4; K];
    for k in 0..K {
        x[k] = greater::<S, _>(x[k], min);
    }
    for k in 0..K {
        shifted[k] = x[k] + rounder;
    }
    for k in 0..K {
        power[k] = shifted[k] - rounder;
    }
    for k in 0..K {
        x[k] -= power[k];
    }
    for k in 0..K {
        power[k] = c4 * x[k];
    }
    for coefficient in [c3, c2, c1] {
        for k in 0..K {
            power[k] += coefficient;
        }
        for k in 0..K {
            power[k] *= x[k];
        }
    }
    for k in 0..K {
        power[k] += c0;
    }
    for k in 0..K {
        power[k] = S::f32s::from_bits(power[k].to_bits() + (shifted[k].to_bits() << 23));
    }
    power
}
