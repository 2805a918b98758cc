//! Plain-loop twins: what kernels compute, lane by lane. The kernels must give the same bits.

mod backward;
mod error;
mod floor;
mod forward;
mod gradient;
mod landing;
mod listing;
mod product;
mod reset_terms;
mod runs;
mod sweep;
mod timing;
mod update;
mod winograd;

pub use self::backward::backward_tile;
pub use self::error::{carry_error, shift_back, spread_error};
pub use self::forward::{forward_tile, sum_events};
pub use self::gradient::{gather_tile, scatter_tile};
pub use self::landing::{fall, land, list_injections};
pub use self::listing::list_touched;
pub use self::product::{add_dots, dot, project, project_batch, project_delayed, row_dots, spread_columns};
pub use self::runs::{add_runs, scatter_runs};
pub use self::sweep::{activation_parts, mark_active, sweep_back};
pub use self::update::{update_rows, update_tile};
pub use self::winograd::{join_squares, spread_squares};
