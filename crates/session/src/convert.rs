//! Functions that need no session.

use spikelet_core::{Encoding, Level, Result, json};
use spikelet_io::{AerOptions, IdxArray};

use crate::guard::guard;
use crate::wire::Events;

/// Reads an IDX file of unsigned bytes.
///
/// # Errors
/// `DATA_FORMAT` with the byte offset.
pub fn parse_idx(bytes: &[u8]) -> Result<IdxArray> {
    guard(|| spikelet_io::parse_idx(bytes))
}

/// Encodes `values`, `[sample][unit]` in 0..1, as spikes of a simulation of `steps` steps; `rows` are the samples' numbers in
/// their data set, their positions unless given.
///
/// # Errors
/// `CONFIG_INVALID` for a wrong encoding, `DATA_FORMAT` for values outside 0..1, `SHAPE_MISMATCH` when `values` is not a
/// whole number of samples.
pub fn encode(encoding: &str, values: &[f32], units: u32, steps: u32, rows: Option<&[u32]>) -> Result<Events> {
    guard(|| {
        let trains = Encoding::from_json(encoding)?.encode(values, units as usize, steps as usize, rows)?;
        Events::from_trains(&trains)
    })
}

/// Reads one recording of an event camera as one sample; options `{"steps","truncateMs","size"}`.
///
/// # Errors
/// `DATA_FORMAT` with the byte offset, `CONFIG_INVALID` for wrong options.
pub fn decode_aer(bytes: &[u8], options: &str) -> Result<Events> {
    guard(|| {
        let options: AerOptions = json::parse(options)?;
        Events::from_trains(&spikelet_io::decode_aer(bytes, options)?)
    })
}

/// Names of the SIMD levels of this machine, the best first.
#[must_use]
pub fn simd_levels() -> Vec<&'static str> {
    Level::available().into_iter().map(Level::name).collect()
}

/// Version of the library.
#[must_use]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
