//! How much a network fires before it learns.

use serde::{Deserialize, Serialize};

use super::per_layer::PerLayer;
use super::ranges::{at_least, positive, within};
use crate::error::Result;

/// Before the first update of a run, the drawn weights of each spiking layer, from the input up, are multiplied by a factor at which
/// the layer fires as much as wanted on samples of the training data, or at the factor that comes closest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct InitialActivity {
    /// Wanted mean of the spikes per unit and sample over all steps, above 0: a number, or one for each spiking layer.
    pub spikes_per_unit: PerLayer,
    /// Samples of the training data that it is measured on, drawn by the seed; at least 1.
    #[serde(default = "InitialActivity::default_samples")]
    pub samples: u32,
    /// Largest difference, as a share of what is wanted, above 0 to 1.
    #[serde(default = "InitialActivity::default_tolerance")]
    pub tolerance: f64,
}

impl InitialActivity {
    const SPIKES_PER_UNIT: &str = "training.initialActivity.spikesPerUnit";

    fn default_samples() -> u32 {
        256
    }

    fn default_tolerance() -> f64 {
        0.05
    }

    pub(super) fn validate(&self, layers: usize) -> Result<()> {
        self.spikes_per_unit.validate(Self::SPIKES_PER_UNIT, layers, positive)?;
        at_least("training.initialActivity.samples", self.samples, 1)?;
        positive("training.initialActivity.tolerance", self.tolerance)?;
        within("training.initialActivity.tolerance", self.tolerance, 0.0, 1.0)
    }
}
