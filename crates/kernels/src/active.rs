//! The activation parts of a layer's units at one step, and where a surrogate derivative with compact support is not 0: the only places
//! at which such a rule needs an error.

use fearless_simd::prelude::*;

use crate::lanes::{fit, load, store};
use crate::level::dispatch;
use crate::surrogate::{Exponential, Formula, Shape};
use crate::{Level, Surrogate, SurrogateTable};

impl Surrogate<'_> {
    /// Whether σ̂ is 0 from some distance on; a table must end above rest, as it may be as wide as one likes.
    #[must_use]
    pub fn is_compact(self, threshold: f32) -> bool {
        match self {
            Self::Triangle { .. } | Self::Rectangle { .. } => true,
            Self::Table(table) => table.rests(threshold),
            _ => false,
        }
    }
}

/// Sets `active[t]` to the lanes at which σ̂ is not 0, where `trace` is V before reset, `[step][lane]`; all lanes where σ̂ is nowhere 0.
pub fn mark_active(
    level: Level,
    surrogate: Surrogate<'_>,
    threshold: f32,
    trace: &[f32],
    lanes: usize,
    active: &mut [u64],
) {
    if let Surrogate::Table(table) = surrogate {
        return mark_by_table(table, threshold, trace, lanes, active);
    }
    dispatch!(level.0, simd => mark_vector(simd, surrogate, threshold, trace, lanes, active));
}

fn mark_by_table(table: &SurrogateTable, threshold: f32, trace: &[f32], lanes: usize, active: &mut [u64]) {
    for (bits, row) in active.iter_mut().zip(trace.chunks_exact(lanes)) {
        let is_active = |membrane: f32| u64::from(table.at(membrane - threshold) != 0.0);
        *bits = row.iter().enumerate().fold(0, |bits, (lane, &membrane)| bits | is_active(membrane) << lane);
    }
}

#[inline(always)]
fn mark_vector<S: Simd>(
    simd: S,
    surrogate: Surrogate<'_>,
    threshold: f32,
    trace: &[f32],
    lanes: usize,
    active: &mut [u64],
) {
    let splat = |value| S::f32s::splat(simd, value);
    for (bits, row) in active.iter_mut().zip(trace.chunks_exact(lanes)) {
        *bits = 0;
        for (number, vector) in row.chunks_exact(S::f32s::LEN).enumerate() {
            let distance = (S::f32s::from_slice(simd, vector) - splat(threshold)).abs();
            let is_active = match surrogate {
                Surrogate::Triangle { fall } => (splat(1.0) - distance * splat(fall)).simd_gt(splat(0.0)),
                Surrogate::Rectangle { half_width } => distance.simd_le(splat(half_width)),
                _ => distance.simd_ge(splat(0.0)),
            };
            *bits |= is_active.to_bitmask() << (number * S::f32s::LEN);
        }
    }
}

/// Fills `direct`, `[lane]`, with `σ̂(V) (a + b + c)` of one step; `errors` are a, b and c, and `membrane` is V before reset.
pub fn activation_parts(
    level: Level,
    surrogate: Surrogate<'_>,
    threshold: f32,
    membrane: &[f32],
    errors: [&[f32]; 3],
    direct: &mut [f32],
) {
    match surrogate {
        Surrogate::Exponential { sharpness } => {
            dispatch!(level.0, simd => parts_vector(simd, Exponential { sharpness }, threshold, membrane, errors, direct));
        }
        Surrogate::Table(table) => {
            for (lane, (direct, &membrane)) in direct.iter_mut().zip(membrane).enumerate() {
                let [a, b, c] = errors.map(|error| error[lane]);
                *direct = table.times(membrane - threshold, a + b + c);
            }
        }
        _ => {
            let shape = Formula(surrogate);
            dispatch!(level.0, simd => parts_vector(simd, shape, threshold, membrane, errors, direct));
        }
    }
}

#[inline(always)]
fn parts_vector<S: Simd>(
    simd: S,
    surrogate: impl Shape,
    threshold: f32,
    membrane: &[f32],
    errors: [&[f32]; 3],
    direct: &mut [f32],
) {
    let mut first = 0;
    while first < direct.len() {
        if fit::<S>(2, direct.len() - first) {
            parts_lanes::<S, 2>(simd, surrogate, threshold, membrane, errors, direct, first);
            first += 2 * S::f32s::LEN;
        } else {
            parts_lanes::<S, 1>(simd, surrogate, threshold, membrane, errors, direct, first);
            first += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn parts_lanes<S: Simd, const K: usize>(
    simd: S,
    surrogate: impl Shape,
    threshold: f32,
    membrane: &[f32],
    errors: [&[f32]; 3],
    direct: &mut [f32],
    first: usize,
) {
    let here = first..first + K * S::f32s::LEN;
    let mut distance = load::<S, K>(simd, &membrane[here.clone()]);
    for k in 0..K {
        distance[k] = (distance[k] - S::f32s::splat(simd, threshold)).abs();
    }
    let [mut error, b, c] = errors.map(|error| load::<S, K>(simd, &error[here.clone()]));
    for k in 0..K {
        error[k] = error[k] + b[k] + c[k];
    }
    store::<S, K>(&surrogate.times(simd, first, distance, error), &mut direct[here]);
}
