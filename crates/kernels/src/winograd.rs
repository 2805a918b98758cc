//! Sums over 3 × 3 neighbours by Winograd's F(2 × 2, 3 × 3): a square of 2 × 2 sums comes from one of 4 × 4 rows by 16 products instead of
//! 36.
//!
//! ```text
//! V = Bᵀ d B,   M = U ⊙ V,   Y = Aᵀ M A
//!
//! Bᵀ = 1  0 −1  0     Aᵀ = 1  1  1  0
//!      0  1  1  0          0  1 −1 −1
//!      0 −1  1  0
//!      0  1  0 −1
//! ```
//!
//! with a matrix product over channels, [`crate::project`], in each of the 16 planes.

use fearless_simd::prelude::*;

use crate::level::dispatch;
use crate::{Level, NO_ROW};

/// Products of a square.
pub const PLANES: usize = 16;

/// Numbers to leave between two planes, a cache line: planes a power of two apart would share the few lines of one set of a cache.
pub const PLANE_GAP: usize = 16;

/// Squares of a plane, `[square][lane]`.
#[derive(Clone, Copy, Debug)]
pub struct Planes {
    /// Distance between two planes.
    pub plane: usize,
    /// Distance between two squares.
    pub square: usize,
    /// First lane in a square.
    pub first: usize,
    /// Lanes, in whole vectors.
    pub lanes: usize,
}

/// Writes V of each square to `to`; `places` are the first numbers of the 4 × 4 rows in `from`, or [`NO_ROW`] for zeros.
pub fn spread_squares(level: Level, from: &[f32], places: &[[u32; PLANES]], planes: Planes, to: &mut [f32]) {
    dispatch!(level.0, simd => spread_vector(simd, from, places, planes, to));
}

#[inline(always)]
fn spread_vector<S: Simd>(simd: S, from: &[f32], places: &[[u32; PLANES]], planes: Planes, to: &mut [f32]) {
    let Planes { plane, square, first, lanes } = planes;
    let zero = S::f32s::splat(simd, 0.0);
    for (number, places) in places.iter().enumerate() {
        for lane in (0..lanes).step_by(S::f32s::LEN) {
            let mut rows = [zero; PLANES];
            for k in 0..PLANES {
                if places[k] != NO_ROW {
                    rows[k] = S::f32s::from_slice(simd, &from[places[k] as usize + lane..][..S::f32s::LEN]);
                }
            }
            let mut half = [zero; PLANES];
            for column in 0..4 {
                let [a, b, c, d] = [rows[column], rows[4 + column], rows[8 + column], rows[12 + column]];
                [half[column], half[4 + column], half[8 + column], half[12 + column]] = [a - c, b + c, c - b, b - d];
            }
            let start = number * square + first + lane;
            for row in 0..4 {
                let [a, b, c, d] = [half[4 * row], half[4 * row + 1], half[4 * row + 2], half[4 * row + 3]];
                for (column, sum) in [a - c, b + c, c - b, b - d].into_iter().enumerate() {
                    sum.store_slice(&mut to[(4 * row + column) * plane + start..][..S::f32s::LEN]);
                }
            }
        }
    }
}

/// Writes Y of each square from M in `from`; `places` are where its 2 × 2 sums begin in `to`, or [`NO_ROW`] for none.
pub fn join_squares(level: Level, from: &[f32], planes: Planes, places: &[[u32; 4]], to: &mut [f32]) {
    dispatch!(level.0, simd => join_vector(simd, from, planes, places, to));
}

#[inline(always)]
fn join_vector<S: Simd>(simd: S, from: &[f32], planes: Planes, places: &[[u32; 4]], to: &mut [f32]) {
    let Planes { plane, square, first, lanes } = planes;
    let zero = S::f32s::splat(simd, 0.0);
    for (number, places) in places.iter().enumerate() {
        for lane in (0..lanes).step_by(S::f32s::LEN) {
            let start = number * square + first + lane;
            let mut half = [zero; 8];
            for column in 0..4 {
                let at = |row: usize| &from[(4 * row + column) * plane + start..][..S::f32s::LEN];
                let [a, b, c, d] = [0, 1, 2, 3].map(|row| S::f32s::from_slice(simd, at(row)));
                [half[column], half[4 + column]] = [a + b + c, b - c - d];
            }
            for row in 0..2 {
                let [a, b, c, d] = [half[4 * row], half[4 * row + 1], half[4 * row + 2], half[4 * row + 3]];
                for (column, sum) in [a + b + c, b - c - d].into_iter().enumerate() {
                    let place = places[2 * row + column];
                    if place != NO_ROW {
                        sum.store_slice(&mut to[place as usize + lane..][..S::f32s::LEN]);
                    }
                }
            }
        }
    }
}
