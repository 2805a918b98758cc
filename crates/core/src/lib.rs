//! Configuration, network, losses, learning rules, optimisers and trainer.
//!
//! The core is pure: no clock, no files, no global state, no threads of its own. Parallelism comes in as an
//! [`Executor`], the SIMD level as a [`Level`], data as [`Dataset`]s.
#![forbid(unsafe_code)]

mod aligned;
mod augment;
pub mod config;
mod data;
pub mod encode;
mod engine;
mod error;
mod executor;
pub mod generate;
mod geometry;
pub mod json;
mod loss;
mod memory;
mod metrics;
mod network;
mod optim;
mod readout;
mod rng;
mod rule;
mod spikes;
mod trainer;
mod wiring;

pub use config::Config;
pub use data::{Dataset, Targets};
pub use encode::{Encoding, SaccadeCamera};
pub use engine::{LayerTrace, Prediction, Until};
pub use error::{Error, ErrorCode, Result};
pub use executor::{Executor, Sequential};
pub use generate::{Generated, GeneratedInputs, Generator};
pub use geometry::Picture;
pub use metrics::{Accuracy, DecisionStep, LossParts, Metrics, SpikeMetrics};
pub use network::{Gains, LayerShape};
pub use rng::{Purpose, Stream};
pub use spikelet_kernels::Level;
pub use spikes::SpikeTrains;
pub use trainer::{
    EpochRecord, Evaluation, Gradients, ParameterGradients, Progress, Share, Snapshot, Tensor, TrainEvent, Trainer,
};
