//! JSON into checked structs, with the path of the field at fault in every error.

mod path;
pub mod tagged;
mod tracked;
mod wording;

use serde::de::DeserializeOwned;

pub use self::path::join;
use crate::error::{Error, Result};

/// Reads one JSON value.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] for malformed JSON, anything after the value, and unknown, missing or mistyped fields;
/// the path is that of the field.
// Through a value, so that every type is compiled for one kind of reader.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| Error::config("", error.to_string()))?;
    tracked::read(value).map_err(|(path, error)| {
        let (path, message) = tagged::locate(&path, &error.to_string());
        Error::config(path, wording::worded(&message))
    })
}
