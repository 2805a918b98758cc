//! Further inputs of a layer (spec 16).

use serde::Serialize;
use spikelet_fields::fields;

use super::delays::Delays;
use super::sizes::{Padding, Sizes};
use super::sources::{OneToOneBy, Sources};
use crate::json::FromJson;
use crate::read_tagged;

/// A further input of a layer: the currents of all its inputs add.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum LayerInput {
    /// Every unit is connected to every unit of the sources.
    Dense(DenseInput),
    /// Every unit is connected to a part of the image, with weights shared by all places.
    Conv2d(ConvolutionInput),
    /// Every unit is connected to a part of the sequence, with weights shared by all places.
    Conv1d(ConvolutionInput),
    /// Every unit is connected to the unit of the sources at its own place.
    OneToOne(OneToOneInput),
}

read_tagged!(LayerInput {
    "dense" => Dense,
    "conv2d" => Conv2d,
    "conv1d" => Conv1d,
    "oneToOne" => OneToOne,
} but "delays" of "dense": "are defined only for dense layers and their recurrent connections");

impl LayerInput {
    /// Where its spikes come from.
    #[must_use]
    pub fn from(&self) -> &Sources {
        match self {
            Self::Dense(input) => &input.from,
            Self::Conv2d(input) | Self::Conv1d(input) => &input.from,
            Self::OneToOne(input) => &input.from,
        }
    }

    /// Whether training changes its weights.
    #[must_use]
    pub fn learns(&self) -> bool {
        match self {
            Self::Dense(input) => input.learn,
            Self::Conv2d(input) | Self::Conv1d(input) => input.learn,
            Self::OneToOne(input) => input.learn,
        }
    }

    /// Delays of arriving spikes.
    #[must_use]
    pub fn delays(&self) -> Option<&Delays> {
        match self {
            Self::Dense(input) => input.delays.as_ref(),
            _ => None,
        }
    }
}

/// A further dense input.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct DenseInput {
    /// Where its spikes come from.
    pub from: Sources,
    /// Delays of arriving spikes; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub delays: Option<Delays>,
    /// Whether training changes the weights.
    #[serde(default = "yes")]
    pub learn: bool,
}

/// A further input by a convolution, with as many channels as the layer.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ConvolutionInput {
    /// Where its spikes come from.
    pub from: Sources,
    /// Taps of a unit along each axis.
    #[range(min = 1, max = 65535)]
    pub kernel: Sizes,
    /// Distance between the places that neighbouring units see.
    #[serde(default = "Sizes::one")]
    #[range(min = 1, max = 65535)]
    pub stride: Sizes,
    /// Zeros around the sources; where the stride is not 1, `"valid"` or numbers.
    #[serde(default = "Padding::same")]
    pub padding: Padding,
    /// Distance between neighbouring taps.
    #[serde(default = "Sizes::one")]
    #[range(min = 1, max = 65535)]
    pub dilation: Sizes,
    /// Groups of channels, each of which sees its group of the sources' channels only.
    #[serde(default = "super::sizes::one")]
    #[range(min = 1)]
    pub groups: u32,
    /// Whether training changes the weights.
    #[serde(default = "yes")]
    pub learn: bool,
}

/// A further input that connects each unit to the unit of the sources at its own place.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct OneToOneInput {
    /// Where its spikes come from; of the shape of the layer.
    pub from: Sources,
    /// What each weight belongs to.
    #[serde(default)]
    pub by: OneToOneBy,
    /// Whether training changes the weights, which start at 1.
    #[serde(default = "yes")]
    pub learn: bool,
}

fn yes() -> bool {
    true
}
