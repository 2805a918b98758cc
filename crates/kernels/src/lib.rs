//! SIMD loops of Spikelet. Each has a plain-loop twin in [`mod@reference`], or must give the bits of another kernel that has one.
//!
//! A layer's units are cut into **tiles** of up to [`TILE`] lanes; time runs inside a tile, so that the state of its units
//! stays in registers. Three rules give the same bits at every level and on every target:
//!
//! 1. multiplication and addition round separately (no fused multiply-add);
//! 2. lanes are independent units; where lanes are summed, the width is 16 and the tree is fixed;
//! 3. transcendental functions are polynomials of this crate ([`exp2`]).
//!
//! Recurrences flush what falls below [`FLOOR`] to zero every [`FLOOR_EVERY`] steps, so that denormals cost nothing.
#![forbid(unsafe_code)]
#![expect(clippy::needless_range_loop, reason = "the same index walks several register arrays")]

mod active;
mod backward;
mod delays;
pub mod eligibility;
mod exp2;
mod forward;
mod gather;
mod landing;
mod lanes;
mod layer;
mod level;
mod listing;
mod neuron;
mod optimizer;
mod project;
mod project_batch;
mod quiet;
pub mod reference;
mod refractory;
mod reset;
mod runs;
mod shift;
mod sparse;
mod surrogate;
mod surrogate_table;
mod update;
mod weighted;
mod winograd;

pub use active::{activation_parts, mark_active};
pub use backward::{
    ActivityError, BackwardOutput, BackwardTerms, BackwardTile, Injection, LayerAdjoints, NO_ROW, ObservedBackward,
    ProjectedError, ResetPath, SpikeError, SteadyError, Sweep, backward_tile, carry_error, spread_error, steady_course,
    sweep_back, timing_of_spike,
};
pub use delays::{DelayedRow, WINDOW, gather_delayed, project_delayed, send_delayed};
pub use exp2::exp2;
pub use forward::{ForwardTile, ObservedForward, StepEvents, TileState, forward_tile};
pub use gather::{Gather, gather_tile, read_ahead, scatter_tile};
pub use landing::{Landing, SiteInjections, fall, land};
pub use layer::{LayerStep, TileRun, forward_step, sum_events};
pub use level::Level;
pub use listing::{SiteRows, Touch, Touches, list_touched};
pub use neuron::{LaneConstants, LifConstants, NeuronKind, constant, own};
pub use optimizer::{AdamStep, Optimizer, SgdStep};
pub use project::{Projection, dot, project, row_dots};
pub use project_batch::{BatchProjection, project_batch};
pub use quiet::{QuietBound, QuietRun, QuietSpikes, QuietState, list_restless, pick, run_quiet};
pub use refractory::FIRES_ONCE;
pub use reset::Reset;
pub use runs::{Runs, add_runs, scatter_runs};
pub use shift::{shift_back, spread_columns};
pub use sparse::{TileAdjoints, add_dots, list_injections};
pub use surrogate::Surrogate;
pub use surrogate_table::SurrogateTable;
pub use update::{RowGradient, TileParameters, update_rows, update_tile};
pub use winograd::{PLANE_GAP, PLANES, Planes, join_squares, spread_squares};

/// Most lanes of a tile: one bit of a `u64` for each.
pub const TILE: usize = 64;
/// Lanes of a tile are a multiple of this; unused lanes hold zeros.
pub const LANES: usize = 16;

/// `units` rounded up to whole [`LANES`].
#[must_use]
#[inline]
pub fn padded(units: usize) -> usize {
    units.next_multiple_of(LANES)
}

/// Magnitude below which a recurrence is flushed to zero.
pub const FLOOR: f32 = 1e-20;
/// Steps between two flushes.
pub const FLOOR_EVERY: usize = 16;
