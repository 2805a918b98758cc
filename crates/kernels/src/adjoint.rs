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

mod descent;
mod timing;

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use self::descent::descend;
use self::timing::list_pushes;
pub(crate) use self::timing::timing_part;
use crate::lif::{flush, load};
use crate::options::{AdjointOptions, Terms};
use crate::surrogate::{Exponential, Shape, Surrogate};
use crate::{FLOOR_EVERY, Level, LifConstants};

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
    /// Working memory: `λ_tim (−T̄ / V')` of each spike.
    pub pushes: &'a mut Vec<f32>,
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
    dispatch!(level.0, simd => plain_vector(simd, tile, output, Exponential { sharpness }));
}

fn of_any_shape(level: Level, tile: &AdjointTile<'_>, output: &mut AdjointOutput<'_>) {
    dispatch!(level.0, simd => plain_vector(simd, tile, output, tile.surrogate));
}

fn with_options(level: Level, tile: &AdjointTile<'_>, options: AdjointOptions<'_>, output: &mut AdjointOutput<'_>) {
    dispatch!(level.0, simd => options_vector(simd, tile, options, output));
}

#[inline(always)]
fn plain_vector<S: Simd>(simd: S, tile: &AdjointTile<'_>, output: &mut AdjointOutput<'_>, surrogate: impl Shape) {
    list_pushes(tile, output.pushes);
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
        adjoint_lanes::<S, 1, true>(simd, tile, output, lane, terms, tile.surrogate);
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
    surrogate: impl Shape,
) {
    let width = K * S::f32s::LEN;
    match tile.error {
        SpikeError::None => {
            descend::<S, K, HAS_TERMS>(simd, tile, output, first, terms, surrogate, |_| None);
        }
        SpikeError::Given(error) => descend::<S, K, HAS_TERMS>(
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
            let mut upper = offsets[tile.to] as usize;
            descend::<S, K, HAS_TERMS>(
                simd,
                tile,
                output,
                first,
                terms,
                surrogate,
                #[inline(always)]
                |t| {
                    for k in 0..K {
                        p[k] *= tile.constants.membrane_decay;
                        q[k] *= tile.constants.current_decay;
                    }
                    let lower = offsets[t] as usize;
                    if lower != upper {
                        for injection in &injections[lower..upper] {
                            let row =
                                load::<S, K>(simd, &weights[injection.unit as usize * tile.lanes + first..][..width]);
                            for k in 0..K {
                                p[k] += row[k] * injection.membrane;
                                q[k] += row[k] * injection.current;
                            }
                        }
                        upper = lower;
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
