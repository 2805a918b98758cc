//! Backward pass of a tile: from the gradients of its output spikes to the adjoints of its states (spec 5.1–5.4). The recurrences are
//! the neuron's (`neuron/`); here is the loop over time, and what enters it.
//!
//! ```text
//! G[t] = σ̂(V[t]) E[t] + λ_tim S[t] (−T̄[t] / V'[t])        σ̂: see `surrogate.rs`
//! V'[t] = max(slopeFloor, V[t] − c[t−1])                 c: what was carried of V[t−1], see `reset.rs`
//! ```
//!
//! `E` is dL/dS times `λ_act · scale`. Where the next layer has few direct gradients, its projections onto the lanes obey the same
//! recurrences as its adjoints and are carried along instead of a product for every step (`backward/error.rs`).
//!
//! Steps from `end` on have no gradient and are not visited. Constants by lane (`backward/lanes_pass.rs`) and further terms
//! (`backward/terms_pass.rs`) have instances of their own.

mod adaptation;
mod constants;
mod error;
mod lanes_pass;
mod steps;
mod sweep;
mod terms;
mod terms_pass;
mod tile;
mod timing;

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

pub use self::constants::ConstantSums;
use self::error::{Given, NoError, TileError};
pub use self::error::{carry_error, spread_error, steady_course};
use self::lanes_pass::LanesPass;
use self::steps::{PlainPass, run_back};
pub use self::sweep::{LayerAdjoints, Sweep, sweep_back};
pub use self::terms::{BackwardTerms, ObservedBackward, ResetPath};
use self::terms_pass::TermsPass;
pub use self::tile::{BackwardOutput, BackwardTile, Injection, NO_ROW, ProjectedError, SpikeError, SteadyError};
use self::timing::list_timing_terms;
pub use self::timing::timing_of_spike;
use crate::lanes::fit;
use crate::surrogate::{Exponential, Shape, Surrogate};
use crate::{LaneConstants, Level};

/// Whether every shape and source of E has an instance; in WebAssembly, which is to stay small, E is computed ahead where it has none.
const HAS_EVERY_INSTANCE: bool = cfg!(not(target_arch = "wasm32"));

/// Takes one tile from step `to` down to step `from`.
///
/// The default σ̂, the others and further terms are compiled apart, so that none slows another down.
pub fn backward_tile(level: Level, tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>) {
    match (tile.terms, tile.error, tile.surrogate) {
        (Some(terms), _, _) => with_terms(level, tile, terms, output),
        // σ̂ is not asked for.
        (None, None, _) => dispatch!(level.0, simd => plain_vector(simd, tile, output, Surrogate::Given, NoError)),
        (None, Some(error), Surrogate::Exponential { sharpness }) => exponential(level, tile, error, sharpness, output),
        (None, Some(error), _) => of_any_shape(level, tile, error, output),
    }
}

fn exponential(
    level: Level,
    tile: &BackwardTile<'_>,
    error: SpikeError<'_>,
    sharpness: f32,
    output: &mut BackwardOutput<'_>,
) {
    let surrogate = Exponential { sharpness };
    let mut rows = Vec::new();
    let given = match error {
        SpikeError::Projected(error) => {
            return dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, error));
        }
        SpikeError::Steady(error) if HAS_EVERY_INSTANCE => {
            return dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, error));
        }
        SpikeError::Steady(error) => spread(level, &error, tile, &mut rows),
        SpikeError::Given(error) => error,
    };
    dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, given));
}

fn of_any_shape(level: Level, tile: &BackwardTile<'_>, error: SpikeError<'_>, output: &mut BackwardOutput<'_>) {
    let surrogate = tile.surrogate;
    let mut rows = Vec::new();
    let given = match error {
        SpikeError::Projected(error) if HAS_EVERY_INSTANCE => {
            return dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, error));
        }
        SpikeError::Projected(error) => carried(level, &error, tile, &mut rows),
        SpikeError::Given(error) => error,
        SpikeError::Steady(error) => spread(level, &error, tile, &mut rows),
    };
    dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, given));
}

fn carried<'a>(level: Level, error: &ProjectedError<'_>, tile: &BackwardTile<'_>, rows: &'a mut Vec<f32>) -> &'a [f32] {
    rows.resize(tile.end * tile.lanes, 0.0);
    carry_error(level, error, &tile.constants, tile.lanes, rows);
    rows
}

fn spread<'a>(level: Level, error: &SteadyError<'_>, tile: &BackwardTile<'_>, rows: &'a mut Vec<f32>) -> &'a [f32] {
    rows.resize(tile.end * tile.lanes, 0.0);
    spread_error(level, error, tile.lanes, rows);
    rows
}

fn with_terms(level: Level, tile: &BackwardTile<'_>, terms: BackwardTerms<'_>, output: &mut BackwardOutput<'_>) {
    let mut rows = Vec::new();
    let error = match tile.error {
        None => None,
        Some(SpikeError::Given(error)) => Some(error),
        Some(SpikeError::Projected(error)) => Some(carried(level, &error, tile, &mut rows)),
        Some(SpikeError::Steady(error)) => Some(spread(level, &error, tile, &mut rows)),
    };
    match &tile.by_lane {
        Some(lanes) if terms.only_adapts() && output.constants.is_none() && output.observed.is_none() => {
            dispatch!(level.0, simd => lanes_vector(simd, tile, (&terms, lanes), error, output));
        }
        _ => dispatch!(level.0, simd => terms_vector(simd, tile, terms, error, output)),
    }
}

/// One instance for each source of E, so that the loop over time does not branch on it.
#[inline(always)]
fn plain_vector<S: Simd>(
    simd: S,
    tile: &BackwardTile<'_>,
    output: &mut BackwardOutput<'_>,
    surrogate: impl Shape,
    error: impl TileError<S>,
) {
    list_timing_terms(tile, output.timing_terms);
    let mut lane = 0;
    while lane < tile.lanes {
        if fit::<S>(2, tile.lanes - lane) {
            let error = error.of_lanes::<2>(simd, tile, lane);
            run_back::<S, 2>(simd, tile, output, lane, PlainPass, surrogate, error);
            lane += 2 * S::f32s::LEN;
        } else {
            let error = error.of_lanes::<1>(simd, tile, lane);
            run_back::<S, 1>(simd, tile, output, lane, PlainPass, surrogate, error);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn lanes_vector<S: Simd>(
    simd: S,
    tile: &BackwardTile<'_>,
    (terms, lanes): (&BackwardTerms<'_>, &LaneConstants<'_>),
    error: Option<&[f32]>,
    output: &mut BackwardOutput<'_>,
) {
    for first in (0..tile.lanes).step_by(S::f32s::LEN) {
        let error = Given { error, lanes: tile.lanes, first };
        let pass = LanesPass::new(simd, tile, terms, lanes, first);
        run_back::<S, 1>(simd, tile, output, first, pass, tile.surrogate, error);
    }
}

#[inline(always)]
fn terms_vector<S: Simd>(
    simd: S,
    tile: &BackwardTile<'_>,
    terms: BackwardTerms<'_>,
    error: Option<&[f32]>,
    output: &mut BackwardOutput<'_>,
) {
    for first in (0..tile.lanes).step_by(S::f32s::LEN) {
        let error = Given { error, lanes: tile.lanes, first };
        run_back::<S, 1>(simd, tile, output, first, TermsPass::new(simd, tile, terms, first), tile.surrogate, error);
    }
}
