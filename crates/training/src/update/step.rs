//! The update of a layer.

use spikelet_config::Frozen;
use spikelet_kernels::Optimizer;

/// The update of a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerStep {
    pub(crate) optimizer: Optimizer,
    /// Optimiser of learnt constants and delays.
    pub(crate) learnt: Optimizer,
    pub(crate) frozen: Frozen,
}
