//! Everything that a run needs to go on as if it had never stopped.

use serde::{Deserialize, Serialize};
use spikelet_kernels::Level;

use super::Trainer;
use super::event::EpochRecord;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::metrics::MetricSums;
use crate::network::{Network, Slice, check};

/// A named array.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// For example `layers.0.weights` or `layers.0.weights.moment1`.
    pub name: String,
    /// `[units, inputs]`, of a convolution `[channels, channels below, kernel, kernel]`; biases `[units]` or `[channels]`.
    pub shape: Vec<usize>,
    /// Row-major.
    pub data: Vec<f32>,
}

/// Configuration, position and arrays of a trainer.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The resolved configuration.
    pub config: Config,
    /// Position in the run, history and sums.
    pub progress: serde_json::Value,
    /// Parameters and moments.
    pub tensors: Vec<Tensor>,
}

/// The orders of samples follow from the seed and the epoch, so no random state is needed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedProgress {
    updates: u64,
    epoch: u32,
    batch: u32,
    samples: u32,
    sums: MetricSums,
    validation: Option<SavedValidation>,
    history: Vec<EpochRecord>,
    has_finished: bool,
    /// Whether the search for the initial weights has not ended.
    #[serde(default)]
    is_uninitialized: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedValidation {
    position: u32,
    sums: MetricSums,
}

/// Suffix of an array's name and the array.
const SLICES: [(&str, Slice); 3] = [("", Slice::Values), (".moment1", Slice::First), (".moment2", Slice::Second)];

impl Trainer {
    /// Everything for a checkpoint.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let run = &self.run;
        let progress = SavedProgress {
            updates: self.updates,
            epoch: run.epoch,
            batch: run.batch,
            samples: run.samples,
            sums: run.sums.clone(),
            validation: run.validation.as_ref().map(|evaluation| SavedValidation {
                position: evaluation.position as u32,
                sums: evaluation.sums.clone(),
            }),
            history: run.history.clone(),
            has_finished: run.has_finished,
            is_uninitialized: run.initialization.is_some(),
        };
        let mut tensors = Vec::new();
        for (layer, shape) in self.network.shapes.iter().enumerate() {
            for (suffix, slice) in self.saved_slices() {
                tensors.push(Tensor {
                    name: format!("layers.{layer}.weights{suffix}"),
                    shape: shape.weight_shape(),
                    data: self.network.read_weights(layer, slice),
                });
                tensors.push(Tensor {
                    name: format!("layers.{layer}.biases{suffix}"),
                    shape: vec![shape.filters],
                    data: self.network.read_biases(layer, slice),
                });
            }
        }
        Snapshot {
            config: self.config.clone(),
            progress: serde_json::to_value(progress).expect("progress has only string keys and finite numbers"),
            tensors,
        }
    }

    fn saved_slices(&self) -> impl Iterator<Item = (&'static str, Slice)> + use<> {
        let has_second = self.network.tiles.iter().any(|tile| !tile.weights.second.is_empty());
        SLICES.into_iter().filter(move |&(_, slice)| has_second || slice != Slice::Second)
    }

    /// The trainer that a snapshot was taken of.
    ///
    /// # Errors
    /// [`crate::ErrorCode::CheckpointInvalid`] when arrays are missing or of the wrong shape, hold numbers that are not finite,
    /// or the position does not fit.
    pub fn restore(snapshot: Snapshot, level: Level) -> Result<Self> {
        let Snapshot { config, progress, mut tensors } = snapshot;
        config.validate().map_err(|error| Error::checkpoint(format!("its configuration is invalid: {error}")))?;
        let saved: SavedProgress = serde_json::from_value(progress)
            .map_err(|error| Error::checkpoint(format!("its progress cannot be read: {error}")))?;
        let mut trainer = Self::assemble(config.clone(), Network::new(&config), level);
        let mut take = |name: &str, shape: &[usize]| -> Result<Vec<f32>> {
            let index = tensors
                .iter()
                .position(|tensor| tensor.name == name)
                .ok_or_else(|| Error::checkpoint(format!("it lacks the array {name}")))?;
            let tensor = tensors.swap_remove(index);
            if tensor.shape != shape {
                return Err(Error::checkpoint(format!("{name} must have the shape {shape:?}, got {:?}", tensor.shape)));
            }
            check(name, &tensor.data, shape.iter().product()).map_err(|error| Error::checkpoint(error.to_string()))?;
            Ok(tensor.data)
        };
        for layer in 0..trainer.network.shapes.len() {
            let shape = trainer.network.shapes[layer];
            for (suffix, slice) in trainer.saved_slices() {
                let weights = take(&format!("layers.{layer}.weights{suffix}"), &shape.weight_shape())?;
                let biases = take(&format!("layers.{layer}.biases{suffix}"), &[shape.filters])?;
                trainer.network.write_weights(layer, slice, &weights);
                trainer.network.write_biases(layer, slice, &biases);
            }
        }
        trainer.network.restore_live_rows();
        trainer.network.refresh();
        trainer.resume(saved)?;
        Ok(trainer)
    }

    fn resume(&mut self, saved: SavedProgress) -> Result<()> {
        let (layers, steps) = (self.network.shapes.len(), self.network.steps);
        let batches = saved.samples.div_ceil(self.config.training.batch_size);
        let fits = saved.sums.fits(layers, steps)
            && saved.batch <= batches
            && saved.validation.as_ref().is_none_or(|v| v.sums.fits(layers, steps))
            && (saved.batch < batches || saved.batch == 0 || saved.validation.is_some());
        if !fits {
            return Err(Error::checkpoint("its position does not fit its configuration"));
        }
        self.updates = saved.updates;
        self.run.epoch = saved.epoch;
        self.enter_epoch();
        self.run.batch = saved.batch;
        self.run.samples = saved.samples;
        self.run.sums = saved.sums;
        self.run.validation = saved.validation.map(|v| self.evaluation_at(v.position as usize, v.sums));
        self.run.history = saved.history;
        self.run.has_finished = saved.has_finished;
        if !saved.is_uninitialized {
            self.run.initialization = None;
        }
        Ok(())
    }
}
