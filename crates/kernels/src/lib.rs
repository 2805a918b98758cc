//! SIMD loops of Spikelet, each with a plain-loop twin in [`mod@reference`].
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

mod adjoint;
mod exp2;
mod level;
mod lif;
mod options;
mod project;
mod quiet;
pub mod reference;
mod refractory;
mod scatter;
mod surrogate;
mod update;

pub use adjoint::{AdjointOutput, AdjointTile, Injection, NO_ROW, SpikeError, adjoint_tile};
pub use exp2::exp2;
pub use level::Level;
pub use lif::{ForwardTile, LifConstants, StepEvents, TileState, forward_tile};
pub use options::{AdjointOptions, ResetPath};
pub use project::{Projection, dot, project};
pub use quiet::{QuietBound, QuietRun, QuietSpikes, QuietState, list_restless, pick, run_quiet};
pub use refractory::FIRES_ONCE;
pub use scatter::scatter_tile;
pub use surrogate::Surrogate;
pub use update::{
    AdamStep, Gather, Optimizer, RowGradient, SgdStep, TileParameters, gather_tile, update_rows, update_tile,
};

/// Most lanes of a tile: one bit of a `u64` for each.
pub const TILE: usize = 64;
/// Lanes of a tile are a multiple of this; unused lanes hold zeros.
pub const LANES: usize = 16;
/// Magnitude below which a recurrence is flushed to zero.
pub const FLOOR: f32 = 1e-20;
/// Steps between two flushes.
pub const FLOOR_EVERY: usize = 16;
