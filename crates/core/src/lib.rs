//! Configuration, network, losses, learning rules, optimisers and trainer.
//!
//! The core is pure: no clock, no files, no global state, no threads of its own. Parallelism comes in as an
//! [`Executor`], the SIMD level as a [`Level`], data as [`Dataset`]s.
#![forbid(unsafe_code)]

mod aligned;
mod augment;
pub mod config;
mod connection;
mod data;
mod derived;
pub mod encode;
mod error;
mod events;
mod executor;
pub mod generate;
mod geometry;
mod gradient;
pub mod json;
mod layer;
mod learnt;
mod loss;
mod loss_parts;
mod memory;
mod metrics;
mod network;
mod neuron;
mod optim;
mod parameters;
mod pass;
mod readout;
mod record;
mod regularizer;
mod rng;
mod rule;
mod sample;
mod shape;
mod spikes;
mod state;
mod trace;
mod trainer;
mod update;

/// Number of the arithmetic: trainings with equal settings and data have the same bits under the same number.
///
/// It is raised with every change that gives a training other bits, which is when the committed digest of trainings
/// (`test/parity/digest.json`) is renewed for a training that it already held. Records of runs state it.
pub const ARITHMETIC: u32 = 7;

pub use config::Config;
pub use data::{Dataset, Targets};
pub use encode::{ENCODING_CONSTRAINTS, Encoding, SaccadeCamera, Series, SeriesEncoder};
pub use error::{Error, ErrorCode, Result};
pub use executor::{Executor, Sequential};
pub use generate::{Generated, GeneratedInputs, Generator};
pub use geometry::Image;
pub use gradient::LayerParameters;
pub use learnt::LearntValues;
pub use loss_parts::LossParts;
pub use memory::{Work, copied, require};
pub use metrics::{Accuracy, DecisionStep, Metrics, SpikeMetrics};
pub use neuron::Gains;
pub use pass::{SpikeStream, StreamProgress, StreamSpikes, Until};
pub use rng::{Purpose, Stream};
pub use sample::Prediction;
pub use shape::LayerShape;
pub use spikelet_kernels::Level;
pub use spikes::{SpikeTrains, sort_spikes};
pub use trace::LayerTrace;
pub use trainer::{
    EpochRecord, Evaluation, Gradients, LocalBatch, Progress, Snapshot, SnapshotInfo, Tensor, TrainEvent, Trainer,
    Upcoming,
};
