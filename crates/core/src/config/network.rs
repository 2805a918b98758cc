//! Layers, neuron and length of the simulation.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use spikelet_fields::fields;

use super::reset::Reset;
use crate::json::tagged::{self, deserialize_tagged};

/// Size of the input: a number of units or `[channels, height, width]`.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged))]
pub enum InputShape {
    /// The length of a flat list of units.
    Units(#[range(min = 1)] u32),
    /// The sizes of an image, `[channels, height, width]`, whose flat index is row-major.
    Image(#[range(min = 1)] [u32; 3]),
}

/// Serde's own untagged enumerations lose what is wrong and where.
impl<'de> Deserialize<'de> for InputShape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        match Value::deserialize(deserializer)? {
            sizes @ Value::Array(_) => tagged::inner(sizes).map(Self::Image),
            units @ Value::Number(_) => tagged::inner(units).map(Self::Units),
            other => {
                Err(D::Error::custom(format!("must be a number of units or [channels, height, width], got {other}")))
            }
        }
    }
}

impl InputShape {
    /// The number of input units; the largest there is where they are more.
    #[must_use]
    pub fn units(self) -> usize {
        match self {
            Self::Units(units) => units as usize,
            Self::Image(shape) => shape.iter().fold(1, |units: usize, &n| units.saturating_mul(n as usize)),
        }
    }
}

/// The network: input, length of the simulation, neuron, layers from the input up.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct NetworkConfig {
    /// Input units, or `[channels, height, width]`.
    pub input: InputShape,
    /// Length of the simulation T in steps.
    #[serde(default = "NetworkConfig::default_steps")]
    #[range(min = 1, max = 65535)]
    pub steps: u32,
    /// The neuron of every layer; a layer's own `neuron` takes its place, field by field.
    #[serde(default)]
    pub neuron: NeuronConfig,
    /// Layers from the input up; the last one is the output.
    #[non_empty]
    pub layers: Vec<LayerConfig>,
}

impl NetworkConfig {
    /// The number of layers with neurons.
    #[must_use]
    pub fn spiking_layers(&self) -> usize {
        self.layers.iter().filter(|layer| layer.is_spiking()).count()
    }

    /// Whether any layer listens to itself.
    #[must_use]
    pub fn is_recurrent(&self) -> bool {
        self.layers.iter().any(|layer| matches!(layer, LayerConfig::Dense(Dense { recurrent: true, .. })))
    }

    /// The neuron of a layer, counted from the input up among all.
    #[must_use]
    pub fn neuron_of(&self, layer: usize) -> NeuronConfig {
        match self.layers[layer].neuron() {
            Some(own) => own.over(&self.neuron),
            None => self.neuron.clone(),
        }
    }

    /// The neurons of the spiking layers, from the input up, each with where its fields stand.
    pub(crate) fn neurons(&self) -> impl Iterator<Item = (String, NeuronConfig)> {
        let spiking = self.layers.iter().enumerate().filter(|(_, layer)| layer.is_spiking());
        spiking.map(|(index, layer)| {
            let path = layer.neuron().map(|_| format!("network.layers[{index}].neuron"));
            (path.unwrap_or_else(|| "network.neuron".to_owned()), self.neuron_of(index))
        })
    }

    fn default_steps() -> u32 {
        300
    }
}

/// How the gains follow from the decays.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum GainMode {
    /// One input spike over a weight of 1 lifts the membrane to a peak of 1 within the simulation.
    Auto,
    /// `currentGain`, `membraneGain` and `biasGain` are taken as given.
    Manual,
}

/// Defines the neuron of a network, with a default for each field, and what a layer may have instead, from one list of fields.
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
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
            fn over(&self, default: &$Network) -> $Network {
                $Network {
                    $($constant: self.$constant.unwrap_or(default.$constant),)*
                    $($spiking: self.$spiking.unwrap_or(default.$spiking),)*
                    ..self.gains_over(default)
                }
            }
        }
    };
}

neurons! {
    /// Leaky integrate-and-fire neuron with a synaptic current (spec 1.1).
    ///
    /// `I[t] = currentGain · W s[t] + currentDecay I[t−1]`, `V[t] = membraneGain · I[t] + biasGain · b + membraneDecay V[t−1]`,
    /// `S[t] = V[t] ≥ threshold`; a spike resets what is carried on, as `reset` says.
    struct NeuronConfig;
    /// What a layer's neuron has instead of `network.neuron`, field by field. A gain alone means `manual`; `auto` is worked out from the
    /// decays of the layer.
    struct LayerNeuron;
    constants {
        /// Decay of the synaptic current per step.
        #[range(min = 0, max = 1)]
        current_decay: f64 = 0.99;
        /// Decay of the membrane per step.
        #[range(min = 0, max = 1)]
        membrane_decay: f64 = 0.99;
        /// Membrane at which a unit fires.
        #[range(above = 0)]
        threshold: f64 = 1.0;
    }
    gains {
        /// `auto`, or `manual` when any gain is given.
        gain: GainMode;
        /// Gain of the input drive; 1 unless given.
        #[range(above = 0)]
        current_gain: f64;
        /// Gain from current to membrane; 1 unless given.
        #[range(above = 0)]
        membrane_gain: f64;
        /// Gain of the bias; 1 unless given.
        #[range(min = 0)]
        bias_gain: f64;
    }
    spiking {
        /// A unit fires at most once in a sample (spec 1.4).
        single_spike: bool = false;
        /// Steps after a spike in which the membrane is held at 0 (spec 1.4).
        #[range(min = 0, max = 65535)]
        refractory: u32 = 0;
        /// What a spike does to the state of its unit.
        reset: Reset = Reset::All;
    }
}

impl NeuronConfig {
    /// Steps after a spike in which a unit is blocked; more than any simulation has if it fires once.
    #[must_use]
    pub fn refractory_steps(&self) -> u32 {
        if self.single_spike { spikelet_kernels::FIRES_ONCE } else { self.refractory }
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
    /// The neuron of the network with the gains of the layer.
    fn gains_over(&self, default: &NeuronConfig) -> NeuronConfig {
        let given = [self.current_gain, self.membrane_gain, self.bias_gain];
        let has_own_gains = self.gain.is_some() || given.iter().any(Option::is_some);
        let is_auto = self.gain == Some(GainMode::Auto);
        let gain = |own: Option<f64>, default: Option<f64>| if is_auto { own } else { own.or(default) };
        NeuronConfig {
            gain: if has_own_gains { self.gain } else { default.gain },
            current_gain: gain(self.current_gain, default.current_gain),
            membrane_gain: gain(self.membrane_gain, default.membrane_gain),
            bias_gain: gain(self.bias_gain, default.bias_gain),
            ..default.clone()
        }
    }
}

/// One layer.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum LayerConfig {
    /// Every unit sees every input; spiking.
    Dense(Dense),
    /// Every unit sees a square of the image, with weights that all places share; spiking.
    Conv2d(Conv2d),
    /// The mean over squares of the image.
    AvgPool2d(Pool2d),
    /// The largest of squares of the image, the first one in row-major order on ties.
    MaxPool2d(Pool2d),
    /// `[channels, height, width]` to a flat list of units, row-major.
    Flatten(Flatten),
}

impl LayerConfig {
    /// Whether it has neurons.
    #[must_use]
    pub fn is_spiking(&self) -> bool {
        matches!(self, Self::Dense(_) | Self::Conv2d(_))
    }

    /// What its neuron has instead of `network.neuron`.
    #[must_use]
    pub fn neuron(&self) -> Option<&LayerNeuron> {
        match self {
            Self::Dense(dense) => dense.neuron.as_ref(),
            Self::Conv2d(conv) => conv.neuron.as_ref(),
            Self::AvgPool2d(_) | Self::MaxPool2d(_) | Self::Flatten(_) => None,
        }
    }
}

deserialize_tagged!(LayerConfig {
    "dense" => Dense,
    "conv2d" => Conv2d,
    "avgPool2d" => AvgPool2d,
    "maxPool2d" => MaxPool2d,
    "flatten" => Flatten,
});

/// A fully connected layer of spiking units.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Dense {
    /// Number of units.
    #[range(min = 1)]
    pub units: u32,
    /// Whether a spike of each unit also reaches all units of this layer, one step later (spec 1.5).
    #[serde(default)]
    pub recurrent: bool,
    /// What the neuron of this layer has instead of `network.neuron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub neuron: Option<LayerNeuron>,
}

/// A convolution (cross-correlation) of spiking units: stride 1, padding with zeros, so that height and width stay (spec 2).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Conv2d {
    /// Channels of the output.
    #[range(min = 1)]
    pub channels: u32,
    /// Side of the square that a unit sees.
    #[range(odd)]
    pub kernel: u32,
    /// What the neuron of this layer has instead of `network.neuron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub neuron: Option<LayerNeuron>,
}

/// Squares side by side; rows and columns that do not fill one are dropped.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Pool2d {
    /// Side of a square and distance to the next.
    #[range(min = 1)]
    pub window: u32,
}

/// Reshapes an image to a flat list of units.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Flatten {}
