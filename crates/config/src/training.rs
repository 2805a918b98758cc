//! Batches, epochs, clipping, seed, threads.

use crate::error::Error;
use crate::json::{Fault, FromJson, Value};
use serde::{Serialize, Serializer};
use spikelet_fields::fields;

use super::augmentation::Augmentation;
use super::averaging::Averaging;
use super::early_stopping::{BestBy, EarlyStopping};
use super::initial_activity::InitialActivity;
use super::number_or_list::PerLayer;
use super::ranges::{At, Bound, Check, InRange as _, Range};

/// Number of threads: `"auto"` (all cores) or a number; the result does not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS), ts(type = "\"auto\" | number"))]
pub enum Threads {
    /// One thread per core.
    #[default]
    Auto,
    /// A number of threads.
    Fixed(u32),
}

impl Threads {
    /// Larger numbers are taken for a mistake.
    const RANGE: Range = Range { lower: Bound::Included(1.0), upper: Bound::Included(1024.0), is_odd: false };

    /// Checks the number, which stands at `path`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for none and for more than 1024.
    pub fn validate(self, path: &str) -> crate::error::Result<()> {
        self.check(&At::path(path))
    }
}

impl Check for Threads {
    fn check(&self, at: &At<'_>) -> crate::error::Result<()> {
        match self {
            Self::Auto => Ok(()),
            Self::Fixed(count) => count.check(&Self::RANGE, at),
        }
    }
}

#[cfg(feature = "codegen")]
impl schemars::JsonSchema for Threads {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Threads".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut count = schemars::json_schema!({ "type": "integer" });
        u32::describe(&Self::RANGE, &mut count);
        schemars::json_schema!({
            "description": "Number of threads: \"auto\" (all cores) or a number; the result does not depend on it.",
            "anyOf": [{ "const": "auto" }, count],
        })
    }
}

impl Serialize for Threads {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Fixed(count) => serializer.serialize_u32(*count),
        }
    }
}

impl FromJson for Threads {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        if value.as_str() == Some("auto") {
            return Ok(Self::Auto);
        }
        let count = value.as_u64().and_then(|count| u32::try_from(count).ok());
        count.map(Self::Fixed).ok_or_else(|| {
            Error::config(at.to_string(), format!("must be \"auto\" or a whole number, got {value}")).into()
        })
    }
}

/// Which rules get the silent-unit update.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum SilentRules {
    /// The timing rule only, as in the code of the paper's authors.
    #[default]
    Timing,
    /// Every rule.
    All,
    /// None.
    Off,
}

/// Raises all input weights of units that never fire: `dW_ji ← dW_ji − strength / inputs · silent_j`, where `silent_j` is the
/// fraction of the batch in which unit j stays silent (spec 5.6, 6.v).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct SilentUnitUpdate {
    /// Size of the update.
    #[range(min = 0)]
    pub strength: f64,
    /// Which rules get it.
    pub rules: SilentRules,
    /// Whether convolutions get it too, by the fraction of silent places.
    pub convolutions: bool,
}

impl Default for SilentUnitUpdate {
    fn default() -> Self {
        Self { strength: 100.0, rules: SilentRules::default(), convolutions: false }
    }
}

/// Which samples an epoch learns.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Sampling {
    /// Each sample once, shuffled.
    #[default]
    Shuffled,
    /// The classes in turn, so that each comes equally often: samples of rare classes are repeated, some samples of frequent
    /// classes wait for another epoch.
    ByClass,
}

/// Batches, epochs, clipping, seed, threads.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields = nullable))]
pub struct TrainingConfig {
    /// Samples per update.
    #[range(min = 1)]
    pub batch_size: u32,
    /// Steps from one update to the next within a sample, under the rule `eprop` with a loss of every step; `null`: one update after
    /// all steps (spec 19.5).
    #[range(min = 1)]
    pub update_every: Option<u32>,
    /// Passes over the training data.
    #[range(any)]
    pub epochs: u32,
    /// Which samples an epoch learns.
    pub sampling: Sampling,
    /// Every element of a gradient is limited to ± this value; `null` turns it off.
    #[range(above = 0)]
    pub gradient_clip: Option<f64>,
    /// The gradient of all parameters, after `gradientClip`, is scaled down to this Euclidean norm; `null` turns it off.
    #[range(above = 0)]
    pub gradient_norm_clip: Option<f64>,
    /// Factor on the learning rate: one number for all layers with weights, or one for each.
    #[range(min = 0)]
    pub learning_rate_factor: PerLayer,
    /// Parameters that training leaves unchanged: `"layers.0"` (with learnt constants and delays), `"layers.0.weights"` or
    /// `"layers.0.biases"`, layers with weights counted from 0.
    pub frozen: Vec<String>,
    /// When the run ends before its last epoch; `null`: never.
    pub early_stopping: Option<EarlyStopping>,
    /// Measure of the best epoch; `null`: the one that the loss trains, `firstSpike` (`latency`), `count`, `membrane`,
    /// `meanSquaredError` (`trace`) or `loss` (`spikeTrain`, `trace` with `stepWeights`, data without labels).
    pub best_by: Option<BestBy>,
    /// Bits of the rounded weights that passes read while the optimiser moves others (spec 20.5): one number for all layers with weights,
    /// or one for each; `null` rounds none.
    #[range(min = 2, max = 8)]
    pub weight_bits: Option<PerLayer>,
    /// Averages of the weights, with which the network then predicts; `null` for none.
    pub averaging: Option<Averaging>,
    /// The update of units that never fire (the no-spike penalty of the paper).
    pub silent_unit_update: SilentUnitUpdate,
    /// Activity of the network before it learns; `null`: the weights stay as drawn.
    pub initial_activity: Option<InitialActivity>,
    /// Random changes of the training samples, anew in every epoch.
    pub augmentation: Augmentation,
    /// Seed of the initial weights, of the order of samples and of their changes.
    #[range(any)]
    pub seed: u32,
    /// `"auto"` or a number; the result does not depend on it.
    pub threads: Threads,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            batch_size: 16,
            update_every: None,
            epochs: 20,
            sampling: Sampling::default(),
            gradient_clip: Some(1.0),
            gradient_norm_clip: None,
            learning_rate_factor: PerLayer::default(),
            frozen: Vec::new(),
            early_stopping: None,
            best_by: None,
            weight_bits: None,
            averaging: None,
            silent_unit_update: SilentUnitUpdate::default(),
            initial_activity: None,
            augmentation: Augmentation::default(),
            seed: 1,
            threads: Threads::default(),
        }
    }
}
