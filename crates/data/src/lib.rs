//! Spike trains, data sets, random draws, and random changes of samples.
#![forbid(unsafe_code)]

mod archive;
mod augment;
mod dataset;
pub mod memory;
mod rng;
mod spikes;

pub use archive::{Archive, Number};
pub use augment::{Augmented, Augmenter};
pub use dataset::{Dataset, Targets};
pub use rng::{Purpose, Stream};
pub use spikelet_config::{Error, ErrorCode, Result};
pub use spikes::{EVENT_BYTES, SampleEvents, SpikeTrains, sort_spikes};
