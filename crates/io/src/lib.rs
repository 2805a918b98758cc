//! Bytes in, values out: IDX and NPY arrays, AER recordings, checkpoints, model files, tensors of other programs. Never a path, never a file.
//!
//! What is read comes from anywhere: every length is checked against the bytes that are there before memory is asked for.
#![forbid(unsafe_code)]

mod aer;
mod checkpoint;
mod fault;
mod idx;
mod model;
mod npy;
mod safetensors;
mod tensors;

pub use aer::{AerOptions, decode_aer, decode_recordings};
pub use checkpoint::{Checkpoint, FORMAT_VERSION, read_checkpoint, read_checkpoint_header, write_checkpoint};
pub use idx::{IdxArray, parse_idx};
pub use model::{write_integers, write_model};
pub use npy::{NpyArray, parse_npy};
pub use spikelet_network::model::WeightType;
pub use tensors::parse_tensors;
