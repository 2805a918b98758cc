//! Terms for the activity of hidden layers (spec 6.vi). For sample b and hidden spiking layer l of N_l units:
//!
//! ```text
//! a_l = (1 / N_l) Σ_j C_j          spikes per unit, C_j = spikes of unit j in the simulated steps
//! L = 1/B Σ_l [ strength · N_l (max(0, a_l − upper)² + max(0, lower − a_l)²) + spikePenalty · Σ_j C_j ]
//! dL/dS[t,j] = 1/B [ 2 strength (max(0, a_l − upper) − max(0, lower − a_l)) + spikePenalty ]      at every step
//! dL/dT = 0
//! ```

use super::output::LossValue;
use crate::config::{LossConfig, RateBounds};
use crate::shape::LayerShape;

#[derive(Clone, Debug)]
pub(crate) struct Activity {
    bounds: Option<RateBounds>,
    penalty: f64,
}

impl Activity {
    pub(super) fn new(config: &LossConfig) -> Self {
        Self { bounds: config.rate_bounds().cloned(), penalty: config.spike_penalty() }
    }

    /// Adds to the value and writes dL/dS of each layer, 0 at the output; `spikes` are totals by layer.
    pub(super) fn evaluate(
        &self,
        spikes: &[u64],
        shapes: &[LayerShape],
        batch: usize,
        value: &mut LossValue,
        gradients: &mut Vec<f32>,
    ) {
        gradients.clear();
        gradients.resize(shapes.len(), 0.0);
        if self.bounds.is_none() && self.penalty == 0.0 {
            return;
        }
        let hidden = shapes.len() - 1;
        for ((layer, shape), &spikes) in gradients.iter_mut().zip(&shapes[..hidden]).zip(spikes) {
            let (units, spikes) = (shape.units as f64, spikes as f64);
            value.spike_penalty += self.penalty * spikes;
            let mut gradient = self.penalty;
            if let Some(bounds) = &self.bounds {
                let rate = spikes / units;
                let above = bounds.upper.map_or(0.0, |upper| (rate - upper).max(0.0));
                let below = (bounds.lower - rate).max(0.0);
                value.rate_bounds += bounds.strength * units * (above * above + below * below);
                gradient += 2.0 * bounds.strength * (above - below);
            }
            *layer = (gradient / batch as f64) as f32;
        }
    }
}
