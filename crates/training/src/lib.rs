//! Training: losses, learning rules, optimisers and the trainer.
//!
//! The crate is pure: no clock, no files, no global state, no threads of its own. Parallelism comes in as an
//! [`Executor`], the SIMD level as a [`Level`], data as [`Dataset`](spikelet_data::Dataset)s.
#![forbid(unsafe_code)]

mod executor;
mod loss;
mod loss_parts;
mod memory;
mod metrics;
mod optim;
mod pass;
mod record;
mod regularizer;
mod rule;
mod sample;
mod stream;
mod trace;
mod trainer;
mod update;

/// Number of the arithmetic: trainings with equal settings and data have the same bits under the same number.
///
/// It is raised with every change that gives a training other bits, which is when the committed digest of trainings
/// (`test/parity/digest.json`) is renewed for a training that it already held. Records of runs state it.
pub const ARITHMETIC: u32 = 8;

pub use executor::{Executor, Sequential};
pub use loss::OutsideGradient;
pub use loss_parts::LossParts;
pub use memory::Work;
pub use metrics::{Accuracy, DecisionStep, Metrics, SpikeMetrics};
pub use pass::Until;
pub use sample::Prediction;
pub use spikelet_config::{Error, ErrorCode, Result};
pub use spikelet_kernels::Level;
pub use spikelet_network::gradient::{InputParameters, LayerParameters};
pub use spikelet_network::learnt::LearntValues;
pub use spikelet_network::neuron::Gains;
pub use spikelet_network::plan::PlanSummary;
pub use spikelet_network::shape::{Kernel, LayerShape};
pub use stream::{DecidingStream, DecisionWindow, SavedStream, StreamDecision, StreamSteps};
pub use trace::LayerTrace;
pub use trainer::{
    EpochRecord, Evaluation, Gradients, LearningBy, LearningStream, LocalBatch, Progress, Snapshot, SnapshotInfo,
    StreamLearning, Tensor, TrainEvent, Trainer, Upcoming,
};
