//! Initial activity of a network.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use super::number_or_list::PerLayer;

/// Before the first update of a run, the drawn weights of each spiking layer, from the input up, are multiplied by a factor at
/// which the layer has the target activity on samples of the training data, or by the factor that comes closest.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct InitialActivity {
    /// Target mean of the spikes per unit and sample over all steps; one number, or one for each spiking layer.
    #[range(above = 0)]
    pub spikes_per_unit: PerLayer,
    /// Number of training samples to measure it on, drawn by the seed.
    #[serde(default = "InitialActivity::default_samples")]
    #[range(min = 1)]
    pub samples: u32,
    /// Largest difference from the target, as a fraction of it.
    #[serde(default = "InitialActivity::default_tolerance")]
    #[range(above = 0, max = 1)]
    pub tolerance: f64,
}

impl InitialActivity {
    pub(super) const SPIKES_PER_UNIT: &str = "training.initialActivity.spikesPerUnit";

    fn default_samples() -> u32 {
        256
    }

    fn default_tolerance() -> f64 {
        0.05
    }
}
