//! Backward sweep of a tile: from the gradients of its output spikes to the adjoints of its states (spec 5.1–5.4).
//!
//! ```text
//! G[t] = σ̂(V[t]) E[t] + λ_tim S[t] (−T̄[t] / V'[t])        σ̂: see `surrogate.rs`
//! p[t] = G[t] + αᵥ g[t] p[t+1]                            g[t] = 1 − S[t]; 1 for the SLAYER style
//! q[t] = p[t] + αᵢ g[t] q[t+1]                            in units of membraneGain
//! r[t] = g[t] q[t+1] − αᵢ q[t] − αᵥ p[t]                  R = membraneGain / 2 · r (spec 5.3)
//! V'[t] = max(slopeFloor, V[t] − (1 − S[t−1]) V[t−1])
//! ```
//!
//! `E` is dL/dS times `λ_act · scale`. Where the layer above has few direct gradients, its projections onto the lanes obey the same
//! recurrences as its adjoints and are carried along instead of a product for every step:
//!
//! ```text
//! P = Wᵀp, Q = Wᵀq:   P[t] = αᵥ P[t+1] + Σ_j W_j x_j[t],   Q[t] = P[t] + αᵢ Q[t+1] + Σ_j W_j y_j[t],   E[t] = Q[t]
//! x_j[t] = G_j[t] − αᵥ S_j[t] p_j[t+1],   y_j[t] = −αᵢ S_j[t] q_j[t+1]      (a closed gate takes its unit out)
//! ```
//!
//! Steps from `end` on have no gradient and are not visited. Options (`options.rs`) have instances of their own.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use crate::exp2::exp2_vector;
use crate::lif::{flush, load, store};
use crate::options::{AdjointOptions, Terms};
use crate::surrogate::Surrogate;
use crate::{FLOOR_EVERY, Level, LifConstants, TILE};

/// In [`AdjointOutput::rows`]: the step is not wanted.
pub const NO_ROW: u32 = u32::MAX;

/// What enters the projected adjoints at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Injection {
    /// Unit j of the layer above.
    pub unit: u32,
    /// x.
    pub membrane: f32,
    /// y.
    pub current: f32,
}

/// The activation part's E of a tile.
#[derive(Clone, Copy, Debug)]
pub enum SpikeError<'a> {
    /// There is no activation part.
    None,
    /// `[step][lane]`.
    Given(&'a [f32]),
    /// Carried along; x and y are already in units of E.
    Projected {
        /// `[upper unit][lane]`.
        weights: &'a [f32],
        /// Start of each step in `injections`, and the end of the last.
        offsets: &'a [u32],
        /// By step.
        injections: &'a [Injection],
    },
}

/// A tile, its trace and the gradients that reach its output.
#[derive(Clone, Copy, Debug)]
pub struct AdjointTile<'a> {
    /// Lanes of the tile.
    pub lanes: usize,
    /// Steps before which gradients arrive.
    pub end: usize,
    /// First step of this sweep; 0 where E is projected or a reset path has a lag.
    pub from: usize,
    /// Step before which this sweep starts; `end` likewise.
    pub to: usize,
    /// V before reset, `[step][lane]`.
    pub trace: &'a [f32],
    /// Bits of the lanes that fired, `[step]`.
    pub spikes: &'a [u64],
    /// E.
    pub error: SpikeError<'a>,
    /// T̄ of each spike of the steps swept, in order of `(step, lane)`; empty: there is no timing part.
    pub timing: &'a [f32],
    /// λ_tim.
    pub timing_weight: f32,
    /// Whether resets stop the gradient.
    pub is_gated: bool,
    /// σ̂.
    pub surrogate: Surrogate,
    /// Least V'.
    pub slope_floor: f32,
    /// The neuron.
    pub constants: LifConstants,
    /// Further terms.
    pub options: Option<AdjointOptions<'a>>,
}

/// Where the adjoints go. Empty slices are not wanted.
#[derive(Debug)]
pub struct AdjointOutput<'a> {
    /// Row of `q_rows` for each step, or [`NO_ROW`].
    pub rows: &'a [u32],
    /// q at the wanted steps, `[row][lane]`.
    pub q_rows: &'a mut [f32],
    /// q at every step before `end`, `[step · stride + offset + lane]`.
    pub q: &'a mut [f32],
    /// r likewise.
    pub r: &'a mut [f32],
    /// p likewise.
    pub p: &'a mut [f32],
    /// G likewise.
    pub direct: &'a mut [f32],
    /// Distance between two steps of `q`, `r`, `p`, `direct`.
    pub stride: usize,
    /// First lane of the tile in them.
    pub offset: usize,
    /// Σ_t p, `[lane]`; added to what is there.
    pub bias: &'a mut [f32],
    /// p and q of step `to`, `[lane]` each, which those of step `from` replace; empty: 0, and not wanted.
    pub carried: [&'a mut [f32]; 2],
}

/// Sweeps one tile from step `to` down to step `from`.
///
/// The default σ̂, the others and options are compiled apart, so that none slows another down.
pub fn adjoint_tile(level: Level, tile: &AdjointTile<'_>, output: &mut AdjointOutput<'_>) {
    match (tile.options, tile.surrogate) {
        (Some(options), _) => with_options(level, tile, options, output),
        (None, Surrogate::Exponential { sharpness }) => exponential(level, tile, sharpness, output),
        (None, _) => of_any_shape(level, tile, output),
    }
}

fn exponential(level: Level, tile: &AdjointTile<'_>, sharpness: f32, output: &mut AdjointOutput<'_>) {
    dispatch!(level.0, simd => {
        plain_vector(
            simd,
            tile,
            output,
            #[inline(always)]
            |distance, error| exp2_vector(simd, distance * -sharpness) * error,
        );
    });
}

fn of_any_shape(level: Level, tile: &AdjointTile<'_>, output: &mut AdjointOutput<'_>) {
    dispatch!(level.0, simd => plain_vector(
        simd,
        tile,
        output,
        #[inline(always)]
        |distance, error| tile.surrogate.times_vector(simd, distance, error),
    ));
}

fn with_options(level: Level, tile: &AdjointTile<'_>, options: AdjointOptions<'_>, output: &mut AdjointOutput<'_>) {
    dispatch!(level.0, simd => options_vector(simd, tile, options, output));
}

#[inline(always)]
fn plain_vector<S: Simd>(
    simd: S,
    tile: &AdjointTile<'_>,
    output: &mut AdjointOutput<'_>,
    surrogate: impl Fn(S::f32s, S::f32s) -> S::f32s + Copy,
) {
    let mut lane = 0;
    while lane < tile.lanes {
        if (tile.lanes - lane) / S::f32s::LEN >= 2 {
            adjoint_lanes::<S, 2, false>(simd, tile, output, lane, None, surrogate);
            lane += 2 * S::f32s::LEN;
        } else {
            adjoint_lanes::<S, 1, false>(simd, tile, output, lane, None, surrogate);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn options_vector<S: Simd>(
    simd: S,
    tile: &AdjointTile<'_>,
    options: AdjointOptions<'_>,
    output: &mut AdjointOutput<'_>,
) {
    for lane in (0..tile.lanes).step_by(S::f32s::LEN) {
        let terms = Some(Terms::new(simd, tile, options, lane));
        adjoint_lanes::<S, 1, true>(
            simd,
            tile,
            output,
            lane,
            terms,
            #[inline(always)]
            |distance, error| tile.surrogate.times_vector(simd, distance, error),
        );
    }
}

/// One instance for each source of E, so that the loop over time does not branch on it.
#[inline(always)]
fn adjoint_lanes<'a, S: Simd, const K: usize, const HAS_TERMS: bool>(
    simd: S,
    tile: &AdjointTile<'_>,
    output: &mut AdjointOutput<'_>,
    first: usize,
    terms: Option<Terms<'a, S, K>>,
    surrogate: impl Fn(S::f32s, S::f32s) -> S::f32s,
) {
    let width = K * S::f32s::LEN;
    match tile.error {
        SpikeError::None => {
            adjoint_group::<S, K, HAS_TERMS>(simd, tile, output, first, terms, surrogate, |_| None);
        }
        SpikeError::Given(error) => adjoint_group::<S, K, HAS_TERMS>(
            simd,
            tile,
            output,
            first,
            terms,
            surrogate,
            #[inline(always)]
            |t| Some(load::<S, K>(simd, &error[t * tile.lanes + first..][..width])),
        ),
        SpikeError::Projected { weights, offsets, injections } => {
            let zero = S::f32s::splat(simd, 0.0);
            let (mut p, mut q) = ([zero; K], [zero; K]);
            adjoint_group::<S, K, HAS_TERMS>(
                simd,
                tile,
                output,
                first,
                terms,
                surrogate,
                #[inline(always)]
                |t| {
                    let here = &injections[offsets[t] as usize..offsets[t + 1] as usize];
                    for k in 0..K {
                        p[k] *= tile.constants.membrane_decay;
                        q[k] *= tile.constants.current_decay;
                    }
                    for injection in here {
                        let row = load::<S, K>(simd, &weights[injection.unit as usize * tile.lanes + first..][..width]);
                        for k in 0..K {
                            p[k] += row[k] * injection.membrane;
                            q[k] += row[k] * injection.current;
                        }
                    }
                    for k in 0..K {
                        q[k] += p[k];
                    }
                    if t % FLOOR_EVERY == 0 {
                        flush::<S, K>(simd, &mut p);
                        flush::<S, K>(simd, &mut q);
                    }
                    Some(q)
                },
            );
        }
    }
}

/// `terms` are there where `HAS_TERMS`.
#[inline(always)]
fn adjoint_group<'a, S: Simd, const K: usize, const HAS_TERMS: bool>(
    simd: S,
    tile: &AdjointTile<'_>,
    output: &mut AdjointOutput<'_>,
    first: usize,
    mut terms: Option<Terms<'a, S, K>>,
    surrogate: impl Fn(S::f32s, S::f32s) -> S::f32s,
    mut error: impl FnMut(usize) -> Option<[S::f32s; K]>,
) {
    let width = K * S::f32s::LEN;
    let lanes = tile.lanes;
    let zero = S::f32s::splat(simd, 0.0);
    let current_decay = S::f32s::splat(simd, tile.constants.current_decay);
    let membrane_decay = S::f32s::splat(simd, tile.constants.membrane_decay);
    let threshold = S::f32s::splat(simd, tile.constants.threshold);
    let group_bits = if width == 64 { u64::MAX } else { ((1u64 << width) - 1) << first };
    let mut timing_end = tile.timing.len();
    let [mut p, mut q] = [zero; 2].map(|vector| [vector; K]);
    let is_carried = !output.carried[0].is_empty();
    if is_carried {
        p = load::<S, K>(simd, &output.carried[0][first..first + width]);
        q = load::<S, K>(simd, &output.carried[1][first..first + width]);
    }
    let mut bias = load::<S, K>(simd, &output.bias[first..first + width]);

    for t in (tile.from..tile.to).rev() {
        let fired = tile.spikes[t];
        let mut direct = [zero; K];
        let mut error = error(t);
        if HAS_TERMS && let Some(terms) = &mut terms {
            terms.enter(t);
            error = terms.spike_error(t, (p, q), error);
        }
        if let Some(error) = error {
            let trace = load::<S, K>(simd, &tile.trace[t * lanes + first..][..width]);
            for k in 0..K {
                direct[k] = surrogate((trace[k] - threshold).abs(), error[k]);
            }
        }
        if fired != 0 {
            if fired & group_bits != 0 {
                if !tile.timing.is_empty() {
                    let first_spike = timing_end - fired.count_ones() as usize;
                    let wanted = fired & group_bits;
                    let spread = match &terms {
                        Some(terms) if HAS_TERMS => {
                            let slopes = terms.reset_slope(t, (p, q));
                            timing_part(tile, t, fired, wanted, first, first_spike, |lane| slopes[lane - first])
                        }
                        _ => timing_part(tile, t, fired, wanted, first, first_spike, |_| 0.0),
                    };
                    for k in 0..K {
                        let range = k * S::f32s::LEN..(k + 1) * S::f32s::LEN;
                        let with = direct[k] + S::f32s::from_slice(simd, &spread[range]);
                        // A term may be −0, and adding 0 would drop its sign in lanes that did not fire.
                        direct[k] = if HAS_TERMS {
                            let bits = fired >> (first + k * S::f32s::LEN);
                            S::mask32s::from_bitmask(simd, bits).select(with, direct[k])
                        } else {
                            with
                        };
                    }
                }
                if tile.is_gated {
                    for k in 0..K {
                        let bits = fired >> (first + k * S::f32s::LEN);
                        let mask = S::mask32s::from_bitmask(simd, bits);
                        p[k] = mask.select(zero, p[k]);
                        q[k] = mask.select(zero, q[k]);
                    }
                }
            }
            if !tile.timing.is_empty() {
                timing_end -= fired.count_ones() as usize;
            }
        }
        let carried = q;
        if HAS_TERMS && let Some(terms) = &mut terms {
            terms.block(&mut direct);
            terms.block(&mut p);
            terms.keep(t, &direct);
        }
        for k in 0..K {
            p[k] = direct[k] + p[k] * membrane_decay;
            q[k] = p[k] + q[k] * current_decay;
            bias[k] += p[k];
        }
        let row = output.rows[t];
        if row != NO_ROW {
            let at = row as usize * lanes + first;
            store::<S, K>(&q, &mut output.q_rows[at..at + width]);
        }
        let at = t * output.stride + output.offset + first;
        if !output.q.is_empty() {
            store::<S, K>(&q, &mut output.q[at..at + width]);
        }
        if !output.r.is_empty() {
            let mut r = [zero; K];
            for k in 0..K {
                r[k] = (carried[k] - q[k] * current_decay) - p[k] * membrane_decay;
            }
            store::<S, K>(&r, &mut output.r[at..at + width]);
        }
        if !output.p.is_empty() {
            store::<S, K>(&p, &mut output.p[at..at + width]);
        }
        if !output.direct.is_empty() {
            store::<S, K>(&direct, &mut output.direct[at..at + width]);
        }
        if t % FLOOR_EVERY == 0 {
            flush::<S, K>(simd, &mut p);
            flush::<S, K>(simd, &mut q);
        }
    }
    store::<S, K>(&bias, &mut output.bias[first..first + width]);
    if is_carried {
        store::<S, K>(&p, &mut output.carried[0][first..first + width]);
        store::<S, K>(&q, &mut output.carried[1][first..first + width]);
    }
}

/// `λ_tim (−(T̄ − resetSlope) / V')` of the spikes `wanted` of step `t`, spread over the lanes from `first` on.
#[inline(never)]
pub(crate) fn timing_part(
    tile: &AdjointTile<'_>,
    t: usize,
    fired: u64,
    wanted: u64,
    first: usize,
    first_spike: usize,
    reset_slope: impl Fn(usize) -> f32,
) -> [f32; TILE] {
    let mut spread = [0.0; TILE];
    let before = if t == 0 { 0 } else { tile.spikes[t - 1] };
    let mut rest = wanted;
    while rest != 0 {
        let lane = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        let spike = first_spike + (fired & ((1u64 << lane) - 1)).count_ones() as usize;
        let slope = slope(tile, t, lane, before);
        let timing = tile.timing[spike] - reset_slope(lane);
        spread[lane - first] = tile.timing_weight * (-timing / slope);
    }
    spread
}

/// V'[t] of one lane; `before` are the spikes of step `t − 1`.
fn slope(tile: &AdjointTile<'_>, t: usize, lane: usize, before: u64) -> f32 {
    let membrane = tile.trace[t * tile.lanes + lane];
    let last = if t == 0 || before >> lane & 1 == 1 { 0.0 } else { tile.trace[(t - 1) * tile.lanes + lane] };
    let slope = membrane - last;
    if slope > tile.slope_floor { slope } else { tile.slope_floor }
}
