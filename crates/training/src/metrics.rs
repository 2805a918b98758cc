//! Metrics of a pass over samples (spec 3.5), per spiking layer from the input up.

mod outcome;
mod regression;
mod sums;

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::loss::Decision;

pub(crate) use outcome::SampleOutcome;
pub(crate) use regression::Regression;
pub(crate) use sums::MetricSums;

use crate::loss_parts::LossParts;

/// Fraction of correct decisions, 0 to 1; empty where the data have no labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct Accuracy {
    /// Deciding as the loss trains it; missing where nothing is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub decision: Option<f64>,
    /// Deciding by most spikes; missing for a readout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub count: Option<f64>,
    /// Deciding by the first spike; missing for a readout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub first_spike: Option<f64>,
    /// Deciding by the membranes of a readout; only for a readout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub membrane: Option<f64>,
}

impl Accuracy {
    /// Sets `decision` to the fraction of the given decision.
    #[must_use]
    pub(crate) fn with_decision(self, decision: Decision) -> Self {
        let decision = match decision {
            Decision::FirstSpike => self.first_spike,
            Decision::Count => self.count,
            Decision::Membrane => self.membrane,
            Decision::None => None,
        };
        Self { decision, ..self }
    }
}

/// Spikes of the spiking layers; input spikes do not count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct SpikeMetrics {
    /// All layers, mean per sample.
    pub per_sample: f64,
    /// All layers up to and including the decision step, mean per sample.
    pub until_decision: f64,
    /// Mean per unit and sample, by layer.
    pub per_unit: Vec<f64>,
    /// Mean per unit and sample up to the decision, by layer.
    pub until_decision_per_unit: Vec<f64>,
    /// Sum over all samples, by layer.
    #[cfg_attr(feature = "codegen", ts(type = "number[]"))]
    pub total: Vec<u64>,
    /// Sum over all samples up to the decision, by layer.
    #[cfg_attr(feature = "codegen", ts(type = "number[]"))]
    pub until_decision_total: Vec<u64>,
}

/// Step of the first output spike; the number of simulated steps where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct DecisionStep {
    /// Mean over samples.
    pub mean: f64,
    /// Median over samples.
    pub median: f64,
    /// Earliest.
    pub min: f64,
}

/// Metrics of a pass over samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct Metrics {
    /// Number of samples.
    #[cfg_attr(feature = "codegen", ts(type = "number"))]
    pub samples: u64,
    /// Mean loss.
    pub loss: f64,
    /// Parts of the loss.
    pub loss_parts: LossParts,
    /// Fraction of correct decisions.
    pub accuracy: Accuracy,
    /// Spikes.
    pub spikes: SpikeMetrics,
    /// Samples in which no output fired, which have no decision and count as wrong; missing for a readout and in records of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional, type = "number"))]
    pub silent: Option<u64>,
    /// When the output first fires; missing for a readout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub decision_step: Option<DecisionStep>,
    /// Fraction of (sample, unit) pairs without a spike, by layer.
    pub silent_fraction: Vec<f64>,
    /// Fraction of (sample, unit) pairs with a spike in at least half of the simulated steps, by layer.
    pub saturated_fraction: Vec<f64>,
    /// Spikes per unit and simulated step, by layer.
    pub firing_rate: Vec<f64>,
    /// Additions of a weight to a unit, mean per sample: each spike costs one for each unit it reaches; behind a max pool only
    /// what it selects does.
    pub synaptic_operations: f64,
    /// Synaptic operations of each layer that gets them; empty in an epoch that an older version began.
    #[serde(default)]
    pub synaptic_operations_by_layer: Vec<f64>,
    /// Mean of `(y − Y)²` over samples, steps and outputs; only for target series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub mean_squared_error: Option<f64>,
    /// Fraction of the variance of target series that the membranes explain; 1 at best, missing where the series do not vary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub r_squared: Option<f64>,
    /// Mean over the batches of the gradient's Euclidean norm before clipping; only for training.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub gradient_norm: Option<f64>,
}
