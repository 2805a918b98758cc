//! Bytes to a snapshot. Nothing is taken from a file before its checksum holds.

use std::fmt::Display;

use spikelet_config::{Config, Error, Result};
use spikelet_training::{Snapshot, Tensor};

use super::{CHECKSUM_DIGITS, Checkpoint, FORMAT, FORMAT_VERSION, STREAM, checksum, checksum_position};
use crate::safetensors::{Array, SafeTensors};

/// Reads a checkpoint.
///
/// # Errors
/// [`spikelet_config::ErrorCode::CheckpointInvalid`] for bytes that are truncated, altered, of another program or of another
/// version of the format.
pub fn read_checkpoint(bytes: &[u8]) -> Result<Checkpoint> {
    let (file, mut checkpoint) = read_header(bytes)?;
    for Array { name, dtype, shape, data } in file.arrays {
        let words = data.as_chunks().0;
        if name == STREAM && dtype == "U32" {
            checkpoint.stream = Some(words.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect());
            continue;
        }
        if dtype != "F32" {
            return Err(Error::checkpoint(format!("{name} must be of type F32, got {dtype}")));
        }
        let data = words.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        checkpoint.snapshot.tensors.push(Tensor { shape, name, data });
    }
    Ok(checkpoint)
}

/// Reads a checkpoint without its arrays.
///
/// # Errors
/// The errors of [`read_checkpoint`], except what is wrong with an array.
pub fn read_checkpoint_header(bytes: &[u8]) -> Result<Checkpoint> {
    read_header(bytes).map(|(_, checkpoint)| checkpoint)
}

/// The header and what it says, once the checksum of the whole file holds.
fn read_header(bytes: &[u8]) -> Result<(SafeTensors<'_>, Checkpoint)> {
    let file = SafeTensors::read(bytes)
        .map_err(|why| Error::checkpoint(format!("it is not a whole safetensors file ({why})")))?;
    let text = |key: &str| file.text(key);
    if text("format") != Some(FORMAT) {
        return Err(Error::checkpoint("it is a safetensors file, but not a checkpoint of this library"));
    }
    match text("formatVersion") {
        Some(version) if version == FORMAT_VERSION.to_string() => {}
        version => {
            let version = version.unwrap_or("none");
            return Err(of_another(
                text("libraryVersion"),
                &format!("its format is {version}, and {FORMAT_VERSION} is read here"),
            ));
        }
    }
    let holds = checksum_position(bytes, file.header_bytes)
        .is_some_and(|position| &bytes[position..position + CHECKSUM_DIGITS] == checksum(bytes, position).as_bytes());
    if !holds {
        return Err(Error::checkpoint("its checksum is wrong: the file is damaged or was altered"));
    }
    let required = |key: &str| text(key).ok_or_else(|| Error::checkpoint(format!("it lacks its {key}")));
    // The checksum holds, so this is what was written.
    let another = |part: &str, why: &dyn Display| {
        of_another(text("libraryVersion"), &format!("its {part} cannot be read here ({why})"))
    };
    let config = Config::from_json(required("config")?).map_err(|error| another("configuration", &error))?;
    let progress = serde_json::from_str(required("progress")?).map_err(|error| another("progress", &error))?;
    let snapshot = Snapshot { config, progress, tensors: Vec::new() };
    let version = text("libraryVersion").unwrap_or_default().to_owned();
    let [origin, trained_on] = ["origin", "trainedOn"].map(|key| text(key).map(str::to_owned));
    let arithmetic = text("arithmetic").and_then(|number| number.parse().ok());
    Ok((file, Checkpoint { snapshot, stream: None, origin, trained_on, version, arithmetic }))
}

/// The error for a whole file of another version of the library.
fn of_another(version: Option<&str>, why: &str) -> Error {
    let writer = match version {
        Some(version) if version == env!("CARGO_PKG_VERSION") => format!("an earlier build of version {version}"),
        Some(version) => format!("version {version}"),
        None => "another version".to_owned(),
    };
    Error::checkpoint(format!(
        "{writer} wrote it: {why}. Restore it there, and bring its weights here with exportWeights"
    ))
}
