//! Connections that have delays of their own (spec 13): each reads and writes another step.
//!
//! ```text
//! X[t + n_j][j] += W_j      S̄[t] = Σ_j W_j q_j[t + n_j]      dW_j += q_j[t + n_j]
//! ```
//!
//! A spike touches a step for each unit, so that its loops go from unit to unit, one number at a time. The errors of a source have every
//! step of every unit: they take the steps as lanes.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use crate::lanes::{fit, load, store};
use crate::{LANES, Level};

/// Connections of one input: to each unit of a tile.
#[derive(Clone, Copy, Debug)]
pub struct DelayedRow<'a> {
    /// `[lane]`.
    pub weights: &'a [f32],
    /// Whole steps, `[lane]`.
    pub delays: &'a [u16],
}

/// Adds the weights of a spike at step `t` to what arrives, `[step][lane]`; what would arrive behind the last step never does.
pub fn send_delayed(row: &DelayedRow<'_>, t: usize, arriving: &mut [f32]) {
    let lanes = row.delays.len();
    for (lane, (weight, &delay)) in row.weights.iter().zip(row.delays).enumerate() {
        if let Some(sum) = arriving.get_mut((t + usize::from(delay)) * lanes + lane) {
            *sum += weight;
        }
    }
}

/// Adds `adjoints[t + delay][lane]`, of which those from the last step on are 0, to `sums[lane]`.
pub fn gather_delayed(delays: &[u16], t: usize, adjoints: &[f32], sums: &mut [f32]) {
    let lanes = delays.len();
    for (lane, (sum, &delay)) in sums.iter_mut().zip(delays).enumerate() {
        if let Some(adjoint) = adjoints.get((t + usize::from(delay)) * lanes + lane) {
            *sum += adjoint;
        }
    }
}

/// Adds `Σ_j weights[j] adjoints[j][delays[j] + t]` to `sums[t]`, unit by unit. Each unit has `stride` steps of adjoints; a delay
/// counts as the steps behind the last one of `sums` where it is longer. `sums` has whole vectors of [`LANES`].
pub fn project_delayed(level: Level, row: &DelayedRow<'_>, adjoints: &[f32], stride: usize, sums: &mut [f32]) {
    dispatch!(level.0, simd => project_vector(simd, row, adjoints, stride, sums));
}

#[inline(always)]
fn project_vector<S: Simd>(simd: S, row: &DelayedRow<'_>, adjoints: &[f32], stride: usize, sums: &mut [f32]) {
    debug_assert!(sums.len().is_multiple_of(LANES), "whole vectors");
    let most = stride - sums.len();
    let mut first = 0;
    while first < sums.len() {
        if fit::<S>(4, sums.len() - first) {
            project_steps::<S, 4>(simd, row, adjoints, (stride, most), first, sums);
            first += 4 * S::f32s::LEN;
        } else {
            project_steps::<S, 1>(simd, row, adjoints, (stride, most), first, sums);
            first += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn project_steps<S: Simd, const K: usize>(
    simd: S,
    row: &DelayedRow<'_>,
    adjoints: &[f32],
    (stride, most): (usize, usize),
    first: usize,
    sums: &mut [f32],
) {
    let width = K * S::f32s::LEN;
    let to = &mut sums[first..first + width];
    let mut vectors = load::<S, K>(simd, to);
    for ((&weight, &delay), adjoints) in row.weights.iter().zip(row.delays).zip(adjoints.chunks_exact(stride)) {
        let weight = S::f32s::splat(simd, weight);
        let later = load::<S, K>(simd, &adjoints[first + most.min(usize::from(delay))..][..width]);
        for k in 0..K {
            vectors[k] += weight * later[k];
        }
    }
    store::<S, K>(&vectors, to);
}
