//! Errors of a file's bytes.

use std::fmt::Display;

use spikelet_config::Error;

/// The error that the bytes at `offset` are wrong.
pub(crate) fn wrong(offset: impl Display, what: impl Display) -> Error {
    Error::data("", format!("byte {offset}: {what}"))
}
