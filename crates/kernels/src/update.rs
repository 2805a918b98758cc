//! The optimiser, fused with the last sums of a batch.
//!
//! ```text
//! g = clip(γ Σ q − silent[unit])
//! ```

use fearless_simd::f32x8;
use fearless_simd::prelude::*;

use crate::gather::{Gather, entries_of, gather_row};
use crate::lanes::{greater, lesser};
use crate::level::dispatch;
use crate::optimizer::{Optimizer, OptimizerStep};
use crate::{LANES, Level, TILE};

/// One number for each lane of a tile, from a cache line on.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Lanes([f32; TILE]);

/// From sums to gradients.
#[derive(Clone, Copy, Debug)]
pub struct RowGradient<'a> {
    /// γ.
    pub gain: f32,
    /// Subtracted from every gradient of a unit, `[lane]`.
    pub silent: &'a [f32],
    /// Bound of each element, infinite for none.
    pub clip: f32,
}

/// Parameters of a tile with their moments, `[row][lane]` each.
#[derive(Debug)]
pub struct TileParameters<'a> {
    /// Weights, one row an input; or biases, one row.
    pub values: &'a mut [f32],
    /// First moment of Adam, or the momentum.
    pub first: &'a mut [f32],
    /// Second moment of Adam; empty for gradient descent.
    pub second: &'a mut [f32],
}

/// Gathers the last group, makes gradients and applies them. `gradient` holds the sums of earlier groups or is empty; `live[input]` says
/// whether a row has ever had a gradient: one that has not is left alone, which changes nothing. Returns Σ g² before clipping, not a
/// number where a parameter or moment came out infinite or not a number.
#[expect(clippy::too_many_arguments, reason = "a kernel takes flat slices")]
#[must_use]
pub fn update_tile(
    level: Level,
    gather: &Gather<'_>,
    lanes: usize,
    gradient: &[f32],
    shape: &RowGradient<'_>,
    optimizer: &Optimizer,
    parameters: &mut TileParameters<'_>,
    live: &mut [bool],
) -> f32 {
    match optimizer {
        Optimizer::Adam(step) => dispatch!(level.0, simd =>
            update_vector(simd, gather, lanes, gradient, shape, step, parameters, live)),
        Optimizer::Sgd(step) => dispatch!(level.0, simd =>
            update_vector(simd, gather, lanes, gradient, shape, step, parameters, live)),
    }
}

#[expect(clippy::too_many_arguments, reason = "a kernel takes flat slices")]
#[inline(always)]
fn update_vector<S: Simd, O: OptimizerStep>(
    simd: S,
    gather: &Gather<'_>,
    lanes: usize,
    gradient: &[f32],
    shape: &RowGradient<'_>,
    step: &O,
    parameters: &mut TileParameters<'_>,
    live: &mut [bool],
) -> f32 {
    gather.read_ahead();
    let touches_all = step.decays_weights() || shape.silent.iter().any(|&update| update != 0.0);
    let mut norm = Lanes([0.0; TILE]);
    for (input, live) in live.iter_mut().enumerate() {
        let entries = entries_of(gather, input);
        *live |= touches_all || !entries.is_empty();
        if !*live {
            continue;
        }
        let row = input * lanes..(input + 1) * lanes;
        let mut sums = Lanes([0.0; TILE]);
        if !gradient.is_empty() {
            sums.0[..lanes].copy_from_slice(&gradient[row.clone()]);
        }
        gather_row(simd, gather, entries, &mut sums.0[..lanes]);
        finish_row(simd, &sums.0[..lanes], shape, step, parameters, row.start, &mut norm);
    }
    total(&norm.0)
}

/// Applies sums that are complete, `[row][lane]`. Returns what [`update_tile`] returns.
#[must_use]
pub fn update_rows(
    level: Level,
    lanes: usize,
    sums: &[f32],
    shape: &RowGradient<'_>,
    optimizer: &Optimizer,
    parameters: &mut TileParameters<'_>,
) -> f32 {
    match optimizer {
        Optimizer::Adam(step) => dispatch!(level.0, simd => rows_vector(simd, lanes, sums, shape, step, parameters)),
        Optimizer::Sgd(step) => dispatch!(level.0, simd => rows_vector(simd, lanes, sums, shape, step, parameters)),
    }
}

#[inline(always)]
fn rows_vector<S: Simd, O: OptimizerStep>(
    simd: S,
    lanes: usize,
    sums: &[f32],
    shape: &RowGradient<'_>,
    step: &O,
    parameters: &mut TileParameters<'_>,
) -> f32 {
    let mut norm = Lanes([0.0; TILE]);
    for (row, sums) in sums.chunks_exact(lanes).enumerate() {
        finish_row(simd, sums, shape, step, parameters, row * lanes, &mut norm);
    }
    total(&norm.0)
}

/// One row from its sums to its new parameters, which start at `start`.
#[inline(always)]
fn finish_row<S: Simd, O: OptimizerStep>(
    simd: S,
    sums: &[f32],
    shape: &RowGradient<'_>,
    step: &O,
    parameters: &mut TileParameters<'_>,
    start: usize,
    norm: &mut Lanes,
) {
    if S::f32s::LEN == LANES {
        finish_vectors::<S, S::f32s, O, LANES>(simd, sums, shape, step, parameters, start, norm);
    } else {
        // Pairs of vectors of 4, whose roots and divisions run side by side.
        finish_vectors::<S, f32x8<S>, O, 8>(simd, sums, shape, step, parameters, start, norm);
    }
}

/// [`finish_row`] in vectors of `WIDTH` numbers.
#[inline(always)]
fn finish_vectors<S: Simd, V: SimdFloat<S, Element = f32>, O: OptimizerStep, const WIDTH: usize>(
    simd: S,
    sums: &[f32],
    shape: &RowGradient<'_>,
    step: &O,
    parameters: &mut TileParameters<'_>,
    start: usize,
    norm: &mut Lanes,
) {
    let gain = V::splat(simd, shape.gain);
    let clip = V::splat(simd, shape.clip);
    let row = start..start + sums.len();
    let sums = vectors::<WIDTH>(sums);
    let length = sums.len();
    let silent = &vectors::<WIDTH>(shape.silent)[..length];
    let norm = &mut vectors_mut::<WIDTH>(&mut norm.0)[..length];
    let values = &mut vectors_mut::<WIDTH>(&mut parameters.values[row.clone()])[..length];
    let first = &mut vectors_mut::<WIDTH>(&mut parameters.first[row.clone()])[..length];
    let mut second = O::HAS_SECOND.then(|| &mut vectors_mut::<WIDTH>(&mut parameters.second[row])[..length]);
    for index in 0..length {
        let g = V::from_slice(simd, &sums[index]) * gain - V::from_slice(simd, &silent[index]);
        let second = second.as_mut().map(|second| &mut second[index]);
        let clipped = greater::<S, _>(lesser::<S, _>(g, clip), -clip);
        let defect = step.apply(simd, clipped, &mut values[index], &mut first[index], second);
        (V::from_slice(simd, &norm[index]) + (g * g + defect)).store_slice(&mut norm[index]);
    }
}

fn vectors<const WIDTH: usize>(lanes: &[f32]) -> &[[f32; WIDTH]] {
    lanes.as_chunks().0
}

fn vectors_mut<const WIDTH: usize>(lanes: &mut [f32]) -> &mut [[f32; WIDTH]] {
    lanes.as_chunks_mut().0
}

/// Lanes in their order.
pub(crate) fn total(lanes: &[f32; TILE]) -> f32 {
    lanes.iter().fold(0.0, |sum, &lane| sum + lane)
}
