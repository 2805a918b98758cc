//! The learning rule: how the gradient is computed.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use super::eprop::{EpropRule, RecurrentPath};
use super::number_or_list::PerLayer;
use super::surrogate::Surrogate;
use super::weight_schedule::WeightSchedule;
use crate::read_tagged;

/// The learning rule (spec 5 and 6).
#[fields]
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
    /// Gradients of spike times that include the effects of resets: exact as steps become short (spec 14).
    EventProp(EventPropRule),
    /// Surrogate gradients of each unit's own states, with errors broadcast from the output (spec 19).
    Eprop(EpropRule),
}

read_tagged!(RuleConfig {
    "activation" => Activation, "timing" => Timing, "antlr" => Antlr, "mixture" => Mixture,
    "eventProp" => EventProp, "eprop" => Eprop,
});

impl Default for RuleConfig {
    fn default() -> Self {
        Self::Antlr(AntlrRule::default())
    }
}

impl RuleConfig {
    /// Factors on the weights of the two parts in an epoch, counted from 0.
    #[must_use]
    pub fn weight_factors(&self, epoch: u32) -> (f64, f64) {
        self.weight_schedule().map_or((1.0, 1.0), |schedule| schedule.factors(epoch))
    }

    /// Weights of the activation and the timing part, where the rule weighs them.
    pub(super) fn part_weights(&self) -> Option<(&PerLayer, &PerLayer)> {
        match self {
            Self::Activation(_) | Self::Timing(_) | Self::EventProp(_) | Self::Eprop(_) => None,
            Self::Antlr(antlr) => Some((&antlr.activation_weight, &antlr.timing_weight)),
            Self::Mixture(mixture) => Some((&mixture.activation_weight, &mixture.timing_weight)),
        }
    }

    pub(super) fn weight_schedule(&self) -> Option<&WeightSchedule> {
        match self {
            Self::Activation(_) | Self::Timing(_) | Self::EventProp(_) | Self::Eprop(_) => None,
            Self::Antlr(antlr) => antlr.weight_schedule.as_ref(),
            Self::Mixture(mixture) => mixture.weight_schedule.as_ref(),
        }
    }

    /// The surrogate derivative, where the rule has an activation part.
    #[must_use]
    pub fn surrogate(&self) -> Option<&Surrogate> {
        match self {
            Self::Activation(activation) => Some(&activation.surrogate),
            Self::Antlr(antlr) => Some(&antlr.surrogate),
            Self::Mixture(mixture) => Some(&mixture.surrogate),
            Self::Eprop(eprop) => Some(&eprop.surrogate),
            Self::Timing(_) | Self::EventProp(_) => None,
        }
    }

    /// Gradient through resets.
    #[must_use]
    pub fn reset_paths(&self) -> &ResetPaths {
        match self {
            Self::Activation(activation) => &activation.reset_path,
            Self::Timing(timing) => &timing.reset_path,
            Self::Antlr(antlr) => &antlr.reset_path,
            Self::Mixture(mixture) => &mixture.reset_path,
            Self::EventProp(_) => &EventPropRule::RESET_PATH,
            Self::Eprop(_) => &ResetPaths::NONE,
        }
    }

    /// Whether a spike's effect on later thresholds of its unit carries gradient.
    #[must_use]
    pub fn adaptation_path(&self) -> bool {
        match self {
            Self::Activation(activation) => activation.adaptation_path,
            Self::Timing(timing) => timing.adaptation_path,
            Self::Antlr(antlr) => antlr.adaptation_path,
            Self::Mixture(mixture) => mixture.adaptation_path,
            Self::EventProp(exact) => exact.adaptation_path,
            Self::Eprop(eprop) => eprop.adaptation_path,
        }
    }

    /// Gradient by way of spikes that a layer receives a step later.
    #[must_use]
    pub fn recurrent_path(&self) -> RecurrentPath {
        match self {
            Self::Activation(activation) => activation.recurrent_path,
            Self::Timing(timing) => timing.recurrent_path,
            Self::Antlr(antlr) => antlr.recurrent_path,
            Self::Mixture(mixture) => mixture.recurrent_path,
            Self::EventProp(_) => RecurrentPath::Full,
            Self::Eprop(_) => RecurrentPath::Ignore,
        }
    }

    /// The settings of e-prop, if that is the rule.
    #[must_use]
    pub fn eprop(&self) -> Option<&EpropRule> {
        match self {
            Self::Eprop(eprop) => Some(eprop),
            _ => None,
        }
    }

    /// Lower bound of V', by which a timing part divides.
    #[must_use]
    pub fn slope_floor(&self) -> f64 {
        match self {
            Self::Activation(_) | Self::Eprop(_) => DEFAULT_SLOPE_FLOOR,
            Self::Timing(timing) => timing.slope_floor,
            Self::Antlr(antlr) => antlr.slope_floor,
            Self::Mixture(mixture) => mixture.slope_floor,
            Self::EventProp(exact) => exact.slope_floor,
        }
    }

    /// Whether the rule uses spike times only; the authors' silent-unit update applies to it alone.
    #[must_use]
    pub fn is_timing(&self) -> bool {
        matches!(self, Self::Timing(_))
    }
}

/// The authors' lower bound of the slope (spec 1.1).
const DEFAULT_SLOPE_FLOOR: f64 = 0.01;

/// How the activation part treats the reset (spec 5.2).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ActivationVariant {
    /// Spike response model: gradients stop at a reset.
    #[default]
    Srm,
    /// Backpropagation through time; equals `srm` if the reset path is ignored.
    Rnn,
    /// Gradients pass through resets as if they had not happened.
    Slayer,
}

/// Gradient that passes from a spike through the reset to later steps (spec 6.iii).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ResetPath {
    /// None.
    #[default]
    Ignore,
    /// All.
    Full,
    /// From steps at which `|V − threshold|` is at most this.
    Window(#[range(min = 0)] f64),
    /// To at most this many steps later.
    Lag(#[range(min = 1, max = 65535)] u32),
}

/// Reset paths of the two parts.
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ResetPaths {
    /// For the activation part; anything but `ignore` needs the variant `rnn`.
    pub activation: ResetPath,
    /// For the timing part.
    pub timing: ResetPath,
}

impl ResetPaths {
    const NONE: Self = Self { activation: ResetPath::Ignore, timing: ResetPath::Ignore };
}

/// Surrogate gradients (spec 5.2).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ActivationRule {
    /// How the reset is treated.
    pub variant: ActivationVariant,
    /// The surrogate derivative.
    pub surrogate: Surrogate,
    /// How far gradient follows a spike through its reset; this rule uses the field `activation` only.
    pub reset_path: ResetPaths,
    /// Whether gradient follows the effect of a spike on later thresholds of its unit (`alif`, spec 10.3).
    pub adaptation_path: bool,
    /// Whether gradient follows spikes that a layer receives a step later: its own, or those of later layers.
    pub recurrent_path: RecurrentPath,
}

impl Default for ActivationRule {
    fn default() -> Self {
        Self {
            variant: Default::default(),
            surrogate: Default::default(),
            reset_path: Default::default(),
            adaptation_path: true,
            recurrent_path: Default::default(),
        }
    }
}

/// Gradients of spike times (spec 5.3).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct TimingRule {
    /// How far gradient follows a spike through its reset; this rule uses the field `timing` only.
    pub reset_path: ResetPaths,
    /// Whether gradient follows the effect of a spike on later thresholds of its unit (`alif`, spec 10.3).
    pub adaptation_path: bool,
    /// Whether gradient follows spikes that a layer receives a step later: its own, or those of later layers.
    pub recurrent_path: RecurrentPath,
    /// Lower bound of the slope V' of the membrane at a spike, by which the timing part divides (spec 1.1); 0 for none.
    #[range(min = 0)]
    pub slope_floor: f64,
}

impl Default for TimingRule {
    fn default() -> Self {
        Self {
            reset_path: Default::default(),
            adaptation_path: true,
            recurrent_path: Default::default(),
            slope_floor: DEFAULT_SLOPE_FLOOR,
        }
    }
}

/// Both parts, added inside the backward pass (spec 5.4, 6.i).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct AntlrRule {
    /// Weight λ_act of the activation part at every layer; a list has one number for each spiking layer.
    #[range(any)]
    pub activation_weight: PerLayer,
    /// Weight λ_tim of the timing part at every layer; a list has one number for each spiking layer.
    #[range(any)]
    pub timing_weight: PerLayer,
    /// Factors on the weights of both parts over the epochs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_schedule: Option<WeightSchedule>,
    /// How the activation part treats the reset: `srm` or `rnn`.
    pub variant: ActivationVariant,
    /// The surrogate derivative of the activation part.
    pub surrogate: Surrogate,
    /// Gradient through resets.
    pub reset_path: ResetPaths,
    /// Whether gradient follows the effect of a spike on later thresholds of its unit (`alif`, spec 10.3).
    pub adaptation_path: bool,
    /// Whether gradient follows spikes that a layer receives a step later: its own, or those of later layers.
    pub recurrent_path: RecurrentPath,
    /// Lower bound of the slope V' of the membrane at a spike, by which the timing part divides (spec 1.1); 0 for none.
    #[range(min = 0)]
    pub slope_floor: f64,
}

impl Default for AntlrRule {
    fn default() -> Self {
        Self {
            activation_weight: Default::default(),
            timing_weight: Default::default(),
            weight_schedule: Default::default(),
            variant: Default::default(),
            surrogate: Default::default(),
            reset_path: Default::default(),
            adaptation_path: true,
            recurrent_path: Default::default(),
            slope_floor: DEFAULT_SLOPE_FLOOR,
        }
    }
}

/// Weighted sum of the final gradients of the activation and the timing rule (spec 6.ii).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct MixtureRule {
    /// Weight of the activation rule's gradient; a list has one number for each spiking layer.
    #[range(any)]
    pub activation_weight: PerLayer,
    /// Weight of the timing rule's gradient; a list has one number for each spiking layer.
    #[range(any)]
    pub timing_weight: PerLayer,
    /// Factors on the weights of both parts over the epochs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_schedule: Option<WeightSchedule>,
    /// How the activation rule treats the reset.
    pub variant: ActivationVariant,
    /// The surrogate derivative of the activation rule.
    pub surrogate: Surrogate,
    /// Gradient through resets.
    pub reset_path: ResetPaths,
    /// Whether gradient follows the effect of a spike on later thresholds of its unit (`alif`, spec 10.3).
    pub adaptation_path: bool,
    /// Whether gradient follows spikes that a layer receives a step later: its own, or those of later layers.
    pub recurrent_path: RecurrentPath,
    /// Lower bound of the slope V' of the membrane at a spike, by which the timing part divides (spec 1.1); 0 for none.
    #[range(min = 0)]
    pub slope_floor: f64,
}

impl Default for MixtureRule {
    fn default() -> Self {
        Self {
            activation_weight: Default::default(),
            timing_weight: Default::default(),
            weight_schedule: Default::default(),
            variant: Default::default(),
            surrogate: Default::default(),
            reset_path: Default::default(),
            adaptation_path: true,
            recurrent_path: Default::default(),
            slope_floor: DEFAULT_SLOPE_FLOOR,
        }
    }
}

/// The timing rule with the whole reset path, the discrete form of the exact gradient of the event-driven network (spec 14):
/// EventProp (Wunderlich and Pehle, 2021) for the reset `membrane`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct EventPropRule {
    /// Whether gradient follows the effect of a spike on later thresholds of its unit (`alif`, spec 10.3).
    pub adaptation_path: bool,
    /// Lower bound of the slope V' of the membrane at a spike, by which the timing part divides (spec 1.1); 0 for none.
    #[range(min = 0)]
    pub slope_floor: f64,
}

impl EventPropRule {
    /// What the rule implies.
    const RESET_PATH: ResetPaths = ResetPaths { activation: ResetPath::Ignore, timing: ResetPath::Full };
}

impl Default for EventPropRule {
    fn default() -> Self {
        Self { adaptation_path: true, slope_floor: DEFAULT_SLOPE_FLOOR }
    }
}
