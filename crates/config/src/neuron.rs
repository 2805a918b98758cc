//! Neurons: how a unit responds to its input.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use super::number_or_list::PerUnit;
use super::reset::Reset;

/// The kind of a neuron (spec 10).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum NeuronType {
    /// Leaky integrate-and-fire (spec 1.1).
    #[default]
    Lif,
    /// Leaky integrate-and-fire with a threshold that rises with each spike and falls back (spec 10.3).
    Alif,
    /// Leaky integrate-and-fire with an adaptation current, fed by the membrane and by spikes (spec 18).
    Adlif,
    /// Leaky integration without spikes: a readout, whose output is its membrane (spec 10.4). It is the last layer, and dense.
    Leaky,
}

/// A constant that a layer can learn (spec 12).
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum LearntConstant {
    /// αᵢ, moved as u with `αᵢ = 1 / (1 + e^−u)`.
    CurrentDecay,
    /// αᵥ, moved as u with `αᵥ = 1 / (1 + e^−u)`.
    MembraneDecay,
    /// The threshold, kept at 0.01 or more.
    Threshold,
    /// κ of `alif`, kept at 0 or more.
    AdaptationStrength,
    /// ρ of `adlif`, moved as u with `ρ = 1 / (1 + e^−u)`.
    AdaptationDecay,
    /// a of `adlif`, kept where its oscillations die away.
    SubthresholdCoupling,
    /// b of `adlif`, kept at 0 or more.
    SpikeCoupling,
}

/// Which membrane and spikes feed the adaptation current of a step (spec 18).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum AdaptationScheme {
    /// Membrane and spikes of the step itself (symplectic Euler): oscillations decay alike for every coupling.
    #[default]
    Symplectic,
    /// Membrane and spikes of the step before (forward Euler).
    Forward,
}

/// How the gains follow from the decays.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum GainMode {
    /// Computed from the decays: one input spike over a weight of 1 lifts the membrane to a peak of 1 within the simulation.
    Auto,
    /// `currentGain`, `membraneGain` and `biasGain` are taken as given.
    Manual,
}

/// Defines the neuron of a network, with a default for each field, and the overrides of a layer, from one list of fields.
macro_rules! neurons {
    (
        $(#[$network_attribute:meta])* struct $Network:ident;
        $(#[$layer_attribute:meta])* struct $Layer:ident;
        constants { $($(#[$($constant_attribute:tt)*])* $constant:ident: $Constant:ty = $constant_default:expr;)* }
        gains { $($(#[$($gain_attribute:tt)*])* $gain:ident: $Gain:ty;)* }
        spiking { $($(#[$($spiking_attribute:tt)*])* $spiking:ident: $Spiking:ty = $spiking_default:expr;)* }
    ) => {
        $(#[$network_attribute])*
        #[fields]
        #[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        #[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
        pub struct $Network {
            $($(#[$($constant_attribute)*])* pub $constant: $Constant,)*
            $($(#[$($gain_attribute)*])* #[serde(skip_serializing_if = "Option::is_none")] pub $gain: Option<$Gain>,)*
            $($(#[$($spiking_attribute)*])* pub $spiking: $Spiking,)*
        }

        impl Default for $Network {
            fn default() -> Self {
                Self {
                    $($constant: $constant_default,)*
                    $($gain: None,)*
                    $($spiking: $spiking_default,)*
                }
            }
        }

        $(#[$layer_attribute])*
        #[fields]
        #[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        #[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
        pub struct $Layer {
            $(
                $(#[$($constant_attribute)*])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $constant: Option<$Constant>,
            )*
            $($(#[$($gain_attribute)*])* #[serde(skip_serializing_if = "Option::is_none")] pub $gain: Option<$Gain>,)*
            $(
                $(#[$($spiking_attribute)*])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $spiking: Option<$Spiking>,
            )*
        }

        impl $Layer {
            /// The neuron of the layer, where `default` is that of the network.
            pub(super) fn over(&self, default: &$Network) -> $Network {
                $Network {
                    $($constant: self.$constant.clone().unwrap_or_else(|| default.$constant.clone()),)*
                    $($spiking: self.$spiking.unwrap_or(default.$spiking),)*
                    ..self.gains_over(default)
                }
            }
        }
    };
}

neurons! {
    /// Leaky integrate-and-fire neuron with a synaptic current (spec 1.1, 10). Constants are a number, or a list with one for
    /// each unit of the layer (each channel of a convolution).
    ///
    /// `I[t] = currentGain · W s[t] + currentDecay I[t−1]`, `V[t] = membraneGain · I[t] + biasGain · b + membraneDecay V[t−1]`,
    /// `S[t] = V[t] ≥ threshold`; a spike resets what is carried on, as `reset` says. `alif`:
    /// `S[t] = V[t] ≥ threshold + adaptationStrength · a[t]`, `a[t] = adaptationDecay · a[t−1] + S[t−1]`. `adlif`: an adaptation
    /// current w takes `(1 − membraneDecay) · w[t−1]` from `V[t]`, `w[t] = adaptationDecay · w[t−1] + (1 − adaptationDecay) ·
    /// (subthresholdCoupling · V[t] + spikeCoupling · S[t])`, with V behind its reset. `leaky`: no spikes, the output is `V`.
    struct NeuronConfig;
    /// Settings of a layer's neuron that override `network.neuron`, field by field. A gain alone means `manual`; `auto` is
    /// computed from the decays of the layer.
    struct LayerNeuron;
    constants {
        /// Decay of the synaptic current per step.
        #[range(min = 0, max = 1)]
        current_decay: PerUnit = PerUnit::Every(0.99);
        /// Decay of the membrane per step.
        #[range(min = 0, max = 1)]
        membrane_decay: PerUnit = PerUnit::Every(0.99);
        /// Membrane at which a unit fires.
        #[range(above = 0)]
        threshold: PerUnit = PerUnit::Every(1.0);
        /// ρ of `alif`, `adlif`: decay per step of what spikes add to the threshold, or of the adaptation current.
        #[range(min = 0, below = 1)]
        adaptation_decay: PerUnit = PerUnit::Every(0.97);
        /// κ of `alif`: what a spike adds to its threshold.
        #[range(min = 0)]
        adaptation_strength: PerUnit = PerUnit::Every(0.1);
        /// a of `adlif`: how strongly the membrane feeds the adaptation current. V returns to rest between spikes for
        /// `−1 < a < (1 + membraneDecay)(1 + adaptationDecay) / ((1 − membraneDecay)(1 − adaptationDecay))`, with the scheme `forward`
        /// for `a < (1 − membraneDecay · adaptationDecay) / ((1 − membraneDecay)(1 − adaptationDecay))`.
        #[range(above = -1)]
        subthreshold_coupling: PerUnit = PerUnit::Every(0.0);
        /// b of `adlif`: what a spike adds to the adaptation current, times `1 − adaptationDecay`.
        #[range(min = 0)]
        spike_coupling: PerUnit = PerUnit::Every(0.0);
        /// Constants that are learnt (spec 12): one for the layer if it is given as a number, one for each unit (channel) if it
        /// is given as a list. Gains keep their initial values.
        learn: Vec<LearntConstant> = Vec::new();
    }
    gains {
        /// `auto` by default, `manual` when any gain is given.
        gain: GainMode;
        /// Gain of the input drive; with `manual`, 1 by default.
        #[range(above = 0)]
        current_gain: PerUnit;
        /// Gain from current to membrane; with `manual`, 1 by default.
        #[range(above = 0)]
        membrane_gain: PerUnit;
        /// Gain of the bias; with `manual`, 1 by default.
        #[range(min = 0)]
        bias_gain: PerUnit;
    }
    spiking {
        /// The kind of neuron.
        #[serde(rename = "type")]
        kind: NeuronType = NeuronType::Lif;
        /// A unit fires at most once in a sample (spec 1.4).
        single_spike: bool = false;
        /// Steps after a spike in which the membrane is held at 0 (spec 1.4).
        #[range(min = 0, max = 65535)]
        refractory: u32 = 0;
        /// What a spike does to the state of its unit.
        reset: Reset = Reset::All;
        /// Which membrane and spikes feed the adaptation current of `adlif` at a step.
        scheme: AdaptationScheme = AdaptationScheme::Symplectic;
        /// Factor on the learning rate of learnt constants, in addition to that of the layer.
        #[range(above = 0)]
        learning_rate_factor: f64 = 1.0;
    }
}

/// Lower bound of a learnt threshold.
pub const MIN_THRESHOLD: f32 = 0.01;
/// Share of the stable range that a learnt `subthresholdCoupling` may fill.
pub const COUPLING_MARGIN: f32 = 0.99;

impl LearntConstant {
    /// Name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CurrentDecay => "currentDecay",
            Self::MembraneDecay => "membraneDecay",
            Self::Threshold => "threshold",
            Self::AdaptationStrength => "adaptationStrength",
            Self::AdaptationDecay => "adaptationDecay",
            Self::SubthresholdCoupling => "subthresholdCoupling",
            Self::SpikeCoupling => "spikeCoupling",
        }
    }

    /// Whether it is moved as u, with a value of 1 / (1 + e^−u).
    #[must_use]
    pub fn is_decay(self) -> bool {
        matches!(self, Self::CurrentDecay | Self::MembraneDecay | Self::AdaptationDecay)
    }

    /// Least and greatest value after an update; decays need no bounds.
    #[must_use]
    pub fn range(self) -> [f32; 2] {
        match self {
            Self::CurrentDecay | Self::MembraneDecay | Self::AdaptationDecay => [f32::NEG_INFINITY, f32::INFINITY],
            Self::Threshold => [MIN_THRESHOLD, f32::INFINITY],
            Self::AdaptationStrength | Self::SpikeCoupling => [0.0, f32::INFINITY],
            Self::SubthresholdCoupling => [-COUPLING_MARGIN, f32::INFINITY],
        }
    }

    /// The rule that a value breaks, if it can't be one of a learnt constant.
    #[must_use]
    pub fn refusal(self, value: f32) -> Option<&'static str> {
        let (is_allowed, rule) = match self {
            _ if self.is_decay() => (0.0 < value && value < 1.0, "must be above 0 and below 1 where it is learnt"),
            Self::Threshold => (value >= MIN_THRESHOLD, "must be at least 0.01 where it is learnt"),
            Self::SubthresholdCoupling => (value > -1.0, "must be above -1"),
            _ => (value >= self.range()[0], "must be at least 0"),
        };
        (!is_allowed).then_some(rule)
    }

    /// Whether such neurons have it.
    pub(crate) fn is_of(self, kind: NeuronType) -> bool {
        match self {
            Self::Threshold => kind.fires(),
            Self::AdaptationDecay => kind == NeuronType::Adlif,
            _ => kind.has(self.name()),
        }
    }
}

impl NeuronType {
    /// The neurons that alone have a constant; `None`: all have it.
    pub(crate) fn owners(constant: &str) -> Option<&'static [Self]> {
        match constant {
            "adaptationDecay" => Some(&[Self::Alif, Self::Adlif]),
            "adaptationStrength" => Some(&[Self::Alif]),
            "subthresholdCoupling" | "spikeCoupling" | "scheme" => Some(&[Self::Adlif]),
            _ => None,
        }
    }

    /// Why a constant can't be given for this neuron, if so.
    pub(crate) fn refusal(self, constant: &str) -> Option<String> {
        let owners = Self::owners(constant)?;
        let names: Vec<&str> = owners.iter().map(|owner| owner.name()).collect();
        (!owners.contains(&self)).then(|| format!("is of the neuron {}", names.join(" or ")))
    }

    /// Whether there are constants that no LIF has.
    #[must_use]
    pub fn has_own_constants(self) -> bool {
        !matches!(self, Self::Lif | Self::Leaky)
    }

    /// Whether its units fire; `leaky` never does.
    #[must_use]
    pub fn fires(self) -> bool {
        self != Self::Leaky
    }

    /// Whether such neurons have the constant of a name.
    #[must_use]
    pub fn has(self, constant: &str) -> bool {
        Self::owners(constant).is_none_or(|owners| owners.contains(&self))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Lif => "lif",
            Self::Alif => "alif",
            Self::Adlif => "adlif",
            Self::Leaky => "leaky",
        }
    }
}

impl AdaptationScheme {
    /// Subthreshold coupling below which V returns to rest between spikes (spec 18).
    #[must_use]
    pub fn max_coupling(self, membrane_decay: f64, adaptation_decay: f64) -> f64 {
        let gains = (1.0 - membrane_decay) * (1.0 - adaptation_decay);
        match self {
            Self::Symplectic => (1.0 + membrane_decay) * (1.0 + adaptation_decay) / gains,
            Self::Forward => (1.0 - membrane_decay * adaptation_decay) / gains,
        }
    }
}

impl NeuronConfig {
    /// Steps after a spike in which a unit is blocked; longer than any simulation if it may fire only once.
    #[must_use]
    pub fn refractory_steps(&self) -> u32 {
        if !self.kind.fires() {
            return 0;
        }
        if self.single_spike { spikelet_kernels::FIRES_ONCE } else { self.refractory }
    }

    /// A constant that can be learnt.
    pub fn constant(&self, constant: LearntConstant) -> &PerUnit {
        match constant {
            LearntConstant::CurrentDecay => &self.current_decay,
            LearntConstant::MembraneDecay => &self.membrane_decay,
            LearntConstant::Threshold => &self.threshold,
            LearntConstant::AdaptationStrength => &self.adaptation_strength,
            LearntConstant::AdaptationDecay => &self.adaptation_decay,
            LearntConstant::SubthresholdCoupling => &self.subthreshold_coupling,
            LearntConstant::SpikeCoupling => &self.spike_coupling,
        }
    }

    /// The constants that are learnt, as far as this kind of neuron has them.
    pub fn learnt(&self) -> impl Iterator<Item = LearntConstant> {
        self.learn.iter().copied().filter(|constant| constant.is_of(self.kind))
    }

    /// The constants that are not the default ones, by name.
    pub(super) fn given(&self) -> impl Iterator<Item = &'static str> {
        let default = Self::default();
        let given: Vec<&str> = self
            .constants()
            .filter(|(name, value)| default.constants().all(|(other, default)| other != *name || default != *value))
            .map(|(name, _)| name)
            .chain((self.scheme != default.scheme).then_some("scheme"))
            .collect();
        given.into_iter()
    }

    /// The constants that may be lists, by name.
    pub(super) fn constants(&self) -> impl Iterator<Item = (&'static str, &PerUnit)> {
        let gains =
            [("currentGain", &self.current_gain), ("membraneGain", &self.membrane_gain), ("biasGain", &self.bias_gain)];
        [
            ("currentDecay", &self.current_decay),
            ("membraneDecay", &self.membrane_decay),
            ("threshold", &self.threshold),
            ("adaptationDecay", &self.adaptation_decay),
            ("adaptationStrength", &self.adaptation_strength),
            ("subthresholdCoupling", &self.subthreshold_coupling),
            ("spikeCoupling", &self.spike_coupling),
        ]
        .into_iter()
        .chain(gains.into_iter().filter_map(|(name, gain)| gain.as_ref().map(|gain| (name, gain))))
    }

    /// Whether any constant differs from unit to unit.
    pub fn has_lists(&self) -> bool {
        self.constants().any(|(_, constant)| constant.is_list())
    }

    /// Whether the gains follow from the decays.
    #[must_use]
    pub fn has_auto_gain(&self) -> bool {
        match self.gain {
            Some(mode) => mode == GainMode::Auto,
            None => !self.has_any_gain(),
        }
    }

    pub(super) fn has_any_gain(&self) -> bool {
        self.current_gain.is_some() || self.membrane_gain.is_some() || self.bias_gain.is_some()
    }
}

impl LayerNeuron {
    /// The constants that are given for the layer alone, by name.
    pub(super) fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            ("adaptationDecay", self.adaptation_decay.is_some()),
            ("adaptationStrength", self.adaptation_strength.is_some()),
            ("subthresholdCoupling", self.subthreshold_coupling.is_some()),
            ("spikeCoupling", self.spike_coupling.is_some()),
            ("scheme", self.scheme.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
    }

    /// The neuron of the network with the gains of the layer.
    fn gains_over(&self, default: &NeuronConfig) -> NeuronConfig {
        let given = [&self.current_gain, &self.membrane_gain, &self.bias_gain];
        let has_own_gains = self.gain.is_some() || given.iter().any(|gain| gain.is_some());
        let is_auto = self.gain == Some(GainMode::Auto);
        let gain = |own: &Option<PerUnit>, default: &Option<PerUnit>| {
            if is_auto { own.clone() } else { own.clone().or_else(|| default.clone()) }
        };
        NeuronConfig {
            gain: if has_own_gains { self.gain } else { default.gain },
            current_gain: gain(&self.current_gain, &default.current_gain),
            membrane_gain: gain(&self.membrane_gain, &default.membrane_gain),
            bias_gain: gain(&self.bias_gain, &default.bias_gain),
            ..default.clone()
        }
    }
}
