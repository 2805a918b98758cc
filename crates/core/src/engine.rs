//! One sample at a time on each worker: forward, loss, backward, forget.

mod arrivals;
mod group;
mod quiet;
mod simulate;
mod slot;
mod workspace;

pub use crate::rule::LayerTrace;
pub(crate) use group::{Engine, GROUP, Job, Want};
pub use slot::Prediction;
pub(crate) use slot::{Slot, SlotLayer};
pub(crate) use workspace::{LayerWork, Workspace};
