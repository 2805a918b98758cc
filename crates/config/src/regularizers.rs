//! Terms for the activity of hidden layers, on top of any loss.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

/// Regularisers of the hidden spiking layers, added to the loss (spec 6.vi).
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct Regularizers {
    /// Loss for each spike of a hidden layer.
    #[range(min = 0)]
    pub spike_penalty: f64,
    /// Bounds on the spikes per unit of each hidden layer; off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_bounds: Option<RateBounds>,
}

/// What bounds of the spikes are of.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum RateBoundsBy {
    /// The mean over the units of a layer.
    #[default]
    Layer,
    /// The spikes of each unit.
    Unit,
}

/// Bounds of the spikes of hidden layers in a sample: of their mean over the units of a layer, or of each unit. Outside of them
/// each unit costs `strength` times the square of the distance (spec 6.vi).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields = nullable))]
pub struct RateBounds {
    /// What the bounds are of.
    #[cfg_attr(feature = "codegen", ts(as = "Option<RateBoundsBy>", optional))]
    pub by: RateBoundsBy,
    /// Lower bound of the spikes per unit and sample.
    #[range(min = 0)]
    pub lower: f64,
    /// Upper bound of the spikes per unit and sample, at least `lower`; `null` for none.
    #[range(min = 0)]
    pub upper: Option<f64>,
    /// Factor on the squared distance, for each unit.
    #[range(min = 0)]
    pub strength: f64,
}

impl Default for RateBounds {
    fn default() -> Self {
        Self { by: RateBoundsBy::default(), lower: 0.0, upper: None, strength: 0.1 }
    }
}
