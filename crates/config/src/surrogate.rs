//! Surrogate derivatives of a spike (spec 5.1). `x = |V − threshold|`.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use crate::read_tagged;

/// The surrogate derivative of a spike.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Surrogate {
    /// `scale · exp(−sharpness · |V − threshold|)`.
    Exponential(ExponentialSurrogate),
    /// `scale / (1 + sharpness · |V − threshold|)²`.
    FastSigmoid(FastSigmoidSurrogate),
    /// `scale / (1 + (sharpness · |V − threshold|)²)`.
    Arctan(ArctanSurrogate),
    /// `scale · max(0, 1 − |V − threshold| / halfWidth)`.
    Triangle(TriangleSurrogate),
    /// `scale` where `|V − threshold| ≤ halfWidth`, 0 elsewhere.
    Rectangle(RectangleSurrogate),
    /// Values at equal distances, linear between them.
    Table(TableSurrogate),
}

read_tagged!(Surrogate {
    "exponential" => Exponential, "fastSigmoid" => FastSigmoid, "arctan" => Arctan, "triangle" => Triangle,
    "rectangle" => Rectangle, "table" => Table,
});

impl Default for Surrogate {
    fn default() -> Self {
        Self::Exponential(ExponentialSurrogate::default())
    }
}

impl Surrogate {
    /// Height at the threshold.
    #[must_use]
    pub fn scale(&self) -> f64 {
        match self {
            Self::Exponential(shape) => shape.scale,
            Self::FastSigmoid(shape) => shape.scale,
            Self::Arctan(shape) => shape.scale,
            Self::Triangle(shape) => shape.scale,
            Self::Rectangle(shape) => shape.scale,
            Self::Table(_) => 1.0,
        }
    }
}

/// `σ'(V) = scale · exp(−sharpness · |V − threshold|)` (spec 5.1).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ExponentialSurrogate {
    /// Height at the threshold.
    #[range(above = 0)]
    pub scale: f64,
    /// Fall per unit of membrane.
    #[range(min = 0)]
    pub sharpness: f64,
}

impl Default for ExponentialSurrogate {
    fn default() -> Self {
        Self { scale: 1.0, sharpness: 3.0 }
    }
}

/// `σ'(V) = scale / (1 + sharpness · |V − threshold|)²`, the slope of a fast sigmoid (Zenke and Ganguli 2018).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct FastSigmoidSurrogate {
    /// Height at the threshold.
    #[range(above = 0)]
    pub scale: f64,
    /// Factor on the distance from the threshold.
    #[range(min = 0)]
    pub sharpness: f64,
}

impl Default for FastSigmoidSurrogate {
    fn default() -> Self {
        Self { scale: 1.0, sharpness: 3.0 }
    }
}

/// `σ'(V) = scale / (1 + (sharpness · |V − threshold|)²)`, the slope of an arc tangent (Fang et al. 2021).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct ArctanSurrogate {
    /// Height at the threshold.
    #[range(above = 0)]
    pub scale: f64,
    /// Factor on the distance from the threshold.
    #[range(min = 0)]
    pub sharpness: f64,
}

impl Default for ArctanSurrogate {
    fn default() -> Self {
        Self { scale: 1.0, sharpness: 3.0 }
    }
}

/// `σ'(V) = scale · max(0, 1 − |V − threshold| / halfWidth)` (Bellec et al. 2018).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct TriangleSurrogate {
    /// Height at the threshold.
    #[range(above = 0)]
    pub scale: f64,
    /// Distance from the threshold at which it reaches 0.
    #[range(above = 0)]
    pub half_width: f64,
}

impl Default for TriangleSurrogate {
    fn default() -> Self {
        Self { scale: 1.0, half_width: 1.0 }
    }
}

/// `σ'(V) = scale` where `|V − threshold| ≤ halfWidth`, 0 elsewhere (Wu et al. 2018).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct RectangleSurrogate {
    /// Height.
    #[range(above = 0)]
    pub scale: f64,
    /// Largest distance from the threshold at which it is not 0.
    #[range(above = 0)]
    pub half_width: f64,
}

impl Default for RectangleSurrogate {
    fn default() -> Self {
        Self { scale: 1.0, half_width: 0.5 }
    }
}

/// `σ'(V)` by its values, linear between them and 0 outside (spec 5.1).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct TableSurrogate {
    /// From one value to the next, per unit of membrane.
    #[range(above = 0)]
    pub step: f64,
    /// σ' at `|V − threshold|` = 0, `step`, 2 `step` and so on, or from `V − threshold` = `first` on: 2 to 65536 numbers.
    #[range(any)]
    pub values: Vec<f64>,
    /// `V − threshold` of the first value, where the two sides of the threshold differ.
    #[range(any)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<f64>,
}

impl TableSurrogate {
    /// Most values of a table.
    pub const MAX_VALUES: usize = 1 << 16;
}
