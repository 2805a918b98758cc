//! Events of a run.

use serde::Serialize;
use spikelet_config::json::FromJson;

use crate::metrics::{Accuracy, Metrics};

/// Averages since the start of the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct Progress {
    /// Samples so far.
    #[cfg_attr(feature = "codegen", ts(type = "number"))]
    pub samples: u64,
    /// Mean loss.
    pub loss: f64,
    /// Fraction of correct decisions.
    pub accuracy: Accuracy,
    /// Mean spikes of all layers per sample.
    pub spikes_per_sample: f64,
}

/// A finished epoch.
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct EpochRecord {
    /// Epoch, counted from 1.
    pub epoch: u32,
    /// Epochs of the run.
    pub epochs: u32,
    /// Learning rate of the epoch's last update, before the factors of the layers.
    pub learning_rate: f64,
    /// Metrics while training; weights change within the epoch.
    pub train: Metrics,
    /// Metrics on the validation data after the epoch, if there are any.
    pub validation: Option<Metrics>,
    /// The best epoch so far on the validation data, the earliest of equals; without such data the last one.
    #[serde(default)]
    pub best_epoch: u32,
}

/// Something that happened in a run. Epochs and batches count from 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub enum TrainEvent {
    /// A factor was tried on the weights of a layer, to reach `training.initialActivity`.
    Initialization {
        /// Spiking layer, counted from 0.
        layer: u32,
        /// Number of spiking layers.
        layers: u32,
        /// Factor on the drawn weights.
        factor: f64,
        /// Mean spikes per unit and sample with it.
        spikes_per_unit: f64,
        /// Target of the layer.
        target: f64,
        /// Whether the layer keeps it.
        is_settled: bool,
        /// Whether the layer reaches its target with it. If a layer keeps a factor that does not, no factor does, and this one
        /// came closest.
        is_reached: bool,
    },
    /// A batch was learned.
    Step {
        /// Epoch.
        epoch: u32,
        /// Batch of the epoch.
        batch: u32,
        /// Batches of an epoch.
        batches: u32,
        /// Updates so far, over all runs.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        step: u64,
        /// Mean loss of the batch before its update.
        loss: f64,
        /// Averages since the start of the epoch.
        running: Progress,
    },
    /// A part of the validation data was evaluated.
    Validation {
        /// Epoch.
        epoch: u32,
        /// Samples so far.
        samples_done: u32,
        /// Samples in all.
        samples: u32,
    },
    /// An epoch ended, with its validation.
    EpochEnd(Box<EpochRecord>),
    /// The run is complete.
    Finished {
        /// Epochs of the run, fewer than those of the configuration where it stopped early.
        epochs: u32,
        /// The best epoch, whose weights the network now has, if `training.earlyStopping` restores them.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "codegen", ts(optional))]
        restored_epoch: Option<u32>,
    },
}
