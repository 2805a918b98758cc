//! Surrogate derivatives σ̂ of a spike over the distance `x = |V − threshold|`, of height 1 (spec 5.1), or as a table has them.
//!
//! ```text
//! exponential  2^(−sharpness x)          fastSigmoid  1 / (1 + sharpness x)²      arctan  1 / (1 + (sharpness x)²)
//! triangle     max(0, 1 − fall x)        rectangle    1[x ≤ halfWidth]
//! ```

use fearless_simd::prelude::*;

use crate::SurrogateTable;
use crate::exp2::{exp2, exp2_vectors};
use crate::lanes::load;

/// The shape of σ̂.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Surrogate<'a> {
    /// Falls by half for each `1 / sharpness`.
    Exponential {
        /// Exponent per unit of membrane, in powers of two.
        sharpness: f32,
    },
    /// Slope of a fast sigmoid.
    FastSigmoid {
        /// Factor on the distance.
        sharpness: f32,
    },
    /// Slope of an arc tangent.
    Arctan {
        /// Factor on the distance.
        sharpness: f32,
    },
    /// Falls to 0 along a line.
    Triangle {
        /// Fall per unit of membrane.
        fall: f32,
    },
    /// 1 near the threshold, 0 elsewhere.
    Rectangle {
        /// Largest distance at which it is 1.
        half_width: f32,
    },
    /// Values of a table.
    Table(&'a SurrogateTable),
    /// 1 everywhere: what is given is G itself, as that of a readout.
    Given,
}

impl Surrogate<'_> {
    /// σ̂ at `V − threshold`, times E. Where σ̂ is 0 so is the result, without a sign.
    #[must_use]
    pub fn times(self, offset: f32, error: f32) -> f32 {
        let distance = offset.abs();
        match self {
            Self::Exponential { sharpness } => exp2(distance * -sharpness) * error,
            Self::FastSigmoid { sharpness } => {
                let d = distance * sharpness + 1.0;
                error / (d * d)
            }
            Self::Arctan { sharpness } => {
                let d = distance * sharpness;
                error / (d * d + 1.0)
            }
            Self::Triangle { fall } => {
                let height = 1.0 - distance * fall;
                if height > 0.0 { height * error } else { 0.0 }
            }
            Self::Rectangle { half_width } => {
                if distance <= half_width {
                    error
                } else {
                    0.0
                }
            }
            Self::Table(table) => table.times(offset, error),
            Self::Given => error,
        }
    }
}

/// A shape that an instance of the backward pass is compiled for.
pub(crate) trait Shape: Copy {
    /// σ̂ at distances from the threshold, times E, with `at` the place of the first unit in `[step][lane]`. Where σ̂ is 0 so is the
    /// result, without a sign.
    fn times<S: Simd, const K: usize>(
        self,
        simd: S,
        at: usize,
        distance: [S::f32s; K],
        error: [S::f32s; K],
    ) -> [S::f32s; K];
}

/// The default shape alone.
#[derive(Clone, Copy)]
pub(crate) struct Exponential {
    pub(crate) sharpness: f32,
}

impl Shape for Exponential {
    #[inline(always)]
    fn times<S: Simd, const K: usize>(
        self,
        simd: S,
        _: usize,
        mut distance: [S::f32s; K],
        error: [S::f32s; K],
    ) -> [S::f32s; K] {
        let factor = S::f32s::splat(simd, -self.sharpness);
        for k in 0..K {
            distance[k] *= factor;
        }
        let mut height = exp2_vectors(simd, distance);
        for k in 0..K {
            height[k] *= error[k];
        }
        height
    }
}

/// Any shape but a table.
#[derive(Clone, Copy)]
pub(crate) struct Formula<'a>(pub(crate) Surrogate<'a>);

impl Shape for Formula<'_> {
    #[inline(always)]
    fn times<S: Simd, const K: usize>(
        self,
        simd: S,
        at: usize,
        distance: [S::f32s; K],
        error: [S::f32s; K],
    ) -> [S::f32s; K] {
        let splat = |value| S::f32s::splat(simd, value);
        let mut result = error;
        for k in 0..K {
            let (distance, error) = (distance[k], error[k]);
            result[k] = match self.0 {
                Surrogate::Exponential { sharpness } => {
                    Exponential { sharpness }.times(simd, at, [distance], [error])[0]
                }
                Surrogate::FastSigmoid { sharpness } => {
                    let d = distance * splat(sharpness) + splat(1.0);
                    error / (d * d)
                }
                Surrogate::Arctan { sharpness } => {
                    let d = distance * splat(sharpness);
                    error / (d * d + splat(1.0))
                }
                Surrogate::Triangle { fall } => {
                    let height = splat(1.0) - distance * splat(fall);
                    height.simd_gt(splat(0.0)).select(height * error, splat(0.0))
                }
                Surrogate::Rectangle { half_width } => distance.simd_le(splat(half_width)).select(error, splat(0.0)),
                Surrogate::Table(_) | Surrogate::Given => error,
            };
        }
        result
    }
}

/// Any shape; values of a table are looked up before the loop over time.
#[derive(Clone, Copy)]
pub(crate) struct AnyShape<'a> {
    pub(crate) surrogate: Surrogate<'a>,
    /// Values of a table, `[step][lane]` from `start` on.
    pub(crate) heights: &'a [f32],
    pub(crate) start: usize,
}

impl Shape for AnyShape<'_> {
    #[inline(always)]
    fn times<S: Simd, const K: usize>(
        self,
        simd: S,
        at: usize,
        distance: [S::f32s; K],
        error: [S::f32s; K],
    ) -> [S::f32s; K] {
        let Surrogate::Table(_) = self.surrogate else {
            return Formula(self.surrogate).times(simd, at, distance, error);
        };
        let zero = S::f32s::splat(simd, 0.0);
        let mut result = load::<S, K>(simd, &self.heights[at - self.start..]);
        // Values below 0 would give a sign to 0.
        for k in 0..K {
            result[k] = result[k].simd_eq(zero).select(zero, result[k] * error[k] + zero);
        }
        result
    }
}
