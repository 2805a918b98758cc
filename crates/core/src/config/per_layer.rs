//! Numbers that may differ from layer to layer.

use serde::{Deserialize, Deserializer, Serialize};

use super::ranges::require;
use crate::error::Result;

/// One number for every layer, or one for each spiking layer from the input up.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged))]
pub enum PerLayer {
    /// The same at every layer.
    Every(f64),
    /// One for each spiking layer.
    ByLayer(Vec<f64>),
}

impl PerLayer {
    /// The number at a spiking layer.
    #[must_use]
    pub fn at(&self, layer: usize) -> f64 {
        match self {
            Self::Every(number) => *number,
            Self::ByLayer(numbers) => numbers[layer],
        }
    }

    /// Where the number of a layer stands, `path` being that of the field.
    #[must_use]
    pub(crate) fn path(&self, path: &str, layer: usize) -> String {
        match self {
            Self::Every(_) => path.to_owned(),
            Self::ByLayer(_) => format!("{path}[{layer}]"),
        }
    }

    /// Checks that there is a number for each of so many spiking layers, and each number.
    pub(super) fn validate(&self, path: &str, layers: usize, check: impl Fn(&str, f64) -> Result<()>) -> Result<()> {
        match self {
            Self::Every(number) => check(path, *number),
            Self::ByLayer(numbers) => {
                let rule = format!("must have one number for each of the {layers} spiking layers");
                require(numbers.len() == layers, path, &rule, numbers.len())?;
                (0..layers).try_for_each(|layer| check(&self.path(path, layer), self.at(layer)))
            }
        }
    }
}

/// A factor that changes nothing.
impl Default for PerLayer {
    fn default() -> Self {
        Self::Every(1.0)
    }
}

impl<'de> Deserialize<'de> for PerLayer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        use serde::de::Error as _;
        use serde_json::Value;
        let wanted = |found: &Value| D::Error::custom(format!("must be a number or a list of numbers, got {found}"));
        let number = |value: &Value| value.as_f64().ok_or_else(|| wanted(value));
        match &Value::deserialize(deserializer)? {
            Value::Array(values) => values.iter().map(number).collect::<std::result::Result<_, _>>().map(Self::ByLayer),
            value => number(value).map(Self::Every),
        }
    }
}
