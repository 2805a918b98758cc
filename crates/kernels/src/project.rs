//! Gradients of a layer's input spikes: products of its adjoints with its weights (spec 5.2, 5.3).

use fearless_simd::f32x16;
use fearless_simd::prelude::*;

use crate::lanes::fit;
use crate::level::dispatch;
use crate::{LANES, Level, TILE};

/// Steps that share a load of the weights.
const STEPS: usize = 4;

/// `out[t][lane] = scale · Σ_s Σ_j weights[s][j][lane] rows[t][s · gap + j]`, summed in the order of `s` and `j`.
///
/// A dense layer is one segment; a convolution has one for each row of its kernel.
#[derive(Clone, Copy, Debug)]
pub struct Projection<'a> {
    /// Weights of the upper layer towards the lanes of a lower tile, `[segment][upper unit][lane]`.
    pub weights: &'a [f32],
    /// Lanes of the lower tile.
    pub lanes: usize,
    /// Adjoints of the upper layer, `[step · stride + upper unit]`.
    pub rows: &'a [f32],
    /// Distance between two steps of `rows`.
    pub stride: usize,
    /// Units of a segment.
    pub units: usize,
    /// Runs of neighbouring units that are summed.
    pub segments: usize,
    /// Distance between the first units of two segments.
    pub gap: usize,
    /// Whether the sums are added to what `out` holds.
    pub adds: bool,
    /// Factor on every sum.
    pub scale: f32,
    /// Number of steps.
    pub steps: usize,
}

/// Fills `out`, `[step][lane]`.
pub fn project(level: Level, projection: &Projection<'_>, out: &mut [f32]) {
    dispatch!(level.0, simd => project_vector(simd, projection, out));
}

#[inline(always)]
fn project_vector<S: Simd>(simd: S, projection: &Projection<'_>, out: &mut [f32]) {
    let whole = projection.steps - projection.steps % STEPS;
    let mut lane = 0;
    while lane < projection.lanes {
        // Only the 32 registers of AVX-512 hold 16 sums.
        if S::f32s::LEN == LANES && fit::<S>(4, projection.lanes - lane) {
            project_lanes::<S, 4>(simd, projection, out, lane, whole);
            lane += 4 * S::f32s::LEN;
        } else if fit::<S>(2, projection.lanes - lane) {
            project_lanes::<S, 2>(simd, projection, out, lane, whole);
            lane += 2 * S::f32s::LEN;
        } else {
            project_lanes::<S, 1>(simd, projection, out, lane, whole);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn project_lanes<S: Simd, const K: usize>(
    simd: S,
    projection: &Projection<'_>,
    out: &mut [f32],
    first: usize,
    whole: usize,
) {
    let mut t = 0;
    while t < whole {
        project_block::<S, K, STEPS>(simd, projection, out, first, t);
        t += STEPS;
    }
    while t < projection.steps {
        project_block::<S, K, 1>(simd, projection, out, first, t);
        t += 1;
    }
}

#[inline(always)]
fn project_block<S: Simd, const K: usize, const N: usize>(
    simd: S,
    projection: &Projection<'_>,
    out: &mut [f32],
    first: usize,
    t: usize,
) {
    let width = K * S::f32s::LEN;
    let mut sums = [[S::f32s::splat(simd, 0.0); K]; N];
    let mut rows = [projection.rows; N];
    for segment in 0..projection.segments {
        for (n, row) in rows.iter_mut().enumerate() {
            let start = (t + n) * projection.stride + segment * projection.gap;
            *row = &projection.rows[start..start + projection.units];
        }
        for j in 0..projection.units {
            let start = (segment * projection.units + j) * projection.lanes + first;
            let weights = &projection.weights[start..start + width];
            for k in 0..K {
                let weight = S::f32s::from_slice(simd, &weights[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
                for n in 0..N {
                    sums[n][k] += weight * S::f32s::splat(simd, rows[n][j]);
                }
            }
        }
    }
    let scale = S::f32s::splat(simd, projection.scale);
    for n in 0..N {
        let start = (t + n) * projection.lanes + first;
        let to = &mut out[start..start + width];
        for k in 0..K {
            let to = &mut to[k * S::f32s::LEN..(k + 1) * S::f32s::LEN];
            let mut sum = sums[n][k] * scale;
            if projection.adds {
                sum = S::f32s::from_slice(simd, to) + sum;
            }
            sum.store_slice(to);
        }
    }
}

/// `Σ a[i] b[i]` over slices whose length is a multiple of [`LANES`]: 16 running sums, then a fixed tree.
#[must_use]
pub fn dot(level: Level, a: &[f32], b: &[f32]) -> f32 {
    dispatch!(level.0, simd => dot_vector(simd, a, b))
}

#[inline(always)]
pub(crate) fn dot_vector<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    let mut sums = f32x16::splat(simd, 0.0);
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        sums += f32x16::from_slice(simd, a) * f32x16::from_slice(simd, b);
    }
    tree(sums)
}

/// Rows whose products share a load of the vector.
const ROWS: usize = 4;

/// `sums[n] = Σ_j W[inputs[n]][j] x[j]` over all units j of a layer, as [`dot`] of the whole row; `tiles` are the weights, tile by tile
/// `[input][lane]`, or those of all tiles in one.
pub fn row_dots(level: Level, tiles: &[&[f32]], inputs: &[u32], x: &[f32], sums: &mut [f32]) {
    dispatch!(level.0, simd => row_dots_vector(simd, tiles, inputs, x, sums));
}

#[inline(always)]
fn row_dots_vector<S: Simd>(simd: S, tiles: &[&[f32]], inputs: &[u32], x: &[f32], sums: &mut [f32]) {
    let (blocks, rest) = inputs.as_chunks::<ROWS>();
    let (sums_of_blocks, sums_of_rest) = sums[..inputs.len()].as_chunks_mut::<ROWS>();
    for (block, sums) in blocks.iter().zip(sums_of_blocks) {
        *sums = dot_rows(simd, tiles, *block, x);
    }
    for (&input, sum) in rest.iter().zip(sums_of_rest) {
        [*sum] = dot_rows(simd, tiles, [input], x);
    }
}

#[inline(always)]
fn dot_rows<S: Simd, const N: usize>(simd: S, tiles: &[&[f32]], inputs: [u32; N], x: &[f32]) -> [f32; N] {
    let mut sums = [f32x16::splat(simd, 0.0); N];
    let is_one = cfg!(not(target_arch = "wasm32")) && tiles.len() == 1;
    let lanes = if is_one { x.len().max(1) } else { TILE };
    for (weights, x) in tiles.iter().zip(x.chunks(lanes)) {
        let rows = inputs.map(|input| &weights[input as usize * x.len()..][..x.len()]);
        for (number, x) in x.chunks_exact(LANES).enumerate() {
            let x = f32x16::from_slice(simd, x);
            for n in 0..N {
                sums[n] += f32x16::from_slice(simd, &rows[n][number * LANES..(number + 1) * LANES]) * x;
            }
        }
    }
    sums.map(tree)
}

/// Sums 16 numbers as `((0+8)+(4+12))…`: halves onto halves.
#[inline(always)]
fn tree<S: Simd>(sums: f32x16<S>) -> f32 {
    let (low, high) = sums.split();
    let (low, high) = (low + high).split();
    let mut lanes = [0.0; LANES / 4];
    (low + high).store_slice(&mut lanes);
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}
