//! Errors of lanes that each have a delay, moved to the steps at which spikes set out (spec 13).
//!
//! ```text
//! E[t][lane] ← E[t + n_lane][lane],  0 behind the last step
//! ```
//!
//! Squares of steps and lanes are transposed, so that each lane's steps lie side by side, and transposed back from where the lane is read.

use fearless_simd::prelude::*;

use crate::level::dispatch;
use crate::{LANES, Level};

/// Moves errors, `[step][lane]`, by whole steps, `[lane]`.
pub fn shift_back(level: Level, shifts: &[usize], error: &mut [f32]) {
    dispatch!(level.0, simd => shift_vector(simd, shifts, error));
}

/// Writes columns, `[lane][step]` with `stride` steps each, times `scale` to the lanes from `first` on of rows, `[step][lane]` with `lanes`
/// each. There are [`LANES`] columns, of at least as many steps as rows, in whole vectors.
pub fn spread_columns(
    level: Level,
    columns: &[f32],
    stride: usize,
    scale: f32,
    (first, lanes): (usize, usize),
    rows: &mut [f32],
) {
    dispatch!(level.0, simd => spread_vector(simd, columns, stride, scale, (first, lanes), rows));
}

#[inline(always)]
fn spread_vector<S: Simd>(
    simd: S,
    columns: &[f32],
    stride: usize,
    scale: f32,
    (first, lanes): (usize, usize),
    rows: &mut [f32],
) {
    let width = S::f32s::LEN;
    for (from, rows) in (0..).step_by(width).zip(rows.chunks_mut(width * lanes)) {
        for (columns, first) in columns.chunks_exact(width * stride).zip((first..).step_by(width)) {
            let mut square = [S::f32s::splat(simd, 0.0); LANES];
            for lane in 0..width {
                square[lane] = S::f32s::from_slice(simd, &columns[lane * stride + from..][..width]) * scale;
            }
            transpose::<S>(&mut square);
            store_rows::<S>(&square, lanes, first, rows);
        }
    }
}

#[inline(always)]
fn shift_vector<S: Simd>(simd: S, shifts: &[usize], error: &mut [f32]) {
    let (width, lanes) = (S::f32s::LEN, shifts.len());
    let steps = (error.len() / lanes).next_multiple_of(width);
    // The steps of a lane, and zeros behind them.
    let stride = steps + width;
    let mut columns = vec![0.0; width * stride];
    for first in (0..lanes).step_by(width) {
        let shifts = &shifts[first..first + width];
        if shifts.iter().all(|&shift| shift == 0) {
            continue;
        }
        for (from, rows) in (0..steps).step_by(width).zip(error.chunks(width * lanes)) {
            let mut square = load_rows::<S>(simd, lanes, first, rows);
            transpose::<S>(&mut square);
            for lane in 0..width {
                square[lane].store_slice(&mut columns[lane * stride + from..][..width]);
            }
        }
        for (from, rows) in (0..steps).step_by(width).zip(error.chunks_mut(width * lanes)) {
            let mut square = [S::f32s::splat(simd, 0.0); LANES];
            for lane in 0..width {
                let later = lane * stride + steps.min(from + shifts[lane]);
                square[lane] = S::f32s::from_slice(simd, &columns[later..][..width]);
            }
            transpose::<S>(&mut square);
            store_rows::<S>(&square, lanes, first, rows);
        }
    }
}

/// A vector of each row from lane `first` on; 0 where there are fewer rows than a square has.
#[inline(always)]
fn load_rows<S: Simd>(simd: S, lanes: usize, first: usize, rows: &[f32]) -> [S::f32s; LANES] {
    let width = S::f32s::LEN;
    let mut square = [S::f32s::splat(simd, 0.0); LANES];
    for row in 0..width {
        if let Some(from) = rows.get(row * lanes + first..row * lanes + first + width) {
            square[row] = S::f32s::from_slice(simd, from);
        }
    }
    square
}

/// Stores a square of vectors as rows.
#[inline(always)]
fn store_rows<S: Simd>(square: &[S::f32s; LANES], lanes: usize, first: usize, rows: &mut [f32]) {
    let width = S::f32s::LEN;
    for row in 0..width {
        if let Some(to) = rows.get_mut(row * lanes + first..row * lanes + first + width) {
            square[row].store_slice(to);
        }
    }
}

/// Transposes the square of the first vectors: zipping halves moves the highest bit of (vector, lane) to the lowest place.
#[inline(always)]
fn transpose<S: Simd>(square: &mut [S::f32s; LANES]) {
    let half = S::f32s::LEN / 2;
    for _ in 0..S::f32s::LEN.ilog2() {
        let before = *square;
        for i in 0..half {
            square[2 * i] = before[i].zip_low(before[i + half]);
            square[2 * i + 1] = before[i].zip_high(before[i + half]);
        }
    }
}
