//! Numbers that may differ from layer to layer.

use serde::{Deserialize, Deserializer, Serialize};

use super::ranges::{At, InRange, Range, require};
use crate::error::Result;

/// One number for every layer, or one for each spiking layer from the input up.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged), schemars(inline))]
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

    /// Checks that there is a number for each of so many spiking layers.
    pub(super) fn check_length(&self, path: &str, layers: usize) -> Result<()> {
        let Self::ByLayer(numbers) = self else { return Ok(()) };
        let rule = format!("must have one number for each of the {layers} spiking layers");
        require(numbers.len() == layers, path, &rule, numbers.len())
    }
}

impl InRange for PerLayer {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        match self {
            Self::Every(number) => number.check(range, at),
            Self::ByLayer(numbers) => {
                numbers.iter().enumerate().try_for_each(|(layer, number)| number.check(range, &at.entry(layer)))
            }
        }
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        use super::ranges::schema;
        let variants = schema.get_mut("anyOf").and_then(serde_json::Value::as_array_mut);
        for variant in variants.into_iter().flatten() {
            let is_list = variant["type"] == "array";
            let of: &mut schemars::Schema = variant.try_into().expect("a variant is a schema");
            if is_list { schema::describe_entries::<f64>(range, of) } else { f64::describe(range, of) }
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
