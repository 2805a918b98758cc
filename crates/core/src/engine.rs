//! One sample at a time on each worker: forward, loss, backward, forget.

mod arrivals;
mod group;
mod quiet;
mod record;
mod simulate;
mod slot;
mod workspace;

pub use crate::rule::LayerTrace;
pub use group::Until;
pub(crate) use group::{Engine, GROUP, Job, Want};
pub(crate) use record::{Reader, Writer};
pub use slot::Prediction;
pub(crate) use slot::{Slot, SlotLayer};
pub(crate) use workspace::{LayerWork, Workspace, set_bits, set_steps};
