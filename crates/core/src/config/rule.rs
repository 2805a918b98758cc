//! The way to the gradient.

use serde::{Deserialize, Serialize};

use super::tagged::deserialize_tagged;

/// The learning rule (spec 5 and 6).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum RuleConfig {
    /// Surrogate gradients (spec 5.2).
    Activation(ActivationRule),
    /// Gradients of spike times, like SpikeProp (spec 5.3).
    Timing(TimingRule),
    /// Both, added inside the backward pass (spec 5.4).
    Antlr(AntlrRule),
    /// Both, added as final gradients of two separate passes (spec 6.ii).
    Mixture(MixtureRule),
}

deserialize_tagged!(RuleConfig {
    "activation" => Activation, "timing" => Timing, "antlr" => Antlr, "mixture" => Mixture,
});

impl Default for RuleConfig {
    fn default() -> Self {
        Self::Antlr(AntlrRule::default())
    }
}

impl RuleConfig {
    /// Whether the rule has nothing but spike times to go by; the authors' silent-unit update applies to it alone.
    #[must_use]
    pub fn is_timing(&self) -> bool {
        matches!(self, Self::Timing(_))
    }
}

/// How the activation part treats the reset (spec 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ActivationVariant {
    /// Spike response model: gradients stop at a reset.
    #[default]
    Srm,
    /// Back-propagation through time; equals `srm` while the reset path is ignored.
    Rnn,
    /// Gradients pass through resets as if they had not happened.
    Slayer,
}

/// The pseudo-derivative of a spike.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Surrogate {
    /// `scale · exp(−sharpness · |V − threshold|)`.
    Exponential(ExponentialSurrogate),
}

deserialize_tagged!(Surrogate { "exponential" => Exponential });

impl Default for Surrogate {
    fn default() -> Self {
        Self::Exponential(ExponentialSurrogate::default())
    }
}

/// `σ'(V) = scale · exp(−sharpness · |V − threshold|)` (spec 5.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ExponentialSurrogate {
    /// Height at the threshold, above 0.
    pub scale: f64,
    /// Fall per unit of membrane, at least 0.
    pub sharpness: f64,
}

impl Default for ExponentialSurrogate {
    fn default() -> Self {
        Self { scale: 1.0, sharpness: 3.0 }
    }
}

/// Surrogate gradients (spec 5.2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ActivationRule {
    /// How the reset is treated.
    pub variant: ActivationVariant,
    /// The pseudo-derivative.
    pub surrogate: Surrogate,
}

/// Gradients of spike times (spec 5.3).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct TimingRule {}

/// Both parts, added inside the backward pass (spec 5.4, 6.i).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct AntlrRule {
    /// Weight λ_act of the activation part at every layer.
    pub activation_weight: f64,
    /// Weight λ_tim of the timing part at every layer.
    pub timing_weight: f64,
    /// How the activation part treats the reset: `srm` or `rnn`.
    pub variant: ActivationVariant,
    /// The pseudo-derivative of the activation part.
    pub surrogate: Surrogate,
}

impl Default for AntlrRule {
    fn default() -> Self {
        Self {
            activation_weight: 1.0,
            timing_weight: 1.0,
            variant: ActivationVariant::default(),
            surrogate: Surrogate::default(),
        }
    }
}

/// Weighted sum of the final gradients of the activation and the timing rule (spec 6.ii).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct MixtureRule {
    /// Weight of the activation rule's gradient.
    pub activation_weight: f64,
    /// Weight of the timing rule's gradient.
    pub timing_weight: f64,
    /// How the activation rule treats the reset.
    pub variant: ActivationVariant,
    /// The pseudo-derivative of the activation rule.
    pub surrogate: Surrogate,
}

impl Default for MixtureRule {
    fn default() -> Self {
        Self {
            activation_weight: 1.0,
            timing_weight: 1.0,
            variant: ActivationVariant::default(),
            surrogate: Surrogate::default(),
        }
    }
}
