//! The learning rate over a run.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use crate::read_tagged;

/// The learning rate over a run (spec 7.1). `t` is the position in the run, in epochs: the finished epochs and, where it moves
/// with every update, the finished share of the current one.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ScheduleConfig {
    /// Constant throughout the run.
    Constant(ConstantSchedule),
    /// Multiplied by `factor` every `every` epochs.
    Step(StepSchedule),
    /// Multiplied by `factor` over every epoch.
    Exponential(ExponentialSchedule),
    /// Half a cosine down to the last epoch.
    Cosine(CosineSchedule),
    /// Up to the learning rate, then down to almost 0.
    OneCycle(OneCycleSchedule),
}

read_tagged!(ScheduleConfig {
    "constant" => Constant,
    "step" => Step,
    "exponential" => Exponential,
    "cosine" => Cosine,
    "oneCycle" => OneCycle,
});

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self::Cosine(CosineSchedule { final_factor: 0.01, ..CosineSchedule::default() })
    }
}

impl ScheduleConfig {
    /// How often the rate changes, and the epochs of the warm-up.
    #[must_use]
    pub fn pace(&self) -> (ScheduleInterval, f64) {
        match self {
            Self::Constant(ConstantSchedule { interval, warmup_epochs })
            | Self::Step(StepSchedule { interval, warmup_epochs, .. })
            | Self::Exponential(ExponentialSchedule { interval, warmup_epochs, .. })
            | Self::Cosine(CosineSchedule { interval, warmup_epochs, .. })
            | Self::OneCycle(OneCycleSchedule { interval, warmup_epochs, .. }) => (*interval, *warmup_epochs),
        }
    }
}

/// How often a learning rate changes.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ScheduleInterval {
    /// At every update.
    #[default]
    Update,
    /// Between two epochs.
    Epoch,
}

/// `rate`.
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ConstantSchedule {
    /// How often the rate changes.
    pub interval: ScheduleInterval,
    /// Epochs at the start, also fractions, in which the rate rises linearly to its first value.
    #[range(min = 0)]
    pub warmup_epochs: f64,
}

/// `rate · factor^floor(t / every)`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct StepSchedule {
    /// Epochs between two changes.
    #[range(min = 1)]
    pub every: u32,
    /// Factor at each change.
    #[range(above = 0)]
    pub factor: f64,
    /// How often the rate changes.
    pub interval: ScheduleInterval,
    /// Epochs at the start, also fractions, in which the rate rises linearly to its first value.
    #[range(min = 0)]
    pub warmup_epochs: f64,
}

impl Default for StepSchedule {
    fn default() -> Self {
        Self { every: 10, factor: 0.1, interval: ScheduleInterval::default(), warmup_epochs: 0.0 }
    }
}

/// `rate · factor^t`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ExponentialSchedule {
    /// Factor for each epoch.
    #[range(above = 0)]
    pub factor: f64,
    /// How often the rate changes.
    pub interval: ScheduleInterval,
    /// Epochs at the start, also fractions, in which the rate rises linearly to its first value.
    #[range(min = 0)]
    pub warmup_epochs: f64,
}

impl Default for ExponentialSchedule {
    fn default() -> Self {
        Self { factor: 0.9, interval: ScheduleInterval::default(), warmup_epochs: 0.0 }
    }
}

/// `rate · (f + (1 − f) (1 + cos(π t / epochs)) / 2)`, f the final factor (Loshchilov and Hutter 2017, without restarts).
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct CosineSchedule {
    /// Rate at the end of the run, as a fraction of the optimiser's.
    #[range(min = 0, max = 1)]
    pub final_factor: f64,
    /// How often the rate changes.
    pub interval: ScheduleInterval,
    /// Epochs at the start, also fractions, in which the rate rises linearly to its first value.
    #[range(min = 0)]
    pub warmup_epochs: f64,
}

/// Half a cosine from `initialFactor · rate` up to `rate`, then one down to `finalFactor · rate` (Smith and Topin 2018).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct OneCycleSchedule {
    /// Fraction of the run in which the rate rises.
    #[range(above = 0, below = 1)]
    pub rising: f64,
    /// Rate at the start, as a fraction of the optimiser's.
    #[range(min = 0, max = 1)]
    pub initial_factor: f64,
    /// Rate at the end of the run, as a fraction of the optimiser's.
    #[range(min = 0, max = 1)]
    pub final_factor: f64,
    /// How often the rate changes.
    pub interval: ScheduleInterval,
    /// Epochs at the start, also fractions, in which the rate rises linearly to its first value.
    #[range(min = 0)]
    pub warmup_epochs: f64,
}

impl Default for OneCycleSchedule {
    fn default() -> Self {
        Self {
            rising: 0.3,
            initial_factor: 0.04,
            final_factor: 4e-6,
            interval: ScheduleInterval::default(),
            warmup_epochs: 0.0,
        }
    }
}
