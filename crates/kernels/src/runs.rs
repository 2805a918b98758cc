//! Sums over runs: events that several neighbours see in the same way, whose rows of weights, or of their gradient, are few enough to
//! stay in a level-1 cache while all neighbours take their turn.

use fearless_simd::prelude::*;

use crate::forward::add_rows_apart;
use crate::gather::scatter_vectors;
use crate::lanes::{fit, load, store};
use crate::level::dispatch;
use crate::{Level, TILE};

/// Events of neighbours at some steps: those of neighbour `n` at step `t` are `units[offsets[k]..offsets[k + 1]]` with
/// `k = first + n · apart + t · stride`.
#[derive(Clone, Copy, Debug)]
pub struct Runs<'a> {
    /// Start of each run, and the end of the last.
    pub offsets: &'a [u32],
    /// Units of the events.
    pub units: &'a [u32],
    /// Run of the first neighbour at the first step.
    pub first: usize,
    /// Distance between the runs of two neighbours.
    pub apart: usize,
    /// Distance between the runs of two steps.
    pub stride: usize,
    /// How many neighbours there are.
    pub neighbours: usize,
    /// How many steps.
    pub steps: usize,
}

impl<'a> Runs<'a> {
    /// Events of neighbour `n` at step `t`.
    #[inline(always)]
    pub(crate) fn of(&self, n: usize, t: usize) -> &'a [u32] {
        let run = self.first + n * self.apart + t * self.stride;
        &self.units[self.offsets[run] as usize..self.offsets[run + 1] as usize]
    }
}

/// Adds the rows `weights[unit · distance + lane]` of each run, in their order, to `sums`, `[neighbour][step][lane]` of whole tiles.
pub fn add_runs(level: Level, runs: &Runs<'_>, weights: &[f32], distance: usize, sums: &mut [f32]) {
    dispatch!(level.0, simd => add_vector(simd, runs, weights, distance, sums));
}

#[inline(always)]
fn add_vector<S: Simd>(simd: S, runs: &Runs<'_>, weights: &[f32], distance: usize, sums: &mut [f32]) {
    let mut lane = 0;
    while lane < TILE {
        if fit::<S>(4, TILE - lane) {
            add_lanes::<S, 4>(simd, runs, &weights[lane..], distance, sums, lane);
            lane += 4 * S::f32s::LEN;
        } else {
            add_lanes::<S, 1>(simd, runs, &weights[lane..], distance, sums, lane);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn add_lanes<S: Simd, const K: usize>(
    simd: S,
    runs: &Runs<'_>,
    weights: &[f32],
    distance: usize,
    sums: &mut [f32],
    lane: usize,
) {
    let width = K * S::f32s::LEN;
    for n in 0..runs.neighbours {
        for t in 0..runs.steps {
            let run = runs.of(n, t);
            if run.is_empty() {
                continue;
            }
            let to = &mut sums[(n * runs.steps + t) * TILE + lane..][..width];
            store::<S, K>(&add_rows_apart(simd, load::<S, K>(simd, to), weights, distance, run), to);
        }
    }
}

/// Adds the row of each neighbour and step in `q`, `[neighbour][step][lane]` of whole tiles, to the rows `gradient[unit · distance + lane]`
/// of its run.
pub fn scatter_runs(level: Level, runs: &Runs<'_>, q: &[f32], distance: usize, gradient: &mut [f32]) {
    dispatch!(level.0, simd => scatter_vector(simd, runs, q, distance, gradient));
}

#[inline(always)]
fn scatter_vector<S: Simd>(simd: S, runs: &Runs<'_>, q: &[f32], distance: usize, gradient: &mut [f32]) {
    let mut lane = 0;
    while lane < TILE {
        if fit::<S>(4, TILE - lane) {
            scatter_lanes::<S, 4>(simd, runs, q, distance, &mut gradient[lane..], lane);
            lane += 4 * S::f32s::LEN;
        } else {
            scatter_lanes::<S, 1>(simd, runs, q, distance, &mut gradient[lane..], lane);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn scatter_lanes<S: Simd, const K: usize>(
    simd: S,
    runs: &Runs<'_>,
    q: &[f32],
    distance: usize,
    gradient: &mut [f32],
    lane: usize,
) {
    for n in 0..runs.neighbours {
        for t in 0..runs.steps {
            let run = runs.of(n, t);
            if !run.is_empty() {
                let q = &q[(n * runs.steps + t) * TILE + lane..];
                scatter_vectors::<S, K>(simd, run, q, distance, gradient);
            }
        }
    }
}
