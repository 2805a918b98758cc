//! Sizes along the axes of images and sequences, as a configuration gives them (spec 17).

use serde::Serialize;
use spikelet_fields::fields;

use super::ranges::{At, InRange, Range};
use crate::error::{Error, Result};
use crate::json::{Fault, FromJson, Value};

/// A size along each axis: a number for all, or a list, `[height, width]` over images and `[length]` over sequences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged), schemars(inline))]
pub enum Sizes {
    /// The size along every axis.
    Every(u32),
    /// The size along each axis.
    Each(Vec<u32>),
}

impl Sizes {
    pub(crate) fn one() -> Self {
        Self::Every(1)
    }
}

impl InRange for Sizes {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        match self {
            Self::Every(size) => size.check(range, at),
            Self::Each(sizes) => sizes.check(range, at),
        }
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        super::number_or_list::describe::<u32>(range, schema);
    }
}

impl FromJson for Sizes {
    fn read(value: &Value, at: &At<'_>) -> std::result::Result<Self, Fault> {
        match value {
            Value::Array(_) => Vec::read(value, at).map(Self::Each),
            Value::Number(_) => u32::read(value, at).map(Self::Every),
            other => {
                Err(Error::config(at.to_string(), format!("must be a number or a list of numbers, got {other}")).into())
            }
        }
    }
}

/// Padding by name.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum PaddingName {
    /// So many zeros that the output has the size of the input, with one more at the end where their number is odd; the stride must be 1.
    Same,
    /// No zeros: the kernel stays within the input.
    Valid,
}

/// Zeros around the input of a convolution: `"same"`, `"valid"`, or how many there are on both sides of each axis.
#[fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged))]
pub enum Padding {
    /// Padding by name.
    Named(PaddingName),
    /// Zeros on both sides of each axis.
    Zeros(#[range(min = 0, max = 65535)] Sizes),
}

impl Padding {
    pub(crate) fn same() -> Self {
        Self::Named(PaddingName::Same)
    }
}

impl FromJson for Padding {
    fn read(value: &Value, at: &At<'_>) -> std::result::Result<Self, Fault> {
        match value {
            Value::String(name) if name == "same" => Ok(Self::Named(PaddingName::Same)),
            Value::String(name) if name == "valid" => Ok(Self::Named(PaddingName::Valid)),
            Value::Array(_) | Value::Number(_) => Sizes::read(value, at).map(Self::Zeros),
            other => {
                let message = format!("must be \"same\", \"valid\", a number or a list of numbers, got {other}");
                Err(Error::config(at.to_string(), message).into())
            }
        }
    }
}

pub(crate) fn one() -> u32 {
    1
}
