//! The configuration: one source of truth for the API, files of the command line and checkpoints; and errors with the path of a field.
//!
//! These structs parse, validate and fill in the defaults; TypeScript types and the JSON Schema are generated from them.
#![forbid(unsafe_code)]

mod augmentation;
mod averaging;
mod constraints;
mod convolution;
mod delays;
mod early_stopping;
mod eprop;
mod error;
pub mod geometry;
mod graph;
mod initial_activity;
mod inputs;
pub mod json;
pub mod loss;
mod network;
mod neuron;
mod number_or_list;
mod optimizer;
pub mod ranges;
mod regularizers;
mod reset;
mod rule;
mod schedule;
mod shapes;
mod sizes;
mod sliding;
mod sources;
mod surrogate;
mod training;
mod weight_schedule;

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

// The macro `fields` names this crate.
extern crate self as spikelet_config;

pub use augmentation::Augmentation;
pub use averaging::{Averaging, Ema, Swa};
pub use constraints::{CONSTRAINTS, Constraint};
pub use constraints::{Frozen, frozen};
pub use convolution::{Convolution, Pool};
pub use delays::{Delays, DelaysBy};
pub use early_stopping::{BestBy, EarlyStopping};
pub use eprop::{EpropRule, Feedback, RecurrentPath};
pub use error::{Error, ErrorCode, Result};
pub use geometry::Image;
pub use graph::{Further, Graph, Node, Source};
pub use initial_activity::InitialActivity;
pub use inputs::{ConvolutionInput, DenseInput, LayerInput, OneToOneInput};
pub use loss::{EndSimulation, LossConfig, Statistic};
pub use network::{Dense, InputShape, LayerConfig, NetworkConfig, OneToOne, Unadjustable};
pub use neuron::*;
pub use number_or_list::{PerLayer, PerUnit};
pub use optimizer::{Adam, AdamW, OptimizerConfig, Sgd};
pub use regularizers::{RateBounds, RateBoundsBy, Regularizers};
pub use reset::Reset;
pub use rule::{
    ActivationRule, ActivationVariant, AntlrRule, EventPropRule, MixtureRule, ResetPath, ResetPaths, RuleConfig,
    TimingRule,
};
pub use schedule::{
    ConstantSchedule, CosineSchedule, ExponentialSchedule, OneCycleSchedule, ScheduleConfig, ScheduleInterval,
    StepSchedule,
};
pub use shapes::{Fitted, UnitShape};
pub use sizes::{Padding, PaddingName, Sizes};
pub use sliding::Slid;
pub use sources::{OneToOneBy, Sources};
pub use surrogate::{
    ArctanSurrogate, ExponentialSurrogate, FastSigmoidSurrogate, RectangleSurrogate, Surrogate, TableSurrogate,
    TriangleSurrogate,
};
pub use training::{Sampling, SilentRules, SilentUnitUpdate, Threads, TrainingConfig};
pub use weight_schedule::{Interpolation, WeightPoint, WeightSchedule};

/// Everything that defines a training run, apart from the data.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Config {
    /// Layers, neuron and length of the simulation.
    pub network: NetworkConfig,
    /// The learning rule: how the gradient is computed.
    #[serde(default)]
    pub rule: RuleConfig,
    /// What is minimised.
    #[serde(default)]
    pub loss: LossConfig,
    /// Terms for the activity of hidden layers, added to the loss.
    #[serde(default)]
    pub regularizers: Regularizers,
    /// How the gradient changes the parameters.
    #[serde(default)]
    pub optimizer: OptimizerConfig,
    /// How the learning rate changes over the run; by default `cosine` with `finalFactor` 0.01, whatever the number of epochs.
    #[serde(default)]
    pub schedule: ScheduleConfig,
    /// Batches, epochs, clipping, seed, threads.
    #[serde(default)]
    pub training: TrainingConfig,
}

impl Config {
    /// Parses and validates a JSON configuration; an error names the path of the field.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for malformed JSON, unknown or missing fields and values out of range.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn from_json(text: &str) -> Result<Self> {
        let config: Self = json::parse(text)?;
        config.validate()?;
        Ok(config)
    }

    /// The resolved configuration as JSON.
    // Compiled where it is called, and there for size.
    #[inline]
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a configuration has only string keys and finite numbers")
    }
}
