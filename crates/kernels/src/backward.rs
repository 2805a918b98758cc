//! Backward pass of a tile: from the gradients of its output spikes to the adjoints of its states (spec 5.1–5.4). The recurrences are
//! the neuron's (`neuron/`); here is the loop over time, and what enters it.
//!
//! ```text
//! G[t] = σ̂(V[t]) E[t] + λ_tim S[t] (−T̄[t] / V'[t])        σ̂: see `surrogate.rs`
//! V'[t] = max(slopeFloor, V[t] − c[t−1])                 c: what was carried of V[t−1], see `reset.rs`
//! ```
//!
//! `E` is dL/dS times `λ_act · scale`. Where the next layer has few direct gradients, its projections onto the lanes obey the same
//! recurrences as its adjoints and are carried along instead of a product for every step (`backward/spike_error.rs`).
//!
//! Steps from `end` on have no gradient and are not visited. Neurons with constants by lane and further terms
//! (`backward/terms_pass.rs`) have instances of their own.

mod spike_error;
mod steps;
mod sweep;
mod terms;
mod terms_pass;
mod tile;
mod timing;

use fearless_simd::prelude::*;

use self::spike_error::{Given, NoError, Raised, TileError};
pub use self::spike_error::{carry_error, spread_error, steady_course};
use self::steps::run_back;
pub use self::sweep::{LayerAdjoints, Sweep, sweep_back};
pub use self::terms::{ActivityError, BackwardTerms, ObservedBackward, ResetPath};
use self::terms_pass::{AllTerms, NoTerms};
pub use self::tile::{BackwardOutput, BackwardTile, Injection, NO_ROW, ProjectedError, SpikeError, SteadyError};
use self::timing::list_timing_terms;
pub use self::timing::timing_of_spike;
use crate::lanes::fit;
use crate::level::dispatch;
use crate::neuron::{LaneNeuron, Lif, StepBack, with_neuron};
use crate::surrogate::{AnyShape, Exponential, Formula, Shape, Surrogate};
use crate::{LaneConstants, Level};

/// Whether every shape, source of E and neuron has an instance without further terms. WebAssembly is to stay small: there E is computed
/// ahead where it has none, and a pass with every term does the same with none of them.
const HAS_EVERY_INSTANCE: bool = cfg!(not(any(target_arch = "wasm32", debug_assertions)));

/// Takes one tile from step `to` down to step `from`.
///
/// The default σ̂, the others and further terms are compiled apart, so that none slows another down.
pub fn backward_tile(level: Level, tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>) {
    let has_terms = !tile.terms.is_plain() || output.constants.is_some() || output.observed.is_some();
    let is_raised = !tile.terms.activity.is_none();
    let mut heights = Vec::new();
    let is_table = if let Surrogate::Table(table) = tile.surrogate {
        table.sample(tile, &mut heights);
        true
    } else {
        false
    };
    let shape = AnyShape { surrogate: tile.surrogate, heights: &heights, start: tile.from * tile.lanes };
    match (&tile.by_lane, tile.error, tile.surrogate) {
        (Some(lanes), ..) => by_lane(level, tile, shape, lanes, has_terms || is_raised, output),
        _ if has_terms || (is_raised || is_table) && !HAS_EVERY_INSTANCE => with_terms(level, tile, shape, output),
        _ if is_raised => raised(level, tile, shape, output),
        // σ̂ is not asked for.
        (None, None, _) => {
            let shape = Formula(Surrogate::Given);
            dispatch!(level.0, simd => plain_vector(simd, tile, output, shape, NoError));
        }
        (None, Some(error), Surrogate::Exponential { sharpness }) => exponential(level, tile, error, sharpness, output),
        (None, Some(error), _) => of_any_shape(level, tile, shape, error, output),
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

fn of_any_shape(
    level: Level,
    tile: &BackwardTile<'_>,
    surrogate: AnyShape<'_>,
    error: SpikeError<'_>,
    output: &mut BackwardOutput<'_>,
) {
    let mut rows = Vec::new();
    let given = match error {
        SpikeError::Projected(error) if HAS_EVERY_INSTANCE => {
            return dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, error));
        }
        SpikeError::Projected(error) => carried(level, &error, tile, &mut rows),
        SpikeError::Given(error) => error,
        SpikeError::Steady(error) => spread(level, &error, tile, &mut rows),
    };
    if HAS_EVERY_INSTANCE {
        dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, given));
    } else {
        let surrogate = Formula(surrogate.surrogate);
        dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, given));
    }
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

/// E of every step, `[step][lane]`; `rows` holds what has to be computed.
fn given<'a>(level: Level, tile: &BackwardTile<'_>, error: SpikeError<'a>, rows: &'a mut Vec<f32>) -> &'a [f32] {
    match error {
        SpikeError::Given(error) => error,
        SpikeError::Projected(error) => carried(level, &error, tile, rows),
        SpikeError::Steady(error) => spread(level, &error, tile, rows),
    }
}

/// A pass with the same value at every step besides E.
fn raised(level: Level, tile: &BackwardTile<'_>, surrogate: AnyShape<'_>, output: &mut BackwardOutput<'_>) {
    let mut rows = Vec::new();
    match (tile.error, tile.surrogate) {
        (None, _) => dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, Raised(NoError))),
        (Some(SpikeError::Projected(error)), Surrogate::Exponential { sharpness }) => {
            let surrogate = Exponential { sharpness };
            dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, Raised(error)));
        }
        (Some(SpikeError::Projected(error)), _) => {
            dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, Raised(error)));
        }
        (Some(error), Surrogate::Exponential { sharpness }) => {
            let (surrogate, error) = (Exponential { sharpness }, given(level, tile, error, &mut rows));
            dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, Raised(error)));
        }
        (Some(error), _) => {
            let error = given(level, tile, error, &mut rows);
            dispatch!(level.0, simd => plain_vector(simd, tile, output, surrogate, Raised(error)));
        }
    }
}

fn with_terms(level: Level, tile: &BackwardTile<'_>, surrogate: AnyShape<'_>, output: &mut BackwardOutput<'_>) {
    let mut rows = Vec::new();
    let error = tile.error.map(|error| given(level, tile, error, &mut rows));
    dispatch!(level.0, simd => {
        let neuron = Lif::new(simd, &tile.constants);
        each_vector(simd, tile, output, (surrogate, error), true, |_| neuron);
    });
}

fn by_lane(
    level: Level,
    tile: &BackwardTile<'_>,
    surrogate: AnyShape<'_>,
    lanes: &LaneConstants<'_>,
    has_terms: bool,
    output: &mut BackwardOutput<'_>,
) {
    let mut rows = Vec::new();
    let error = tile.error.map(|error| given(level, tile, error, &mut rows));
    with_neuron!(lanes.kind, Own => {
        let has_terms = has_terms || !HAS_EVERY_INSTANCE && !lanes.kind.is_common();
        match surrogate.surrogate {
            Surrogate::Exponential { sharpness } if HAS_EVERY_INSTANCE => dispatch!(level.0, simd => {
                let shape = Exponential { sharpness };
                each_vector(simd, tile, output, (shape, error), has_terms, |first| {
                    <Own<_, 1> as LaneNeuron<_, 1>>::by_lane(simd, lanes, first)
                });
            }),
            _ => dispatch!(level.0, simd => {
                each_vector(simd, tile, output, (surrogate, error), has_terms, |first| {
                    <Own<_, 1> as LaneNeuron<_, 1>>::by_lane(simd, lanes, first)
                });
            }),
        }
    });
}

/// Takes the lanes a vector at a time, with the neuron of those from a lane on.
#[inline(always)]
fn each_vector<S: Simd, N: StepBack<S, 1>>(
    simd: S,
    tile: &BackwardTile<'_>,
    output: &mut BackwardOutput<'_>,
    (surrogate, error): (impl Shape, Option<&[f32]>),
    has_terms: bool,
    neuron: impl Fn(usize) -> N,
) {
    for first in (0..tile.lanes).step_by(S::f32s::LEN) {
        let (neuron, error) = (neuron(first), Given { error, lanes: tile.lanes, first });
        if has_terms {
            let terms = AllTerms::<S, 1>::new(simd, tile, first);
            run_back::<S, 1, N>(simd, tile, output, first, neuron, terms, surrogate, error);
        } else {
            run_back::<S, 1, N>(simd, tile, output, first, neuron, NoTerms, surrogate, error);
        }
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
    let neuron = Lif::new(simd, &tile.constants);
    let mut lane = 0;
    while lane < tile.lanes {
        if fit::<S>(2, tile.lanes - lane) {
            let error = error.of_lanes::<2>(simd, tile, lane);
            run_back::<S, 2, _>(simd, tile, output, lane, neuron, NoTerms, surrogate, error);
            lane += 2 * S::f32s::LEN;
        } else {
            let error = error.of_lanes::<1>(simd, tile, lane);
            run_back::<S, 1, _>(simd, tile, output, lane, neuron, NoTerms, surrogate, error);
            lane += S::f32s::LEN;
        }
    }
}
