//! Errors of a layer below, carried along from what the layer above injects, where places share the weights between (spec 5.2):
//!
//! ```text
//! P[t] = αᵥ P[t+1] + Σ_j W_j x_j[t],   Q[t] = P[t] + αᵢ Q[t+1] + Σ_j W_j y_j[t],   E[t] = Q[t]
//! ```
//!
//! as [`crate::carry_error`], but all tiles below go back together, step by step: a site of the layer above injects into several of them.
//! What uses the same few rows of weights lands together, while these are in a level-1 cache.

use fearless_simd::prelude::*;

use crate::backward::Injection;
use crate::lanes::{fit, flush, load, store};
use crate::level::dispatch;
use crate::neuron::Lif;
use crate::{FLOOR_EVERY, Level, LifConstants};

/// Injections of all sites.
#[derive(Clone, Copy, Debug)]
pub struct SiteInjections<'a> {
    /// Site by site, step by step, in order of their units.
    pub entries: &'a [Injection],
    /// End of each site and step in `entries`.
    pub ends: &'a [u32],
    /// Steps of a site.
    pub steps: usize,
}

impl<'a> SiteInjections<'a> {
    /// Injections of a site at a step.
    #[inline(always)]
    #[must_use]
    pub fn of(&self, site: usize, t: usize) -> &'a [Injection] {
        let place = site * self.steps + t;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.entries[start as usize..self.ends[place] as usize]
    }
}

/// What some units of a site do to one tile below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The site.
    pub site: u32,
    /// First lane of the tile among those of all.
    pub at: u32,
    /// The first of the units.
    pub from: u32,
    /// The one after the last.
    pub to: u32,
    /// Row of the weights of the first; those of the others follow.
    pub row: u32,
}

/// Adds what sites inject at step `t` to `p` and `q`, `[lane]` of all tiles below; `weights` are `[row][lane]`.
pub fn land(
    level: Level,
    (weights, lanes): (&[f32], usize),
    landings: &[Landing],
    (injections, t): (SiteInjections<'_>, usize),
    p: &mut [f32],
    q: &mut [f32],
) {
    dispatch!(level.0, simd => land_vector(simd, (weights, lanes), landings, (injections, t), p, q));
}

#[inline(always)]
fn land_vector<S: Simd>(
    simd: S,
    (weights, lanes): (&[f32], usize),
    landings: &[Landing],
    (injections, t): (SiteInjections<'_>, usize),
    p: &mut [f32],
    q: &mut [f32],
) {
    for landing in landings {
        let injections = between(injections.of(landing.site as usize, t), landing);
        if injections.is_empty() {
            continue;
        }
        let tile = landing.at as usize..landing.at as usize + lanes;
        let (p, q) = (&mut p[tile.clone()], &mut q[tile]);
        let mut first = 0;
        while first < lanes {
            if fit::<S>(4, lanes - first) {
                land_lanes::<S, 4>(simd, (weights, lanes), landing, injections, p, q, first);
                first += 4 * S::f32s::LEN;
            } else {
                land_lanes::<S, 1>(simd, (weights, lanes), landing, injections, p, q, first);
                first += S::f32s::LEN;
            }
        }
    }
}

/// Injections of the units that land.
#[inline(always)]
fn between<'a>(injections: &'a [Injection], landing: &Landing) -> &'a [Injection] {
    let ([first, ..], [.., last]) = (injections, injections) else { return &[] };
    // Mostly all of a site do, for which nothing need be searched.
    if landing.from <= first.unit && last.unit < landing.to {
        return injections;
    }
    let start = injections.partition_point(|injection| injection.unit < landing.from);
    let injections = &injections[start..];
    &injections[..injections.partition_point(|injection| injection.unit < landing.to)]
}

#[inline(always)]
fn land_lanes<S: Simd, const K: usize>(
    simd: S,
    (weights, lanes): (&[f32], usize),
    landing: &Landing,
    injections: &[Injection],
    p: &mut [f32],
    q: &mut [f32],
    first: usize,
) {
    let here = first..first + K * S::f32s::LEN;
    let row_of = |injection: &Injection| {
        let row = (landing.row + injection.unit - landing.from) as usize * lanes;
        load::<S, K>(simd, &weights[row + first..][..K * S::f32s::LEN])
    };
    let mut sums = load::<S, K>(simd, &p[here.clone()]);
    let mut has_currents = false;
    for injection in injections {
        let row = row_of(injection);
        for k in 0..K {
            sums[k] += row[k] * injection.membrane;
        }
        has_currents |= injection.current != 0.0;
    }
    store::<S, K>(&sums, &mut p[here.clone()]);
    if !has_currents {
        return;
    }
    let mut sums = load::<S, K>(simd, &q[here.clone()]);
    for injection in injections.iter().filter(|injection| injection.current != 0.0) {
        let row = row_of(injection);
        for k in 0..K {
            sums[k] += row[k] * injection.current;
        }
    }
    store::<S, K>(&sums, &mut q[here]);
}

/// Ends step `t`, whose injections have landed: fills `error`, `[lane]`, and lets `p` and `q` decay towards the step before, by the
/// `constants` of the layer above.
pub fn fall(level: Level, constants: &LifConstants, t: usize, p: &mut [f32], q: &mut [f32], error: &mut [f32]) {
    dispatch!(level.0, simd => fall_vector(simd, constants, t, p, q, error));
}

#[inline(always)]
fn fall_vector<S: Simd>(simd: S, constants: &LifConstants, t: usize, p: &mut [f32], q: &mut [f32], error: &mut [f32]) {
    let neuron = Lif::new(simd, constants);
    let width = S::f32s::LEN;
    for ((p, q), error) in p.chunks_exact_mut(width).zip(q.chunks_exact_mut(width)).zip(error.chunks_exact_mut(width)) {
        let mut sums = [S::f32s::from_slice(simd, p), S::f32s::from_slice(simd, q)];
        sums[1] += sums[0];
        if t.is_multiple_of(FLOOR_EVERY) {
            flush::<S, 2>(simd, &mut sums);
        }
        sums[1].store_slice(error);
        (sums[0] * neuron.membrane_decay).store_slice(p);
        (sums[1] * neuron.current_decay).store_slice(q);
    }
}
