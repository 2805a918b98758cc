//! The rule e-prop and the paths that a rule leaves out.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use super::surrogate::Surrogate;

/// Gradient by way of spikes that a layer receives a step later, its own or those of a later layer.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum RecurrentPath {
    /// Followed, as in backpropagation through time.
    #[default]
    Full,
    /// Left out; recurrent weights still get the gradient of what they drive.
    Ignore,
}

/// Weights by which hidden layers learn of the errors at the output (spec 19.1).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Feedback {
    /// The weights of the output in layers that it reads, also through average pools; fixed random ones in all others.
    #[default]
    Symmetric,
    /// Fixed random ones, from the seed.
    Random,
}

/// e-prop: every unit's own states, and the errors at the output broadcast to all hidden layers (spec 19; Bellec et al., 2020).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct EpropRule {
    /// The surrogate derivative.
    pub surrogate: Surrogate,
    /// Weights by which errors at the output reach hidden layers.
    pub feedback: Feedback,
    /// Whether a readout's memory of earlier spikes counts in the errors that hidden layers get; spiking outputs have none.
    pub eligibility_filter: bool,
    /// Whether gradient follows the effect of a spike on later steps of its unit (`alif`, spec 10.3; `adlif`, spec 18).
    pub adaptation_path: bool,
}

impl Default for EpropRule {
    fn default() -> Self {
        Self {
            surrogate: Surrogate::default(),
            feedback: Feedback::default(),
            eligibility_filter: true,
            adaptation_path: true,
        }
    }
}
