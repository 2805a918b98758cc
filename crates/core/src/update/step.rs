//! What an update does to a layer.

use spikelet_kernels::Optimizer;

use crate::config::Frozen;

/// What an update does to a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerStep {
    pub(crate) optimizer: Optimizer,
    /// Of what it learns beside weights and biases.
    pub(crate) learnt: Optimizer,
    pub(crate) frozen: Frozen,
}
