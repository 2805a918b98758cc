//! Numbers that may differ from layer to layer, or from unit to unit.

use serde::Serialize;

use super::ranges::{At, InRange, Range, require};
use crate::error::{Error, Result};
use crate::json::{Fault, FromJson, Value};

fn number(value: &Value, at: &At<'_>) -> std::result::Result<f64, Fault> {
    let refused =
        || Error::config(at.to_string(), format!("must be a number or a list of numbers, got {value}")).into();
    value.as_f64().ok_or_else(refused)
}

/// Defines a type that is one number or a list of them.
macro_rules! number_or_list {
    ($(#[$attribute:meta])* $Name:ident: $(#[$one:meta])* $Every:ident, $(#[$list:meta])* $Each:ident) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        #[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged), schemars(inline))]
        pub enum $Name {
            $(#[$one])*
            $Every(f64),
            $(#[$list])*
            $Each(Vec<f64>),
        }

        impl $Name {
            /// The number at a place.
            #[must_use]
            pub fn at(&self, index: usize) -> f64 {
                match self {
                    Self::$Every(number) => *number,
                    Self::$Each(numbers) => numbers[index],
                }
            }

            /// The numbers as they are written, one or a list.
            #[must_use]
            pub fn numbers(&self) -> &[f64] {
                match self {
                    Self::$Every(number) => std::slice::from_ref(number),
                    Self::$Each(numbers) => numbers,
                }
            }

            /// Checks that a list has so many numbers, one for each of `what`.
            pub(super) fn check_length(&self, path: &str, length: usize, what: &str) -> Result<()> {
                let Self::$Each(numbers) = self else { return Ok(()) };
                require(numbers.len() == length, path, &format!("must have one number for each of the {length} {what}"), numbers.len())
            }
        }

        impl InRange for $Name {
            fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
                match self {
                    Self::$Every(number) => number.check(range, at),
                    Self::$Each(numbers) => {
                        numbers.iter().enumerate().try_for_each(|(index, number)| number.check(range, &at.entry(index)))
                    }
                }
            }

            #[cfg(feature = "codegen")]
            fn describe(range: &Range, schema: &mut schemars::Schema) {
                describe::<f64>(range, schema);
            }
        }

        impl FromJson for $Name {
            fn read(value: &Value, at: &At<'_>) -> std::result::Result<Self, Fault> {
                match value {
                    Value::Array(values) => values.iter().map(|value| number(value, at)).collect::<std::result::Result<_, _>>().map(Self::$Each),
                    value => number(value, at).map(Self::$Every),
                }
            }
        }
    };
}

number_or_list! {
    /// One number for every layer, or one for each from the input up; the field says which layers count.
    PerLayer:
    /// One number at every layer.
    Every,
    /// One for each of these layers.
    ByLayer
}

number_or_list! {
    /// One number for every unit of a layer, or one for each unit; for each channel of a convolution.
    PerUnit:
    /// One number at every unit.
    Every,
    /// One for each unit, or for each channel of a convolution.
    ByUnit
}

/// A factor that changes nothing.
impl Default for PerLayer {
    fn default() -> Self {
        Self::Every(1.0)
    }
}

impl From<f64> for PerUnit {
    fn from(number: f64) -> Self {
        Self::Every(number)
    }
}

impl PerUnit {
    /// Whether units may differ.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self, Self::ByUnit(_))
    }
}

/// Adds the bounds to the variants of the schema that are numbers or lists, also where the whole may be left out.
#[cfg(feature = "codegen")]
pub(super) fn describe<T: InRange>(range: &Range, schema: &mut schemars::Schema) {
    use super::ranges::schema;
    let variants = schema.get_mut("anyOf").and_then(Value::as_array_mut);
    for variant in variants.into_iter().flatten() {
        let kind = variant["type"].as_str().map(str::to_owned);
        let of: &mut schemars::Schema = variant.try_into().expect("a variant is a schema");
        match kind.as_deref() {
            Some("array") => schema::describe_entries::<T>(range, of),
            Some("number" | "integer") => T::describe(range, of),
            Some(_) => {}
            None => describe::<T>(range, of),
        }
    }
}
