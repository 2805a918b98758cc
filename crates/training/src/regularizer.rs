//! Regularisers: terms for the activity of the hidden layers, on top of any loss (spec 6.vi).
//!
//! A regulariser sees, in one sample, the spikes of a hidden spiking layer in the simulated steps. It has a value, and a derivative dL/dS
//! that is the same for all units of the layer at every simulated step; dL/dT is 0.
//!
//! To add one: a file with its equation, its settings in [`spikelet_config::Regularizers`], a part in [`LossParts`] and a line in
//! [`Regularizers::new`].

mod activity;
mod rate_bounds;
mod spike_penalty;

use spikelet_network::shape::LayerShape;

use self::activity::{LayerActivity, Regularizer};
use crate::loss_parts::LossParts;

/// The regularisers that are on.
#[derive(Debug)]
pub(crate) struct Regularizers(Vec<Box<dyn Regularizer>>);

impl Regularizers {
    pub(crate) fn new(config: &spikelet_config::Regularizers) -> Self {
        let spike_penalty = spike_penalty::new(config).map(|term| Box::new(term) as Box<dyn Regularizer>);
        let rate_bounds = rate_bounds::new(config).map(|term| Box::new(term) as Box<dyn Regularizer>);
        Self(spike_penalty.into_iter().chain(rate_bounds).collect())
    }

    /// Adds the values and writes the `activity_gradient` dL/dS of each layer, 0 at the output; `spikes` are totals by layer.
    pub(crate) fn evaluate(
        &self,
        spikes: &[u64],
        shapes: &[LayerShape],
        batch: usize,
        parts: &mut LossParts,
        activity_gradient: &mut Vec<f32>,
    ) {
        activity_gradient.clear();
        activity_gradient.resize(shapes.len(), 0.0);
        if self.0.is_empty() {
            return;
        }
        let hidden = shapes.len() - 1;
        for ((gradient, shape), &spikes) in activity_gradient.iter_mut().zip(&shapes[..hidden]).zip(spikes) {
            let layer = LayerActivity { units: shape.units as f64, spikes: spikes as f64 };
            let sum: f64 = self.0.iter().map(|regularizer| regularizer.evaluate(layer, parts)).sum();
            *gradient = (sum / batch as f64) as f32;
        }
    }
}
