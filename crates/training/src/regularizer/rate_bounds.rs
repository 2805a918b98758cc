//! Bounds of the mean spikes per unit of each hidden layer (spec 6.vi).
//!
//! ```text
//! a_l = (1 / N_l) Σ_j C_j                   C_j: spikes of unit j of layer l in the simulated steps
//! L = 1/B Σ_l strength · N_l (max(0, a_l − upper)² + max(0, lower − a_l)²)
//! dL/dS[t,j] = 2 strength (max(0, a_l − upper) − max(0, lower − a_l)) / B
//! ```

use spikelet_config::{RateBounds, RateBoundsBy, Regularizers};

use super::activity::{LayerActivity, Regularizer};
use crate::loss_parts::LossParts;

pub(super) fn new(config: &Regularizers) -> Option<RateBounds> {
    config.rate_bounds.clone().filter(|bounds| bounds.by == RateBoundsBy::Layer)
}

impl Regularizer for RateBounds {
    fn evaluate(&self, layer: LayerActivity, parts: &mut LossParts) -> f64 {
        let rate = layer.spikes / layer.units;
        let above = self.upper.map_or(0.0, |upper| (rate - upper).max(0.0));
        let below = (self.lower - rate).max(0.0);
        parts.rate_bounds += self.strength * layer.units * (above * above + below * below);
        2.0 * self.strength * (above - below)
    }
}
