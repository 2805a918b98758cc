//! Products of the adjoints of several samples with weights, each of which is loaded once for all of them.

use fearless_simd::prelude::*;

use crate::level::dispatch;
use crate::{LANES, Level};

/// `out[n · out_stride + lane] = scale · Σ_j weights[j][lane] rows[j][n]`, summed in the order of `j`.
#[derive(Clone, Copy, Debug)]
pub struct BatchProjection<'a> {
    /// Weights of the upper layer towards 16 lanes, `[upper unit][lane]`.
    pub weights: &'a [f32],
    /// Adjoints of the upper layer, `[upper unit][sample]`, with room for 16 samples.
    pub rows: &'a [f32],
    /// Number of samples, at most 16.
    pub samples: usize,
    /// Factor on every sum.
    pub scale: f32,
    /// Distance between two samples of `out`.
    pub out_stride: usize,
}

/// Fills 16 lanes of each sample in `out`.
pub fn project_batch(level: Level, projection: &BatchProjection<'_>, out: &mut [f32]) {
    dispatch!(level.0, simd => project_vector(simd, projection, out));
}

#[inline(always)]
fn project_vector<S: Simd>(simd: S, projection: &BatchProjection<'_>, out: &mut [f32]) {
    if S::f32s::LEN == LANES {
        // One vector of weights for 16 sums: a core can compute with it for longer than a level-3 cache takes to deliver the next.
        match projection.samples {
            13.. => project_samples::<S, 1, 16>(simd, projection, out, 0),
            5.. => project_samples::<S, 1, 8>(simd, projection, out, 0),
            _ => project_samples::<S, 1, 4>(simd, projection, out, 0),
        }
    } else {
        for lane in (0..LANES).step_by(2 * S::f32s::LEN) {
            project_samples::<S, 2, 4>(simd, projection, out, lane);
        }
    }
}

/// `K` vectors from a lane on, `N` samples at a time.
#[inline(always)]
fn project_samples<S: Simd, const K: usize, const N: usize>(
    simd: S,
    projection: &BatchProjection<'_>,
    out: &mut [f32],
    lane: usize,
) {
    for first in (0..projection.samples).step_by(N) {
        let mut sums = [[S::f32s::splat(simd, 0.0); K]; N];
        let (weights, rows) = (projection.weights.as_chunks::<LANES>().0, projection.rows.as_chunks::<LANES>().0);
        for (weights, row) in weights.iter().zip(rows) {
            let row = &row[first..first + N];
            for k in 0..K {
                let from = lane + k * S::f32s::LEN;
                let weight = S::f32s::from_slice(simd, &weights[from..from + S::f32s::LEN]);
                for n in 0..N {
                    sums[n][k] += weight * S::f32s::splat(simd, row[n]);
                }
            }
        }
        let scale = S::f32s::splat(simd, projection.scale);
        for (n, sums) in sums.iter().enumerate().take(projection.samples - first) {
            let start = (first + n) * projection.out_stride + lane;
            let to = &mut out[start..start + K * S::f32s::LEN];
            for k in 0..K {
                (sums[k] * scale).store_slice(&mut to[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
            }
        }
    }
}
