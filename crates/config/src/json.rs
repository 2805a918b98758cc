//! JSON into checked structs, with the path of the field at fault in every error.
//!
//! Serde's visitors, some for each type, make the WebAssembly 53 kB larger (gzip) and lose the path of a fault. Here every type is read from
//! a [`serde_json::Value`], by the attributes of serde that say how it is written.

mod fields;
mod from_json;
mod path;
mod variants;

pub use serde_json::Value;
pub use spikelet_fields::FromJson;

pub use self::fields::{Fields, FromFields};
pub use self::from_json::{Fault, FromJson};
pub use self::path::join;
pub use self::variants::{name, tag, variant, wrong_content};
use crate::error::{Error, Result};
use crate::ranges::At;

/// Reads one JSON value.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] for malformed JSON, anything after the value, and unknown, missing or mistyped fields;
/// the path is that of the field.
pub fn parse<T: FromJson>(text: &str) -> Result<T> {
    from_value(&serde_json::from_str(text).map_err(|error| Error::config("", error.to_string()))?)
}

/// Reads a value.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] for unknown, missing or mistyped fields; the path is that of the field.
pub fn from_value<T: FromJson>(value: &Value) -> Result<T> {
    T::read(value, &At::path("")).map_err(|fault| *fault)
}

#[cfg(test)]
mod tests;
