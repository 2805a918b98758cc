//! Penalty for every hidden spike (spec 6.vi).
//!
//! ```text
//! L = 1/B Σ_l spikePenalty · Σ_j C_j        C_j: spikes of unit j of layer l in the simulated steps
//! dL/dS[t,j] = spikePenalty / B
//! ```

use spikelet_config::Regularizers;

use super::activity::{LayerActivity, Regularizer};
use crate::loss_parts::LossParts;

#[derive(Debug)]
pub(super) struct SpikePenalty(f64);

pub(super) fn new(config: &Regularizers) -> Option<SpikePenalty> {
    (config.spike_penalty != 0.0).then_some(SpikePenalty(config.spike_penalty))
}

impl Regularizer for SpikePenalty {
    fn evaluate(&self, layer: LayerActivity, parts: &mut LossParts) -> f64 {
        parts.spike_penalty += self.0 * layer.spikes;
        self.0
    }
}
