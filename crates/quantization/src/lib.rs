//! Networks of whole numbers (spec 20): conversion of a network, and inference on data sets with what it gives.
//!
//! The crate is compiled for size: it has loops in the place of adapters of iterators, which are compiled anew for each use.
#![forbid(unsafe_code)]

mod calibration;
mod convert;
mod float_network;
mod integers;
mod measured;
mod model;
mod model_file;
mod network;

pub use calibration::{LayerMaxima, calibrate};
pub use convert::{Conversion, convert};
pub use float_network::{FloatInput, FloatLayer, FloatNetwork};
pub use integers::{IntegerInput, IntegerLayer, Integers};
pub use measured::{convert_measured, measured};
pub use model::model;
pub use network::{IntegerNetwork, IntegerPrediction, spikes};
pub use spikelet_config::{Error, ErrorCode, Result};
pub use spikelet_integer::Layer;
