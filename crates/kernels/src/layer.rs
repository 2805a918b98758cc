//! Forward simulation of a layer whose units reach each other, step by step.
//!
//! What arrives from outside is known beforehand, so that its rows are summed for many steps of a tile at once: that tile's weights then
//! stay in the cache. The rows of the layer's own units follow in the sum, as they do where all inputs are listed together.

use fearless_simd::prelude::*;

use crate::forward::{add_rows, is_plain};
use crate::lanes::{fit, load, store};
use crate::level::dispatch;
use crate::neuron::{Lif, Neuron};
use crate::weighted::add_weighted;
use crate::{FLOOR_EVERY, ForwardTile, Level, TILE, TileState};

/// A tile with its state.
#[derive(Debug)]
pub struct TileRun<'a> {
    /// The tile.
    pub tile: ForwardTile<'a>,
    /// State of its units.
    pub state: TileState<'a>,
}

impl TileRun<'_> {
    /// Whether units share their constants and nothing is blocked or observed.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        is_plain(&self.tile, &self.state)
    }
}

/// What reaches a layer at a step.
#[derive(Clone, Copy, Debug)]
pub struct LayerStep<'a> {
    /// The step.
    pub t: usize,
    /// Σ W over what arrives from outside, `[lane]` of all tiles; empty: nothing does.
    pub received: &'a [f32],
    /// Inputs that are units of the layer, which fired at the step before.
    pub own: &'a [u32],
}

/// Sums the rows of a tile at each step from `from` up to `to` with events: the n-th goes to the tile's lanes from `sums[n · stride]` on.
pub fn sum_events(level: Level, tile: &ForwardTile<'_>, (from, to): (usize, usize), stride: usize, sums: &mut [f32]) {
    dispatch!(level.0, simd => sum_vector(simd, tile, (from, to), stride, sums));
}

#[inline(always)]
fn sum_vector<S: Simd>(simd: S, tile: &ForwardTile<'_>, (from, to): (usize, usize), stride: usize, sums: &mut [f32]) {
    if tile.events.is_weighted() {
        return sum_weighted(simd, tile, (from, to), stride, sums);
    }
    let mut lane = 0;
    while lane < tile.lanes {
        if fit::<S>(4, tile.lanes - lane) {
            sum_lanes::<S, 4>(simd, tile, (from, to), stride, sums, lane);
            lane += 4 * S::f32s::LEN;
        } else {
            sum_lanes::<S, 1>(simd, tile, (from, to), stride, sums, lane);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn sum_lanes<S: Simd, const K: usize>(
    simd: S,
    tile: &ForwardTile<'_>,
    (from, to): (usize, usize),
    stride: usize,
    sums: &mut [f32],
    first: usize,
) {
    let steps = tile.events.between(from, to).filter(|(_, arriving)| !arriving.is_empty());
    for ((_, arriving), row) in steps.zip(sums.chunks_mut(stride)) {
        let none = [S::f32s::splat(simd, 0.0); K];
        let sum = add_rows::<S, K>(simd, none, &tile.weights[first..], tile.lanes, arriving);
        store::<S, K>(&sum, &mut row[first..]);
    }
}

#[inline(always)]
fn sum_weighted<S: Simd>(simd: S, tile: &ForwardTile<'_>, (from, to): (usize, usize), stride: usize, sums: &mut [f32]) {
    let steps = (from..to).filter(|&t| !tile.events.at(t).is_empty());
    for (t, row) in steps.zip(sums.chunks_mut(stride)) {
        let row = &mut row[..tile.lanes];
        row.fill(0.0);
        let of = |(unit, value)| (&tile.weights[unit as usize * tile.lanes..][..tile.lanes], value);
        add_weighted(simd, row, tile.events.weighted_at(t).map(of));
    }
}

/// Runs all tiles of a layer, whose units are plain ones, through a step.
pub fn forward_step(level: Level, runs: &mut [TileRun<'_>], step: &LayerStep<'_>) {
    dispatch!(level.0, simd => step_vector(simd, runs, step));
}

#[inline(always)]
fn step_vector<S: Simd>(simd: S, runs: &mut [TileRun<'_>], step: &LayerStep<'_>) {
    let mut received = step.received;
    for TileRun { tile, state } in runs {
        let of_tile = received.split_off(..tile.lanes).unwrap_or_default();
        let step = LayerStep { received: of_tile, ..*step };
        let neuron = Lif::new(simd, &tile.constants);
        let mut lane = 0;
        while lane < tile.lanes {
            if fit::<S>(4, tile.lanes - lane) {
                step_lanes::<S, 4>(simd, neuron, tile, state, &step, lane);
                lane += 4 * S::f32s::LEN;
            } else {
                step_lanes::<S, 1>(simd, neuron, tile, state, &step, lane);
                lane += S::f32s::LEN;
            }
        }
    }
}

#[inline(always)]
fn step_lanes<S: Simd, const K: usize>(
    simd: S,
    neuron: Lif<S>,
    tile: &ForwardTile<'_>,
    state: &mut TileState<'_>,
    step: &LayerStep<'_>,
    first: usize,
) {
    let LayerStep { t, received, own: fired } = *step;
    let (lanes, first) = if K * S::f32s::LEN == TILE { (TILE, 0) } else { (tile.lanes, first) };
    let TileState { current, membrane, own, trace, spikes, busy, .. } = state;
    let group = first..first + K * S::f32s::LEN;
    let mut units = <Lif<S> as Neuron<S, K>>::load(simd, [current, membrane, own], lanes, group.clone());
    neuron.decay(&mut units);
    if !(received.is_empty() && fired.is_empty()) {
        let from_outside = match received.get(group.clone()) {
            Some(sums) => load::<S, K>(simd, sums),
            None => [S::f32s::splat(simd, 0.0); K],
        };
        let sums = add_rows::<S, K>(simd, from_outside, &tile.weights[first..], lanes, fired);
        neuron.receive(&mut units, &sums);
    }
    neuron.settle(simd, &mut units, &load::<S, K>(simd, &tile.bias[group.clone()]));
    if let Some(row) = trace.get_mut(t * lanes + first..t * lanes + group.end) {
        store::<S, K>(&neuron.units(&mut units).membrane, row);
    }
    if neuron.fires(&units) {
        busy[t / 64] |= 1 << (t % 64);
        spikes[t] |= neuron.reset(simd, &mut units, tile.constants.reset) << first;
    }
    if t % FLOOR_EVERY == FLOOR_EVERY - 1 {
        neuron.flush(simd, &mut units);
    }
    <Lif<S> as Neuron<S, K>>::store(&units, [current, membrane, own], lanes, group);
}
