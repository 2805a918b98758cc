//! Bytes in, values out: IDX arrays, AER recordings, checkpoints. Never a path, never a file.
//!
//! What is read comes from anywhere: every length is checked against the bytes that are there before memory is asked for.
#![forbid(unsafe_code)]

mod aer;
mod checkpoint;
mod idx;

pub use aer::{AerOptions, decode_aer};
pub use checkpoint::{FORMAT_VERSION, read_checkpoint, write_checkpoint};
pub use idx::{IdxArray, parse_idx};
