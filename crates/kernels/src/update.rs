//! Weight gradients gathered from the steps whose input fired, and the optimiser fused with them.
//!
//! ```text
//! dW[input][unit] = γ Σ_(sample, step of an input spike) q[sample][step][unit]
//! g = clip(dW − silent[unit])
//! ```
//!
//! The sum runs in the order of samples, then steps, whatever the grouping: a partial sum in `gradient` is where the next
//! group goes on.

use std::hint::black_box;

use fearless_simd::prelude::*;
use fearless_simd::{dispatch, f32x8};

use crate::lif::{load, store};
use crate::{Level, TILE};

/// Lanes of the optimiser's vectors.
const WIDTH: usize = 8;
/// Numbers in a cache line.
const CACHE_LINE: usize = 16;

/// One number for each lane of a tile, from a cache line on.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Lanes([f32; TILE]);

/// Spikes of a group of samples by input: those of input `i` are `entries[offsets[i]..offsets[i + 1]]`.
#[derive(Clone, Copy, Debug)]
pub struct Gather<'a> {
    /// Start of each input, and the end of the last.
    pub offsets: &'a [u32],
    /// `sample << 16 | row`.
    pub entries: &'a [u32],
    /// q of each sample, `[row][lane]`.
    pub sources: &'a [&'a [f32]],
}

impl Gather<'_> {
    /// Reads a number of each cache line in the order of memory, which is much faster than the order in which the inputs want them, so
    /// that they are close when they are wanted.
    fn read_ahead(&self) {
        let lines = self.sources.iter().flat_map(|source| source.iter().step_by(CACHE_LINE));
        black_box(lines.fold(0, |bits, number| bits | number.to_bits()));
    }
}

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

/// Adam in the PyTorch convention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamStep {
    /// β₁.
    pub beta1: f32,
    /// 1 − β₁, rounded once.
    pub first_share: f32,
    /// β₂.
    pub beta2: f32,
    /// 1 − β₂, rounded once.
    pub second_share: f32,
    /// Rate / (1 − β₁ⁿ).
    pub rate: f32,
    /// 1 / (1 − β₂ⁿ).
    pub second_scale: f32,
    /// ε.
    pub epsilon: f32,
    /// Added to the gradient, times the parameter.
    pub weight_decay: f32,
}

/// Gradient descent with momentum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdStep {
    /// Step size.
    pub rate: f32,
    /// Share of the last update that is kept.
    pub momentum: f32,
    /// Added to the gradient, times the parameter.
    pub weight_decay: f32,
}

/// One step of an optimiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimizer {
    /// Adam.
    Adam(AdamStep),
    /// Gradient descent.
    Sgd(SgdStep),
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

/// Adds the sums of a group to `gradient`, `[input][lane]`, and marks the rows that got any in `live`.
pub fn gather_tile(level: Level, gather: &Gather<'_>, lanes: usize, gradient: &mut [f32], live: &mut [bool]) {
    dispatch!(level.0, simd => gather_vector(simd, gather, lanes, gradient, live));
}

#[inline(always)]
fn gather_vector<S: Simd>(simd: S, gather: &Gather<'_>, lanes: usize, gradient: &mut [f32], live: &mut [bool]) {
    gather.read_ahead();
    for (input, row) in gradient.chunks_exact_mut(lanes).enumerate() {
        let entries = entries_of(gather, input);
        if entries.is_empty() {
            continue;
        }
        live[input] = true;
        gather_row(simd, gather, entries, row);
    }
}

#[inline(always)]
fn entries_of<'a>(gather: &Gather<'a>, input: usize) -> &'a [u32] {
    &gather.entries[gather.offsets[input] as usize..gather.offsets[input + 1] as usize]
}

/// Adds the rows of `entries` to the sums of one input, `[lane]`.
#[inline(always)]
fn gather_row<S: Simd>(simd: S, gather: &Gather<'_>, entries: &[u32], sums: &mut [f32]) {
    let mut lane = 0;
    while lane < sums.len() {
        let vectors = (sums.len() - lane) / S::f32s::LEN;
        if vectors >= 4 {
            gather_vectors::<S, 4>(simd, gather, entries, sums, lane);
            lane += 4 * S::f32s::LEN;
        } else {
            gather_vectors::<S, 1>(simd, gather, entries, sums, lane);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn gather_vectors<S: Simd, const K: usize>(
    simd: S,
    gather: &Gather<'_>,
    entries: &[u32],
    sums: &mut [f32],
    first: usize,
) {
    let (lanes, width) = (sums.len(), K * S::f32s::LEN);
    let mut vectors = load::<S, K>(simd, &sums[first..first + width]);
    for &entry in entries {
        let source = gather.sources[(entry >> 16) as usize];
        let start = (entry & 0xffff) as usize * lanes + first;
        let row = load::<S, K>(simd, &source[start..start + width]);
        for k in 0..K {
            vectors[k] += row[k];
        }
    }
    store::<S, K>(&vectors, &mut sums[first..first + width]);
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
fn update_vector<S: Simd, O: Rule>(
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
    let touches_all = step.decays_weights() || shape.silent.iter().any(|&push| push != 0.0);
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
fn rows_vector<S: Simd, O: Rule>(
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

/// One row from its sums to its new parameters, which start at `start`. Vectors of 8: wider square roots and divisions take more
/// than twice as long.
#[inline(always)]
fn finish_row<S: Simd, O: Rule>(
    simd: S,
    sums: &[f32],
    shape: &RowGradient<'_>,
    step: &O,
    parameters: &mut TileParameters<'_>,
    start: usize,
    norm: &mut Lanes,
) {
    let gain = f32x8::splat(simd, shape.gain);
    let clip = f32x8::splat(simd, shape.clip);
    let row = start..start + sums.len();
    let sums = vectors(sums);
    let length = sums.len();
    let silent = &vectors(shape.silent)[..length];
    let norm = &mut vectors_mut(&mut norm.0)[..length];
    let values = &mut vectors_mut(&mut parameters.values[row.clone()])[..length];
    let first = &mut vectors_mut(&mut parameters.first[row.clone()])[..length];
    let mut second = O::HAS_SECOND.then(|| &mut vectors_mut(&mut parameters.second[row])[..length]);
    for index in 0..length {
        let g = f32x8::from_slice(simd, &sums[index]) * gain - f32x8::from_slice(simd, &silent[index]);
        let second = second.as_mut().map(|second| &mut second[index]);
        let defect = step.apply(simd, g.min(clip).max(-clip), &mut values[index], &mut first[index], second);
        (f32x8::from_slice(simd, &norm[index]) + (g * g + defect)).store_slice(&mut norm[index]);
    }
}

fn vectors(lanes: &[f32]) -> &[[f32; WIDTH]] {
    lanes.as_chunks().0
}

fn vectors_mut(lanes: &mut [f32]) -> &mut [[f32; WIDTH]] {
    lanes.as_chunks_mut().0
}

/// Lanes in their order.
pub(crate) fn total(lanes: &[f32; TILE]) -> f32 {
    lanes.iter().fold(0.0, |sum, &lane| sum + lane)
}

/// What an optimiser does with one vector.
trait Rule {
    /// Whether it has a second moment.
    const HAS_SECOND: bool;
    fn decays_weights(&self) -> bool;
    /// Returns 0, or not a number where what it leaves is not finite. `second` is there where `HAS_SECOND`.
    fn apply<S: Simd>(
        &self,
        simd: S,
        g: f32x8<S>,
        values: &mut [f32; WIDTH],
        first: &mut [f32; WIDTH],
        second: Option<&mut [f32; WIDTH]>,
    ) -> f32x8<S>;
}

impl Rule for AdamStep {
    const HAS_SECOND: bool = true;

    fn decays_weights(&self) -> bool {
        self.weight_decay != 0.0
    }

    #[inline(always)]
    fn apply<S: Simd>(
        &self,
        simd: S,
        g: f32x8<S>,
        values: &mut [f32; WIDTH],
        first: &mut [f32; WIDTH],
        second: Option<&mut [f32; WIDTH]>,
    ) -> f32x8<S> {
        let splat = |value| f32x8::splat(simd, value);
        let second = second.expect("Adam has a second moment");
        let w = f32x8::from_slice(simd, values);
        let g = g + w * splat(self.weight_decay);
        let m = f32x8::from_slice(simd, first);
        let v = f32x8::from_slice(simd, second);
        let m = floored(simd, m * splat(self.beta1) + g * splat(self.first_share));
        let v = floored(simd, v * splat(self.beta2) + (g * g) * splat(self.second_share));
        let w = w - (m * splat(self.rate)) / ((v * splat(self.second_scale)).sqrt() + splat(self.epsilon));
        m.store_slice(first);
        v.store_slice(second);
        w.store_slice(values);
        (w + v) * splat(0.0)
    }
}

impl Rule for SgdStep {
    const HAS_SECOND: bool = false;

    fn decays_weights(&self) -> bool {
        self.weight_decay != 0.0
    }

    #[inline(always)]
    fn apply<S: Simd>(
        &self,
        simd: S,
        g: f32x8<S>,
        values: &mut [f32; WIDTH],
        first: &mut [f32; WIDTH],
        _second: Option<&mut [f32; WIDTH]>,
    ) -> f32x8<S> {
        let splat = |value| f32x8::splat(simd, value);
        let w = f32x8::from_slice(simd, values);
        let g = g + w * splat(self.weight_decay);
        let u = f32x8::from_slice(simd, first);
        let u = floored(simd, u * splat(self.momentum) + g);
        let w = w - u * splat(self.rate);
        u.store_slice(first);
        w.store_slice(values);
        w * splat(0.0)
    }
}

/// Least magnitude of a moment: below it the number would soon be denormal.
pub(crate) const MOMENT_FLOOR: f32 = 1e-36;

#[inline(always)]
fn floored<S: Simd>(simd: S, x: f32x8<S>) -> f32x8<S> {
    x.abs().simd_lt(f32x8::splat(simd, MOMENT_FLOOR)).select(f32x8::splat(simd, 0.0), x)
}
