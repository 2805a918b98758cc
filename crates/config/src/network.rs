//! Layers, neuron and length of the simulation.

use serde::Serialize;
use spikelet_fields::fields;

use super::convolution::{Convolution, Pool};
use super::delays::Delays;
use super::inputs::LayerInput;
use super::neuron::{LayerNeuron, NeuronConfig};
use super::sources::{OneToOneBy, Sources};
use crate::error::Error;
use crate::json::{Fault, FromJson, Value};
use crate::ranges::At;
use crate::read_tagged;

/// Size of the input: a number of units, `[channels, length]` or `[channels, height, width]`.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged))]
pub enum InputShape {
    /// The length of a flat list of units.
    Units(#[range(min = 1)] u32),
    /// The sizes of a sequence, `[channels, length]`, whose flat index is row-major.
    Sequence(#[range(min = 1)] [u32; 2]),
    /// The sizes of an image, `[channels, height, width]`, whose flat index is row-major.
    Image(#[range(min = 1)] [u32; 3]),
}

impl FromJson for InputShape {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        let message = match value {
            Value::Array(_) => match Vec::read(value, at)?[..] {
                [channels, length] => return Ok(Self::Sequence([channels, length])),
                [channels, height, width] => return Ok(Self::Image([channels, height, width])),
                ref sizes => {
                    format!("must be [channels, length] or [channels, height, width], got {} numbers", sizes.len())
                }
            },
            Value::Number(_) => return u32::read(value, at).map(Self::Units),
            other => format!("must be a number of units, [channels, length] or [channels, height, width], got {other}"),
        };
        Err(Error::config(at.to_string(), message).into())
    }
}

impl InputShape {
    /// The number of input units; saturates at the largest number.
    #[must_use]
    pub fn units(self) -> usize {
        match self {
            Self::Units(units) => units as usize,
            Self::Sequence(sizes) => product(&sizes),
            Self::Image(sizes) => product(&sizes),
        }
    }
}

fn product(sizes: &[u32]) -> usize {
    sizes.iter().fold(1, |units: usize, &size| units.saturating_mul(size as usize))
}

/// The network: input, length of the simulation, neuron, layers from the input up.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct NetworkConfig {
    /// Input units, `[channels, length]` or `[channels, height, width]`.
    pub input: InputShape,
    /// Length of the simulation T in steps.
    #[serde(default = "NetworkConfig::default_steps")]
    #[range(min = 1, max = 65535)]
    pub steps: u32,
    /// The neuron of every layer; a layer's own `neuron` takes its place, field by field.
    #[serde(default)]
    pub neuron: NeuronConfig,
    /// Layers from the input up; the last one that has neurons is the output.
    #[non_empty]
    pub layers: Vec<LayerConfig>,
}

impl NetworkConfig {
    /// The number of layers whose units fire.
    #[must_use]
    pub fn spiking_layers(&self) -> usize {
        self.neurons().filter(|(_, neuron)| neuron.kind.fires()).count()
    }

    /// Whether the output is a readout, whose units never fire.
    #[must_use]
    pub fn has_readout(&self) -> bool {
        self.neurons().last().is_some_and(|(_, neuron)| !neuron.kind.fires())
    }

    /// Whether any layer is recurrent.
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

    /// The neurons of the layers that have any, from the input up, each with the path of its fields.
    pub fn neurons(&self) -> impl Iterator<Item = (String, NeuronConfig)> {
        let of_units = self.layers.iter().enumerate().filter(|(_, layer)| layer.has_units());
        of_units.map(|(index, layer)| {
            let path = layer.neuron().map(|_| format!("network.layers[{index}].neuron"));
            (path.unwrap_or_else(|| "network.neuron".to_owned()), self.neuron_of(index))
        })
    }

    fn default_steps() -> u32 {
        300
    }
}

/// One layer.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum LayerConfig {
    /// Every unit is connected to every input.
    Dense(Dense),
    /// Every unit is connected to a part of the image, with weights shared by all places.
    Conv2d(Convolution),
    /// Every unit is connected to a part of the sequence, with weights shared by all places.
    Conv1d(Convolution),
    /// Every unit is connected to the unit of its sources at its own place (spec 16).
    OneToOne(OneToOne),
    /// The mean over windows of the image.
    AvgPool2d(Pool),
    /// The maximum over windows of the image; on ties the first unit in row-major order.
    MaxPool2d(Pool),
    /// The mean over windows of the sequence.
    AvgPool1d(Pool),
    /// The maximum over windows of the sequence; on ties the first unit.
    MaxPool1d(Pool),
    /// The mean over each channel of an image or a sequence, as a flat list with one unit for each (spec 17).
    GlobalAvgPool(Unadjustable),
    /// An image or a sequence to a flat list of units, row-major.
    Flatten(Unadjustable),
}

impl LayerConfig {
    /// Whether it has neurons.
    #[must_use]
    pub fn has_units(&self) -> bool {
        matches!(self, Self::Dense(_) | Self::Conv2d(_) | Self::Conv1d(_) | Self::OneToOne(_))
    }

    /// Name by which other layers name it as their source.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Dense(layer) => layer.name.as_deref(),
            Self::Conv2d(layer) | Self::Conv1d(layer) => layer.name.as_deref(),
            Self::OneToOne(layer) => layer.name.as_deref(),
            Self::AvgPool2d(layer) | Self::MaxPool2d(layer) | Self::AvgPool1d(layer) | Self::MaxPool1d(layer) => {
                layer.name.as_deref()
            }
            Self::GlobalAvgPool(layer) | Self::Flatten(layer) => layer.name.as_deref(),
        }
    }

    /// Where its spikes come from; the layer before it where that is not said.
    #[must_use]
    pub fn from(&self) -> Option<&Sources> {
        match self {
            Self::Dense(layer) => layer.from.as_ref(),
            Self::Conv2d(layer) | Self::Conv1d(layer) => layer.from.as_ref(),
            Self::OneToOne(layer) => layer.from.as_ref(),
            Self::AvgPool2d(layer) | Self::MaxPool2d(layer) | Self::AvgPool1d(layer) | Self::MaxPool1d(layer) => {
                layer.from.as_ref()
            }
            Self::GlobalAvgPool(layer) | Self::Flatten(layer) => layer.from.as_ref(),
        }
    }

    /// Further inputs.
    #[must_use]
    pub fn inputs(&self) -> &[LayerInput] {
        match self {
            Self::Dense(layer) => &layer.inputs,
            Self::Conv2d(layer) | Self::Conv1d(layer) => &layer.inputs,
            Self::OneToOne(layer) => &layer.inputs,
            _ => &[],
        }
    }

    /// Delays of arriving spikes.
    pub fn delays(&self) -> Option<&Delays> {
        match self {
            Self::Dense(dense) => dense.delays.as_ref(),
            _ => None,
        }
    }

    /// Settings that override `network.neuron`.
    #[must_use]
    pub fn neuron(&self) -> Option<&LayerNeuron> {
        match self {
            Self::Dense(dense) => dense.neuron.as_ref(),
            Self::Conv2d(conv) | Self::Conv1d(conv) => conv.neuron.as_ref(),
            Self::OneToOne(layer) => layer.neuron.as_ref(),
            _ => None,
        }
    }
}

read_tagged!(LayerConfig {
    "dense" => Dense,
    "conv2d" => Conv2d,
    "conv1d" => Conv1d,
    "oneToOne" => OneToOne,
    "avgPool2d" => AvgPool2d,
    "maxPool2d" => MaxPool2d,
    "avgPool1d" => AvgPool1d,
    "maxPool1d" => MaxPool1d,
    "globalAvgPool" => GlobalAvgPool,
    "flatten" => Flatten,
} but "delays" of "dense": "are defined only for dense layers and their recurrent connections");

/// A fully connected layer.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Dense {
    /// Name by which other layers name it as their source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub name: Option<String>,
    /// Where its spikes come from; the layer before it by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub from: Option<Sources>,
    /// Number of units.
    #[range(min = 1)]
    pub units: u32,
    /// Whether each spike also reaches all units of this layer, one step later (spec 1.5).
    #[serde(default)]
    pub recurrent: bool,
    /// Delays of arriving spikes; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub delays: Option<Delays>,
    /// Further inputs, whose currents add to that of the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "codegen", ts(optional, as = "Option<Vec<LayerInput>>"))]
    pub inputs: Vec<LayerInput>,
    /// Settings of this layer's neuron that override `network.neuron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub neuron: Option<LayerNeuron>,
}

/// A layer each of whose units is connected to the unit of its sources at its own place (spec 16).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct OneToOne {
    /// Name by which other layers name it as their source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub name: Option<String>,
    /// Where its spikes come from; the layer before it by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub from: Option<Sources>,
    /// What each weight belongs to.
    #[serde(default)]
    pub by: OneToOneBy,
    /// Further inputs, whose currents add to that of the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "codegen", ts(optional, as = "Option<Vec<LayerInput>>"))]
    pub inputs: Vec<LayerInput>,
    /// Settings of this layer's neuron that override `network.neuron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub neuron: Option<LayerNeuron>,
}

/// A layer that has nothing to set but its place.
#[fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Unadjustable {
    /// Name by which other layers name it as their source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub name: Option<String>,
    /// Where its spikes come from; the layer before it by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub from: Option<Sources>,
}
