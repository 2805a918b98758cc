//! Convolutions and pools as a configuration gives them (spec 17).

use serde::Serialize;
use spikelet_fields::fields;

use super::inputs::LayerInput;
use super::neuron::LayerNeuron;
use super::sizes::{Padding, Sizes};
use super::sources::Sources;
use crate::json::FromJson;

/// A convolution (cross-correlation) of spiking units over an image or a sequence (spec 2, 17).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Convolution {
    /// Name by which other layers name it as their source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub name: Option<String>,
    /// Where its spikes come from; the layer before it by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub from: Option<Sources>,
    /// Channels of the output.
    #[range(min = 1)]
    pub channels: u32,
    /// Taps of a unit along each axis.
    #[range(min = 1, max = 65535)]
    pub kernel: Sizes,
    /// Distance between the places that neighbouring units see.
    #[serde(default = "Sizes::one")]
    #[range(min = 1, max = 65535)]
    pub stride: Sizes,
    /// Zeros around the input; where the stride is not 1, `"valid"` or numbers.
    #[serde(default = "Padding::same")]
    pub padding: Padding,
    /// Distance between neighbouring taps.
    #[serde(default = "Sizes::one")]
    #[range(min = 1, max = 65535)]
    pub dilation: Sizes,
    /// Groups of channels, each of which sees its group of the input's channels only; as many as channels make it depthwise.
    #[serde(default = "super::sizes::one")]
    #[range(min = 1)]
    pub groups: u32,
    /// Further inputs, whose currents add to that of the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "codegen", ts(optional, as = "Option<Vec<LayerInput>>"))]
    pub inputs: Vec<LayerInput>,
    /// Settings of this layer's neuron that override `network.neuron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub neuron: Option<LayerNeuron>,
}

/// Windows over an image or a sequence; places that do not fill one are dropped (spec 17).
#[fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Pool {
    /// Name by which other layers name it as their source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub name: Option<String>,
    /// Where its spikes come from; the layer before it by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub from: Option<Sources>,
    /// Places of a window along each axis.
    #[range(min = 1, max = 65535)]
    pub window: Sizes,
    /// Distance between neighbouring windows; the size of a window by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    #[range(min = 1, max = 65535)]
    pub stride: Option<Sizes>,
}
