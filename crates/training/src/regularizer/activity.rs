//! Input and output of a regulariser.

use crate::loss_parts::LossParts;

/// One hidden spiking layer in one sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerActivity {
    /// N, the units.
    pub(super) units: f64,
    /// Σ_j C_j, the spikes of all units in the simulated steps.
    pub(super) spikes: f64,
}

pub(super) trait Regularizer: std::fmt::Debug + Send + Sync {
    /// Adds the value to its part and returns dL/dS; neither is divided by the batch size.
    fn evaluate(&self, layer: LayerActivity, parts: &mut LossParts) -> f64;
}
