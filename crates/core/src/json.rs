//! JSON into checked structs, with the path of the field at fault in every error.

pub(crate) mod tagged;

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// Reads one JSON value.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] for malformed JSON, anything after the value, and unknown, missing or mistyped fields;
/// the path is that of the field.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, message) = tagged::locate(&error.path().to_string(), &error.inner().to_string());
        Error::config(path, message)
    })?;
    reader.end().map_err(|error| Error::config("", error.to_string()))?;
    Ok(value)
}

/// The path of a field of what stands at `path`.
#[must_use]
pub fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}
