//! The timing part: what a spike's time gives its membrane.

use fearless_simd::prelude::*;

use super::terms::BackwardTerms;
use super::tile::BackwardTile;
use crate::lanes::{load, store};
use crate::{LifConstants, Reset, TILE};

/// `λ_tim (−T̄ / V')` of each spike of the steps of the backward pass, in order of `(step, lane)`.
pub(super) fn list_timing_terms(tile: &BackwardTile<'_>, timing_terms: &mut Vec<f32>) {
    timing_terms.clear();
    if tile.timing.is_empty() {
        return;
    }
    let mut before = tile.from.checked_sub(1).map_or(0, |before| tile.spikes[before]);
    for (t, &fired) in tile.spikes[..tile.to].iter().enumerate().skip(tile.from) {
        let mut rest = fired;
        while rest != 0 {
            let lane = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            timing_terms.push(timing_term(tile, tile.timing[timing_terms.len()], t, lane, before));
        }
        before = fired;
    }
}

/// Spreads the timing terms of one step, which are in order of the lanes that `fired`, over the lanes from
/// `first` on; 0 in lanes that are not among `fired_here`.
#[inline(always)]
pub(super) fn spread_timing_terms<S: Simd, const K: usize>(
    simd: S,
    fired: u64,
    fired_here: u64,
    first: usize,
    timing_terms: &[f32],
) -> [S::f32s; K] {
    let mut spread = [S::f32s::splat(simd, 0.0); K];
    let mut rest = fired_here;
    while rest != 0 {
        let bit = rest & rest.wrapping_neg();
        rest ^= bit;
        let term = S::f32s::splat(simd, timing_terms[(fired & (bit - 1)).count_ones() as usize]);
        for k in 0..K {
            let is_here = S::mask32s::from_bitmask(simd, bit >> (first + k * S::f32s::LEN));
            spread[k] = is_here.select(term, spread[k]);
        }
    }
    spread
}

/// `λ_tim (−(T̄ − resetSlope) / V')` of the spikes `fired_here` of step `t`, spread over the lanes from `first` on.
#[inline(never)]
fn timing_part(
    tile: &BackwardTile<'_>,
    t: usize,
    fired: u64,
    fired_here: u64,
    first: usize,
    first_spike: usize,
    reset_slope: impl Fn(usize) -> f32,
) -> [f32; TILE] {
    let mut spread = [0.0; TILE];
    let before = if t == 0 { 0 } else { tile.spikes[t - 1] };
    let mut rest = fired_here;
    while rest != 0 {
        let lane = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        let spike = first_spike + (fired & ((1u64 << lane) - 1)).count_ones() as usize;
        spread[lane - first] = timing_term(tile, tile.timing[spike] - reset_slope(lane), t, lane, before);
    }
    spread
}

/// [`timing_part`] of `K` vectors, with what the reset path takes from T̄ of each lane.
#[inline(always)]
pub(super) fn timing_vectors<S: Simd, const K: usize>(
    simd: S,
    tile: &BackwardTile<'_>,
    (t, fired_here): (usize, u64),
    first: usize,
    first_spike: usize,
    reset_slope: &[S::f32s; K],
) -> [S::f32s; K] {
    let width = K * S::f32s::LEN;
    let mut slopes = [0.0; TILE];
    store::<S, K>(reset_slope, &mut slopes[..width]);
    let part = timing_part(tile, t, tile.spikes[t], fired_here, first, first_spike, |lane| slopes[lane - first]);
    load::<S, K>(simd, &part[..width])
}

/// `λ_tim (−(T̄ − m r) / V')` of the spike of a lane without constants of its own at step `t`, where `next` are p and q of step `t + 1`; r
/// is the term of the timing path, see `terms_pass.rs`.
#[must_use]
pub fn timing_of_spike(tile: &BackwardTile<'_>, t: usize, lane: usize, timing: f32, next: [f32; 2]) -> f32 {
    let reset_slope = reset_slope(tile, &tile.terms, t, lane, next);
    timing_term(tile, timing - reset_slope, t, lane, if t == 0 { 0 } else { tile.spikes[t - 1] })
}

/// m r of one lane, for a path without a lag.
fn reset_slope(tile: &BackwardTile<'_>, terms: &BackwardTerms<'_>, t: usize, lane: usize, [p, q]: [f32; 2]) -> f32 {
    let LifConstants { membrane_decay, current_decay, threshold, reset, .. } = tile.constants;
    let membrane = |t: usize| tile.trace[t * tile.lanes + lane];
    let has_path = reset != Reset::None && t + 1 < tile.end;
    if !has_path || !terms.timing_path.carries((membrane(t) - threshold).abs()) {
        return 0.0;
    }
    let bias = terms.bias[lane];
    let has_fired = |t: usize| tile.spikes[t] >> lane & 1 == 1;
    let current = |t: usize| {
        let carried = t.checked_sub(1).map_or(0.0, |before| match has_fired(before) {
            true => tile.constants.carried(membrane(before), threshold),
            false => membrane(before),
        });
        (membrane(t) - carried * membrane_decay) - bias
    };
    let drive = |t: usize| {
        let before = t.checked_sub(1).filter(|&before| !has_fired(before)).map_or(0.0, current);
        current(t) - before * current_decay
    };
    let moved = match reset {
        Reset::All => {
            let from_bias = bias * p;
            (drive(t + 1) * q + drive(t) * (p * membrane_decay + q * current_decay))
                + (from_bias + from_bias * membrane_decay)
        }
        Reset::Membrane => p * ((current(t + 1) + bias) + (current(t) + bias) * membrane_decay),
        Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => {
            p * ((1.0 - membrane_decay * membrane_decay) * (threshold * reset.drop(membrane_decay)))
        }
    };
    moved * 0.5
}

/// `λ_tim (−T̄ / V')` of one spike, with its `timing` T̄.
fn timing_term(tile: &BackwardTile<'_>, timing: f32, t: usize, lane: usize, before: u64) -> f32 {
    tile.timing_weight * (-timing / slope(tile, t, lane, before))
}

/// V'[t] of one lane; `before` are the spikes of step `t − 1`.
fn slope(tile: &BackwardTile<'_>, t: usize, lane: usize, before: u64) -> f32 {
    let membrane = tile.trace[t * tile.lanes + lane];
    let slope = match t.checked_sub(1) {
        None => membrane,
        Some(last) => {
            let carried = match tile.trace[last * tile.lanes + lane] {
                reached if before >> lane & 1 == 1 => {
                    tile.constants.reset.carried(reached, tile.threshold(last, lane), tile.membrane_decay(lane))
                }
                carried => carried,
            };
            (membrane - carried) + tile.threshold_fall(last, lane)
        }
    };
    if slope > tile.slope_floor { slope } else { tile.slope_floor }
}
