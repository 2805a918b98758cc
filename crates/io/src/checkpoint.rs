//! Checkpoints: a safetensors file whose metadata hold what is not an array.
//!
//! Metadata, in this order: `format` ("spikelet"), `formatVersion`, `libraryVersion`, `arithmetic`, `checksum`, `config`
//! and `progress` (both JSON), `trainedOn` (JSON) after a training, and `origin` where the host gave one. Older files have no
//! `arithmetic` and no `trainedOn`. The arrays are little-endian f32; that of a stream that learns has one more, `stream`: u32 words
//! of its states and eligibilities. The same checkpoint gives the same bytes.
//!
//! The checksum is XXH3 (64 bits, 16 lowercase hexadecimal digits) of the whole file with these digits set to `0`: length,
//! header, padding and arrays.

mod read;
mod write;

use spikelet_training::Snapshot;
use xxhash_rust::xxh3::Xxh3Default;

pub use read::{read_checkpoint, read_checkpoint_header};
pub use write::write_checkpoint;

use crate::safetensors::LENGTH_BYTES;

/// Version of the layout and of the names in the configuration; a file of another version is refused by its number.
pub const FORMAT_VERSION: u32 = 2;

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Configuration, position and arrays.
    pub snapshot: Snapshot,
    /// Words of the states of a stream, where one was saved.
    pub stream: Option<Vec<u32>>,
    /// What the host says about where the state comes from, such as the run and its data; kept as it is.
    pub origin: Option<String>,
    /// JSON of what the network was trained on; kept as it is. `None` in files that do not say it.
    pub trained_on: Option<String>,
    /// Version of the library that wrote it.
    pub version: String,
    /// Number of the arithmetic of that library; `None` in files that do not say it.
    pub arithmetic: Option<u32>,
}

/// Name of the array of a stream.
const STREAM: &str = "stream";
const FORMAT: &str = "spikelet";
/// What stands before the digits of the checksum; unescaped quotes do not occur inside the other values.
const CHECKSUM_KEY: &[u8] = b"\"checksum\":\"";
const CHECKSUM_DIGITS: usize = 16;
const NO_CHECKSUM: &str = "0000000000000000";

/// Where the digits of the checksum stand in a file with a header of `header_bytes`.
fn checksum_position(file: &[u8], header_bytes: usize) -> Option<usize> {
    let header = file.get(LENGTH_BYTES..LENGTH_BYTES.checked_add(header_bytes)?)?;
    let key = header.windows(CHECKSUM_KEY.len()).position(|window| window == CHECKSUM_KEY)?;
    let digits = key + CHECKSUM_KEY.len();
    (digits + CHECKSUM_DIGITS <= header.len()).then_some(LENGTH_BYTES + digits)
}

/// The checksum of a file whose digits start at `position`.
fn checksum(file: &[u8], position: usize) -> String {
    let mut hash = Xxh3Default::new();
    hash.update(&file[..position]);
    hash.update(NO_CHECKSUM.as_bytes());
    hash.update(&file[position + CHECKSUM_DIGITS..]);
    format!("{:016x}", hash.digest())
}

#[cfg(test)]
mod tests;
