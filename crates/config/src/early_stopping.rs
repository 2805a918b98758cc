//! When a run ends before its last epoch, and which epoch is the best.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

/// Ends a run when its validation no longer improves.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct EarlyStopping {
    /// Epochs without an improvement after which the run ends.
    #[range(min = 1)]
    pub patience: u32,
    /// An epoch counts as an improvement if it is better than the best one by more than this.
    #[range(min = 0)]
    pub min_improvement: f64,
    /// Whether the network gets back the weights of the best epoch at the end.
    pub restore_best: bool,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self { patience: 5, min_improvement: 0.0, restore_best: true }
    }
}

/// What makes an epoch the best: a measure of the validation data.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum BestBy {
    /// The largest fraction of correct decisions, as the loss trains them.
    Decision,
    /// The largest fraction of correct decisions by the first spike.
    FirstSpike,
    /// The largest fraction of correct decisions by most spikes.
    Count,
    /// The largest fraction of correct decisions by the membranes of a readout.
    Membrane,
    /// The smallest mean squared error of a readout that follows series.
    MeanSquaredError,
    /// The smallest loss.
    Loss,
}
