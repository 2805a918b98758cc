//! Connections that have delays of their own (spec 13): each reads and writes another step.
//!
//! ```text
//! X[t + n_j][j] += W_j      S̄[t] = Σ_j W_j q_j[t + n_j]      dW_j += q_j[t + n_j]
//! ```
//!
//! A spike touches a step for each unit, so that its loops go from unit to unit, one number at a time, for each number of lanes apart. The
//! errors of a source have every step of every unit: they take the steps as lanes.

use fearless_simd::prelude::*;

use crate::lanes::{fit, load, store};
use crate::level::dispatch;
use crate::{LANES, Level, TILE};

/// Steps from a spike on, itself included, in which the place of each lane needs no check, where there are so many.
pub const WINDOW: usize = 32;

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
    match row.delays.len() {
        TILE => send_lanes::<TILE>(row, t, arriving),
        48 => send_lanes::<48>(row, t, arriving),
        32 => send_lanes::<32>(row, t, arriving),
        _ => send_lanes::<LANES>(row, t, arriving),
    }
}

fn send_lanes<const N: usize>(row: &DelayedRow<'_>, t: usize, arriving: &mut [f32]) {
    let (weights, delays) = (lanes_of::<_, N>(row.weights), lanes_of::<_, N>(row.delays));
    let later = arriving.get_mut(t * N..).unwrap_or_default();
    if later.len() >= WINDOW * N && are_short(delays) {
        let window = &mut later[..WINDOW * N];
        for lane in 0..N {
            window[usize::from(delays[lane]) % WINDOW * N + lane] += weights[lane];
        }
    } else {
        for lane in 0..N {
            if let Some(sum) = later.get_mut(usize::from(delays[lane]) * N + lane) {
                *sum += weights[lane];
            }
        }
    }
}

/// Adds `adjoints[t + delay][lane]`, of which those from the last step on are 0, to `sums[lane]`; in several arrays of each alike.
pub fn gather_delayed<const COUNT: usize>(
    delays: &[u16],
    t: usize,
    adjoints: [&[f32]; COUNT],
    sums: [&mut [f32]; COUNT],
) {
    match delays.len() {
        TILE => gather_lanes::<COUNT, TILE>(delays, t, adjoints, sums),
        48 => gather_lanes::<COUNT, 48>(delays, t, adjoints, sums),
        32 => gather_lanes::<COUNT, 32>(delays, t, adjoints, sums),
        _ => gather_lanes::<COUNT, LANES>(delays, t, adjoints, sums),
    }
}

fn gather_lanes<const COUNT: usize, const N: usize>(
    delays: &[u16],
    t: usize,
    adjoints: [&[f32]; COUNT],
    sums: [&mut [f32]; COUNT],
) {
    let delays = lanes_of::<_, N>(delays);
    let later = adjoints.map(|adjoints| adjoints.get(t * N..).unwrap_or_default());
    let mut gathered = [[0.0; N]; COUNT];
    if later.iter().all(|later| later.len() >= WINDOW * N) && are_short(delays) {
        let windows = later.map(|later| &later[..WINDOW * N]);
        for lane in 0..N {
            let at = usize::from(delays[lane]) % WINDOW * N + lane;
            for k in 0..COUNT {
                gathered[k][lane] = windows[k][at];
            }
        }
    } else {
        for lane in 0..N {
            let at = usize::from(delays[lane]) * N + lane;
            for k in 0..COUNT {
                gathered[k][lane] = later[k].get(at).copied().unwrap_or(0.0);
            }
        }
    }
    for (sums, gathered) in sums.into_iter().zip(&gathered) {
        for (sum, gathered) in sums.iter_mut().zip(gathered) {
            *sum += gathered;
        }
    }
}

/// Whether all delays lie within a window.
fn are_short(delays: &[u16]) -> bool {
    delays.iter().fold(0, |bits, delay| bits | delay) < WINDOW as u16
}

fn lanes_of<T, const N: usize>(lanes: &[T]) -> &[T; N] {
    lanes.first_chunk().expect("the lanes of a tile")
}

/// Puts `Σ_j weights[j] adjoints[j][delays[j] + t]` into `sums[t]`, or `adds` it, unit by unit. Each unit has `stride` steps of adjoints; a delay
/// counts as the steps behind the last one of `sums` where it is longer. `sums` has whole vectors of [`LANES`].
pub fn project_delayed(
    level: Level,
    row: &DelayedRow<'_>,
    adjoints: &[f32],
    stride: usize,
    adds: bool,
    sums: &mut [f32],
) {
    dispatch!(level.0, simd => project_vector(simd, row, adjoints, (stride, adds), sums));
}

#[inline(always)]
fn project_vector<S: Simd>(
    simd: S,
    row: &DelayedRow<'_>,
    adjoints: &[f32],
    (stride, adds): (usize, bool),
    sums: &mut [f32],
) {
    debug_assert!(sums.len().is_multiple_of(LANES), "whole vectors");
    let max_delay = stride - sums.len();
    let mut first = 0;
    while first < sums.len() {
        if fit::<S>(8, sums.len() - first) {
            project_steps::<S, 8>(simd, row, adjoints, (stride, max_delay), (first, adds), sums);
            first += 8 * S::f32s::LEN;
        } else if fit::<S>(2, sums.len() - first) {
            project_steps::<S, 2>(simd, row, adjoints, (stride, max_delay), (first, adds), sums);
            first += 2 * S::f32s::LEN;
        } else {
            project_steps::<S, 1>(simd, row, adjoints, (stride, max_delay), (first, adds), sums);
            first += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn project_steps<S: Simd, const K: usize>(
    simd: S,
    row: &DelayedRow<'_>,
    adjoints: &[f32],
    (stride, max_delay): (usize, usize),
    (first, adds): (usize, bool),
    sums: &mut [f32],
) {
    let width = K * S::f32s::LEN;
    let to = &mut sums[first..first + width];
    let mut vectors = if adds { load::<S, K>(simd, to) } else { [S::f32s::splat(simd, 0.0); K] };
    for ((&weight, &delay), adjoints) in row.weights.iter().zip(row.delays).zip(adjoints.chunks_exact(stride)) {
        let weight = S::f32s::splat(simd, weight);
        let later = load::<S, K>(simd, &adjoints[first + max_delay.min(usize::from(delay))..][..width]);
        for k in 0..K {
            vectors[k] += weight * later[k];
        }
    }
    store::<S, K>(&vectors, to);
}
