//! The façade that every binding calls: JSON for small data, flat typed arrays for large data.
//!
//! Everything that can fail returns a [`Error`] with a code; a panic below becomes `INTERNAL` and never crosses a binding.
#![forbid(unsafe_code)]

mod checkpoint;
mod convert;
mod datasets;
mod guard;
mod integers;
#[cfg(feature = "mpi")]
mod mpi;
mod numbered;
mod options;
mod peers;
mod session;
mod status;
mod streams;
#[cfg(all(feature = "parallel", any(test, target_family = "wasm")))]
mod threads;
mod trained_on;
mod version;
mod wire;
mod workers;

pub use convert::{
    checkpoint_info, decode_aer, encode, encode_series, generate, parse_idx, parse_npy, parse_tensors, series_units,
    simd_levels, simulate_events,
};
pub use datasets::{Samples, Suppliers};
pub use integers::{IntegerNetworks, convert_measured};
#[cfg(feature = "mpi")]
pub use mpi::World;
pub use peers::Peers;
pub use session::Session;
pub use spikelet_config::{Error, ErrorCode, Result};
pub use spikelet_data::memory::copied;
pub use spikelet_io::{IdxArray, NpyArray};
pub use spikelet_training::{InputParameters, LayerParameters, LayerTrace, LearntValues, LocalBatch, OutsideGradient};
pub use streams::StreamEvents;
#[cfg(all(feature = "parallel", target_family = "wasm"))]
pub use threads::{lend_thread, share_threads};
pub use version::version;
pub use wire::{
    DatasetArrays, Events, GeneratedArrays, Gradients, IntegerPrediction, Prediction, StreamAnswer, StreamDecision,
    TensorArrays,
};
