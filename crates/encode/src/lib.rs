//! Encoders of values and signals as spikes, and data sets that are drawn. Pure functions of their arguments.
#![forbid(unsafe_code)]

mod encoding;
mod generate;

pub use encoding::{
    ENCODING_CONSTRAINTS, Encoding, LatencyEncoding, RateEncoding, SaccadeCamera, Series, SeriesEncoder,
};
pub use generate::{Generated, GeneratedInputs, Generator, Randman, SpikeTrainMatching, YinYang};
pub use spikelet_config::{Error, ErrorCode, Result};
