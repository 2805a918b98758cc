//! Gradients of a layer's input spikes where few are asked for, or few adjoints have a source (spec 5.2, 5.3): a tile at a time, while its
//! adjoints are in a cache.

use fearless_simd::{f32x16, prelude::*};

use crate::backward::Injection;
use crate::level::dispatch;
use crate::project::dot_vector;
use crate::{LANES, Level, LifConstants, Reset};

/// Adds `weights[input] · rows[row]` over the lanes of a tile to the sum of each input of each row, with the bits of [`crate::dot`].
///
/// `weights` are `[input][lane]`, `rows` `[row][lane]`; `inputs` are the end of each row and the inputs of all rows, as `sums` are.
pub fn add_dots(level: Level, weights: &[f32], rows: &[f32], lanes: usize, inputs: (&[u32], &[u32]), sums: &mut [f32]) {
    dispatch!(level.0, simd => dots_vector(simd, weights, rows, lanes, inputs, sums));
}

#[inline(always)]
fn dots_vector<S: Simd>(
    simd: S,
    weights: &[f32],
    rows: &[f32],
    lanes: usize,
    (ends, inputs): (&[u32], &[u32]),
    sums: &mut [f32],
) {
    let mut start = 0;
    for (row, &end) in rows.chunks_exact(lanes).zip(ends) {
        let of_row = start..end as usize;
        for (sum, &input) in sums[of_row.clone()].iter_mut().zip(&inputs[of_row]) {
            *sum += dot_vector(simd, &weights[input as usize * lanes..][..lanes], row);
        }
        start = end as usize;
    }
}

/// Adjoints of a tile at every step, `[step · stride + offset + lane]`.
#[derive(Clone, Copy, Debug)]
pub struct TileAdjoints<'a> {
    /// Lanes of the tile.
    pub lanes: usize,
    /// Distance between two steps.
    pub stride: usize,
    /// First lane of the tile in a step.
    pub offset: usize,
    /// Number of steps.
    pub steps: usize,
    /// First unit of the tile.
    pub first: u32,
    /// G.
    pub direct: &'a [f32],
    /// p.
    pub p: &'a [f32],
    /// q.
    pub q: &'a [f32],
    /// Bits of the lanes that fired, `[step]`; of no step where resets do not stop the gradient.
    pub spikes: &'a [u64],
    /// The neuron.
    pub constants: LifConstants,
    /// Factor on what is injected.
    pub scale: f32,
}

/// Appends what the units of a tile inject into projections of its adjoints to `injections`, step by step, and where each step ends to `ends`.
///
/// These are the units whose G is not 0, and those that fired, whose gates are closed.
pub fn list_injections(level: Level, tile: &TileAdjoints<'_>, injections: &mut Vec<Injection>, ends: &mut Vec<u32>) {
    dispatch!(level.0, simd => list_vector(simd, tile, injections, ends));
}

#[inline(always)]
fn list_vector<S: Simd>(simd: S, tile: &TileAdjoints<'_>, injections: &mut Vec<Injection>, ends: &mut Vec<u32>) {
    let zero = f32x16::splat(simd, 0.0);
    for t in 0..tile.steps {
        let row = &tile.direct[t * tile.stride + tile.offset..][..tile.lanes];
        let mut silent = 0;
        for (k, direct) in row.chunks_exact(LANES).enumerate() {
            silent |= f32x16::from_slice(simd, direct).simd_eq(zero).to_bitmask() << (k * LANES);
        }
        let in_use = u64::MAX >> (64 - tile.lanes);
        let fired = tile.spikes.get(t).copied().unwrap_or(0);
        injections.reserve(tile.lanes);
        let mut rest = (!silent | fired) & in_use;
        while rest != 0 {
            let lane = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            injections.push(tile.injection(t, lane, fired >> lane & 1 == 1));
        }
        ends.push(injections.len() as u32);
    }
}

impl TileAdjoints<'_> {
    /// What one lane injects at a step at which it `fired`, or not.
    #[inline(always)]
    pub(crate) fn injection(&self, t: usize, lane: usize, fired: bool) -> Injection {
        let Self { constants, scale, .. } = *self;
        let here = t * self.stride + self.offset + lane;
        let next = here + self.stride;
        let mut membrane = self.direct[here];
        let mut current = 0.0;
        if fired && t + 1 < self.steps {
            if !constants.reset.keeps_membrane() {
                membrane -= constants.membrane_decay * self.p[next];
            }
            if constants.reset == Reset::All {
                current = -constants.current_decay * self.q[next];
            }
        }
        Injection { unit: self.first + lane as u32, membrane: membrane * scale, current: current * scale }
    }
}
