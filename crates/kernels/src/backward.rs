//! Backward pass of a tile: from the gradients of its output spikes to the adjoints of its states (spec 5.1–5.4). The recurrences are
//! the neuron's (`neuron/`); here is the loop over time, and what enters it.
//!
//! ```text
//! G[t] = σ̂(V[t]) E[t] + λ_tim S[t] (−T̄[t] / V'[t])        σ̂: see `surrogate.rs`
//! V'[t] = max(slopeFloor, V[t] − (1 − S[t−1]) V[t−1])
//! ```
//!
//! `E` is dL/dS times `λ_act · scale`. Where the next layer has few direct gradients, its projections onto the lanes obey the same
//! recurrences as its adjoints and are carried along instead of a product for every step (`backward/error.rs`).
//!
//! Steps from `end` on have no gradient and are not visited. Further terms (`backward/terms.rs`) have instances of their own.

mod error;
mod steps;
mod terms;
mod timing;

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use self::error::{Carried, Given, NoError};
use self::steps::{Pass, PlainPass, run_back};
use self::terms::TermsPass;
pub use self::terms::{BackwardTerms, ObservedBackward, ResetPath};
use self::timing::list_pushes;
pub(crate) use self::timing::timing_part;
use crate::surrogate::{Exponential, Shape, Surrogate};
use crate::{Level, LifConstants};

/// In [`BackwardOutput::rows`]: the step is not wanted.
pub const NO_ROW: u32 = u32::MAX;

/// What enters the projected adjoints at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Injection {
    /// Unit j of the next layer.
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
    /// Carried along.
    Projected(ProjectedError<'a>),
}

/// What leads to E of a layer whose next one has few direct gradients.
#[derive(Clone, Copy, Debug)]
pub struct ProjectedError<'a> {
    /// `[unit of the next layer][lane]`.
    pub weights: &'a [f32],
    /// Start of each step in `injections`, and the end of the last.
    pub offsets: &'a [u32],
    /// By step; x and y are already in units of E.
    pub injections: &'a [Injection],
    /// αᵥ of the next layer.
    pub membrane_decay: f32,
    /// αᵢ of the next layer.
    pub current_decay: f32,
}

/// A tile, its trace and the gradients that reach its output.
#[derive(Clone, Copy, Debug)]
pub struct BackwardTile<'a> {
    /// Lanes of the tile.
    pub lanes: usize,
    /// Steps before which gradients arrive.
    pub end: usize,
    /// First step of this pass; 0 where E is projected or a reset path has a lag.
    pub from: usize,
    /// Step before which this pass starts; `end` likewise.
    pub to: usize,
    /// V before reset, `[step][lane]`.
    pub trace: &'a [f32],
    /// Bits of the lanes that fired, `[step]`.
    pub spikes: &'a [u64],
    /// E.
    pub error: SpikeError<'a>,
    /// T̄ of each spike of the steps passed, in order of `(step, lane)`; empty: there is no timing part.
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
    pub terms: Option<BackwardTerms<'a>>,
}

/// Where the adjoints go. Empty slices are not wanted.
#[derive(Debug)]
pub struct BackwardOutput<'a> {
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
    /// For those who look; the tile then has `terms`.
    pub observed: Option<ObservedBackward<'a>>,
}

/// Takes one tile from step `to` down to step `from`.
///
/// The default σ̂, the others and further terms are compiled apart, so that none slows another down.
pub fn backward_tile(level: Level, tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>) {
    match (tile.terms, tile.surrogate) {
        (Some(terms), _) => with_terms(level, tile, terms, output),
        (None, Surrogate::Exponential { sharpness }) => exponential(level, tile, sharpness, output),
        (None, _) => of_any_shape(level, tile, output),
    }
}

fn exponential(level: Level, tile: &BackwardTile<'_>, sharpness: f32, output: &mut BackwardOutput<'_>) {
    dispatch!(level.0, simd => plain_vector(simd, tile, output, Exponential { sharpness }));
}

fn of_any_shape(level: Level, tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>) {
    dispatch!(level.0, simd => plain_vector(simd, tile, output, tile.surrogate));
}

fn with_terms(level: Level, tile: &BackwardTile<'_>, terms: BackwardTerms<'_>, output: &mut BackwardOutput<'_>) {
    dispatch!(level.0, simd => terms_vector(simd, tile, terms, output));
}

#[inline(always)]
fn plain_vector<S: Simd>(simd: S, tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>, surrogate: impl Shape) {
    list_pushes(tile, output.pushes);
    let mut lane = 0;
    while lane < tile.lanes {
        if (tile.lanes - lane) / S::f32s::LEN >= 2 {
            backward_lanes::<S, 2>(simd, tile, output, lane, PlainPass, surrogate);
            lane += 2 * S::f32s::LEN;
        } else {
            backward_lanes::<S, 1>(simd, tile, output, lane, PlainPass, surrogate);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn terms_vector<S: Simd>(simd: S, tile: &BackwardTile<'_>, terms: BackwardTerms<'_>, output: &mut BackwardOutput<'_>) {
    for lane in (0..tile.lanes).step_by(S::f32s::LEN) {
        backward_lanes::<S, 1>(simd, tile, output, lane, TermsPass::new(simd, tile, terms, lane), tile.surrogate);
    }
}

/// One instance for each source of E, so that the loop over time does not branch on it.
#[inline(always)]
fn backward_lanes<S: Simd, const K: usize>(
    simd: S,
    tile: &BackwardTile<'_>,
    output: &mut BackwardOutput<'_>,
    first: usize,
    pass: impl Pass<S, K>,
    surrogate: impl Shape,
) {
    match tile.error {
        SpikeError::None => run_back::<S, K>(simd, tile, output, first, pass, surrogate, NoError),
        SpikeError::Given(error) => {
            run_back::<S, K>(simd, tile, output, first, pass, surrogate, Given { error, lanes: tile.lanes, first });
        }
        SpikeError::Projected(error) => {
            let carried = Carried::<S, K>::new(simd, error, tile.lanes, first, tile.to);
            run_back::<S, K>(simd, tile, output, first, pass, surrogate, carried);
        }
    }
}
