//! Regularisers: terms for the activity of the hidden layers, on top of any loss (spec 6.vi).
//!
//! A regulariser sees, in one sample, the spikes of a hidden spiking layer in the simulated steps. It has a value, and a derivative dL/dS
//! that is the same at every simulated step, for all units of the layer or for each; dL/dT is 0.
//!
//! To add one: a file with its equation, its settings in [`spikelet_config::Regularizers`], a part in [`LossParts`] and a line in
//! [`Regularizers::new`].

mod activity;
mod rate_bounds;
mod spike_penalty;
mod unit_rate_bounds;

use spikelet_network::events::LayerSpikes;
use spikelet_network::shape::LayerShape;

pub(crate) use self::activity::ActivityTerm;
use self::activity::{LayerActivity, Regularizer};
use self::unit_rate_bounds::UnitRateBounds;
use crate::loss_parts::LossParts;

/// The regularisers that are on.
#[derive(Debug)]
pub(crate) struct Regularizers {
    by_layer: Vec<Box<dyn Regularizer>>,
    by_unit: Option<UnitRateBounds>,
}

/// The hidden and the last layer in one sample.
#[derive(Clone, Copy)]
pub(crate) struct Activity<'a> {
    /// Spikes of each layer.
    pub(crate) totals: &'a [u64],
    pub(crate) shapes: &'a [LayerShape],
    /// The spikes of a layer.
    pub(crate) spikes_of: &'a dyn Fn(usize) -> LayerSpikes<'a>,
}

#[cfg(test)]
impl Activity<'_> {
    /// No layers.
    pub(crate) fn none() -> Self {
        Self {
            totals: &[],
            shapes: &[],
            spikes_of: &|_| LayerSpikes { offsets: &[0], units: &[], values: &[], steps: 0 },
        }
    }
}

impl Regularizers {
    pub(crate) fn new(config: &spikelet_config::Regularizers) -> Self {
        let spike_penalty = spike_penalty::new(config).map(|term| Box::new(term) as Box<dyn Regularizer>);
        let rate_bounds = rate_bounds::new(config).map(|term| Box::new(term) as Box<dyn Regularizer>);
        Self {
            by_layer: spike_penalty.into_iter().chain(rate_bounds).collect(),
            by_unit: unit_rate_bounds::new(config),
        }
    }

    /// Adds the values to their parts and writes the terms of each layer, none at the output.
    pub(crate) fn evaluate(
        &self,
        activity: &Activity<'_>,
        batch: usize,
        parts: &mut LossParts,
        terms: &mut Vec<ActivityTerm>,
    ) {
        let Activity { totals, shapes, spikes_of } = *activity;
        terms.resize_with(shapes.len(), ActivityTerm::default);
        terms.iter_mut().for_each(ActivityTerm::clear);
        if self.by_layer.is_empty() && self.by_unit.is_none() {
            return;
        }
        let hidden = shapes.len() - 1;
        for (number, (term, shape)) in terms[..hidden].iter_mut().zip(shapes).enumerate() {
            let layer = LayerActivity { units: shape.units as f64, spikes: totals[number] as f64 };
            let sum: f64 = self.by_layer.iter().map(|regularizer| regularizer.evaluate(layer, parts)).sum();
            let gradient = |sum: f64| (sum / batch as f64) as f32;
            term.same = gradient(sum);
            if let Some(bounds) = &self.by_unit {
                let by_unit = bounds.evaluate(&spikes_of(number), shape.units, parts);
                if by_unit.iter().any(|&of_unit| of_unit != 0.0) {
                    term.by_unit.extend(by_unit.into_iter().map(|of_unit| gradient(sum + of_unit)));
                }
            }
        }
    }
}
