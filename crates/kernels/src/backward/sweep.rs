//! All lanes of a layer on their way down in time, from one step at which gradient enters to the next: the plain recurrences of
//! `neuron/lif.rs`, where what enters is given.

use fearless_simd::prelude::*;

use super::tile::NO_ROW;
use crate::lanes::{fit, load, store};
use crate::level::dispatch;
use crate::neuron::{Lif, LifAdjoints, StepBack};
use crate::{FLOOR_EVERY, Level, LifConstants, TILE};

/// Steps of a layer that are taken at once.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a> {
    /// The neuron.
    pub constants: LifConstants,
    /// Last step taken.
    pub from: usize,
    /// Step after the first one taken.
    pub to: usize,
    /// G of step `to − 1`, `[lane]`; it is 0 at the steps before.
    pub direct: &'a [f32],
    /// Row of `q_rows` for each step, or [`NO_ROW`].
    pub rows: &'a [u32],
    /// Number of those.
    pub row_count: usize,
    /// Whether r of step `from` is asked for.
    pub leaves_r: bool,
}

/// Adjoints of a layer. What falls below the floor at a step is flushed when the next one is taken.
#[derive(Debug)]
pub struct LayerAdjoints<'a> {
    /// p of the step last taken behind its gates, `[lane]`.
    pub p: &'a mut [f32],
    /// Adjoint q of the step last taken behind its gates, `[lane]`.
    pub q: &'a mut [f32],
    /// Gradient r of the step last taken, `[lane]`, if it is asked for.
    pub r: &'a mut [f32],
    /// Σ_t p, `[lane]`; added to what is there.
    pub bias: &'a mut [f32],
    /// Adjoint q at the steps that have a row, tile by tile `[row][lane]`.
    pub q_rows: &'a mut [f32],
    /// Adjoint q and gradient r at every step, `[step][lane]`; empty: not kept.
    pub every_step: [&'a mut [f32]; 2],
}

/// Takes a layer down to step `from`.
pub fn sweep_back(level: Level, sweep: &Sweep<'_>, adjoints: &mut LayerAdjoints<'_>) {
    if sweep.from < sweep.to {
        dispatch!(level.0, simd => sweep_vector(simd, sweep, adjoints));
    }
}

#[inline(always)]
fn sweep_vector<S: Simd>(simd: S, sweep: &Sweep<'_>, adjoints: &mut LayerAdjoints<'_>) {
    let neuron = Lif::new(simd, &sweep.constants);
    let total = adjoints.p.len();
    for tile in (0..total).step_by(TILE) {
        let lanes = TILE.min(total - tile);
        let mut first = 0;
        while first < lanes {
            if fit::<S>(4, lanes - first) {
                sweep_lanes::<S, 4>(simd, &neuron, sweep, adjoints, (tile, lanes, first));
                first += 4 * S::f32s::LEN;
            } else {
                sweep_lanes::<S, 1>(simd, &neuron, sweep, adjoints, (tile, lanes, first));
                first += S::f32s::LEN;
            }
        }
    }
}

/// `K` vectors from lane `first` of a tile on, which starts at lane `tile` of the layer.
#[inline(always)]
fn sweep_lanes<S: Simd, const K: usize>(
    simd: S,
    neuron: &Lif<S>,
    sweep: &Sweep<'_>,
    layer: &mut LayerAdjoints<'_>,
    (tile, lanes, first): (usize, usize, usize),
) {
    let Sweep { from, to, rows, row_count, leaves_r, .. } = *sweep;
    let LayerAdjoints { p, q, r, bias, q_rows, every_step } = layer;
    let stride = p.len();
    let group = tile + first..tile + first + K * S::f32s::LEN;
    let mut adjoints =
        LifAdjoints { p: load::<S, K>(simd, &p[group.clone()]), q: load::<S, K>(simd, &q[group.clone()]), own: () };
    if to.is_multiple_of(FLOOR_EVERY) {
        neuron.flush_back(simd, &mut adjoints);
    }
    let mut sum = load::<S, K>(simd, &bias[group.clone()]);
    let mut direct = load::<S, K>(simd, &sweep.direct[group.clone()]);
    let q_rows = &mut q_rows[tile * row_count..(tile + lanes) * row_count];
    for (t, &row) in rows[..to].iter().enumerate().skip(from).rev() {
        let opened = adjoints.q;
        neuron.step(&mut adjoints, &direct);
        direct = [S::f32s::splat(simd, 0.0); K];
        for k in 0..K {
            sum[k] += adjoints.p[k];
        }
        if row != NO_ROW {
            store::<S, K>(&adjoints.q, &mut q_rows[row as usize * lanes + first..][..group.len()]);
        }
        if leaves_r && t == from {
            store::<S, K>(&neuron.delay_gradient(&opened, &adjoints), &mut r[group.clone()]);
        }
        if let [every_q @ [_, ..], every_r] = every_step {
            let at = t * stride + group.start;
            store::<S, K>(&adjoints.q, &mut every_q[at..at + group.len()]);
            store::<S, K>(&neuron.delay_gradient(&opened, &adjoints), &mut every_r[at..at + group.len()]);
        }
        if t != from && t.is_multiple_of(FLOOR_EVERY) {
            neuron.flush_back(simd, &mut adjoints);
        }
    }
    store::<S, K>(&adjoints.p, &mut p[group.clone()]);
    store::<S, K>(&adjoints.q, &mut q[group.clone()]);
    store::<S, K>(&sum, &mut bias[group]);
}
