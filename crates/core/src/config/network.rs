//! Layers, neuron and length of the simulation.

use serde::{Deserialize, Serialize};

use crate::json::tagged::deserialize_tagged;

/// Size of the input: a number of units or `[channels, height, width]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum InputShape {
    /// A flat list of units.
    Units(u32),
    /// An image, `[channels, height, width]`; the flat index is row-major.
    Image([u32; 3]),
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct NetworkConfig {
    /// Input units, or `[channels, height, width]`.
    pub input: InputShape,
    /// Length of the simulation T in steps, 1 to 65535.
    #[serde(default = "NetworkConfig::default_steps")]
    pub steps: u32,
    /// The neuron of every layer; a layer's own `neuron` takes its place, field by field.
    #[serde(default)]
    pub neuron: NeuronConfig,
    /// Layers from the input up; the last one is the output.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum GainMode {
    /// One input spike over a weight of 1 lifts the membrane to a peak of 1 within the simulation.
    Auto,
    /// `currentGain`, `membraneGain` and `biasGain` are taken as given.
    Manual,
}

/// Leaky integrate-and-fire neuron with a synaptic current and reset to zero (spec 1.1).
///
/// `I[t] = currentGain · W s[t] + currentDecay (1 − S[t−1]) I[t−1]`,
/// `V[t] = membraneGain · I[t] + biasGain · b + membraneDecay (1 − S[t−1]) V[t−1]`, `S[t] = V[t] ≥ threshold`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct NeuronConfig {
    /// Decay of the synaptic current per step, 0 to 1.
    pub current_decay: f64,
    /// Decay of the membrane per step, 0 to 1.
    pub membrane_decay: f64,
    /// Membrane at which a unit fires, above 0.
    pub threshold: f64,
    /// `auto`, or `manual` when any gain is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<GainMode>,
    /// Gain of the input drive, above 0; 1 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_gain: Option<f64>,
    /// Gain from current to membrane, above 0; 1 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membrane_gain: Option<f64>,
    /// Gain of the bias; 1 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bias_gain: Option<f64>,
    /// A unit fires at most once in a sample (spec 1.4).
    pub single_spike: bool,
    /// Steps after a spike in which the membrane is held at 0 (spec 1.4).
    pub refractory: u32,
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

/// What a layer's neuron has instead of `network.neuron`, field by field. A gain alone means `manual`; `auto` is worked out from the decays
/// of the layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct LayerNeuron {
    /// Decay of the synaptic current per step, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_decay: Option<f64>,
    /// Decay of the membrane per step, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membrane_decay: Option<f64>,
    /// Membrane at which a unit fires, above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// `auto`, or `manual` when any gain is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<GainMode>,
    /// Gain of the input drive, above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_gain: Option<f64>,
    /// Gain from current to membrane, above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membrane_gain: Option<f64>,
    /// Gain of the bias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bias_gain: Option<f64>,
    /// A unit fires at most once in a sample (spec 1.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_spike: Option<bool>,
    /// Steps after a spike in which the membrane is held at 0 (spec 1.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refractory: Option<u32>,
}

impl LayerNeuron {
    /// The neuron of the layer, where `default` is that of the network.
    fn over(&self, default: &NeuronConfig) -> NeuronConfig {
        let given = [self.current_gain, self.membrane_gain, self.bias_gain];
        let has_own_gains = self.gain.is_some() || given.iter().any(Option::is_some);
        let is_auto = self.gain == Some(GainMode::Auto);
        let gain = |own: Option<f64>, default: Option<f64>| if is_auto { own } else { own.or(default) };
        NeuronConfig {
            current_decay: self.current_decay.unwrap_or(default.current_decay),
            membrane_decay: self.membrane_decay.unwrap_or(default.membrane_decay),
            threshold: self.threshold.unwrap_or(default.threshold),
            gain: if has_own_gains { self.gain } else { default.gain },
            current_gain: gain(self.current_gain, default.current_gain),
            membrane_gain: gain(self.membrane_gain, default.membrane_gain),
            bias_gain: gain(self.bias_gain, default.bias_gain),
            single_spike: self.single_spike.unwrap_or(default.single_spike),
            refractory: self.refractory.unwrap_or(default.refractory),
        }
    }
}

impl Default for NeuronConfig {
    fn default() -> Self {
        Self {
            current_decay: 0.99,
            membrane_decay: 0.99,
            threshold: 1.0,
            gain: None,
            current_gain: None,
            membrane_gain: None,
            bias_gain: None,
            single_spike: false,
            refractory: 0,
        }
    }
}

/// One layer.
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Dense {
    /// Number of units, at least 1.
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Conv2d {
    /// Channels of the output, at least 1.
    pub channels: u32,
    /// Side of the square that a unit sees, odd.
    pub kernel: u32,
    /// What the neuron of this layer has instead of `network.neuron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub neuron: Option<LayerNeuron>,
}

/// Squares side by side; rows and columns that do not fill one are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Pool2d {
    /// Side of a square and distance to the next, at least 1.
    pub window: u32,
}

/// Reshapes an image to a flat list of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Flatten {}
