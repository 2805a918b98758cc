//! Everything that a run needs to go on as if it had never stopped.

use serde::{Deserialize, Serialize};
use spikelet_kernels::Level;

use super::Trainer;
use super::event::EpochRecord;
use super::initialize::Initialization;
use crate::config::Config;
use crate::engine::GROUP;
use crate::error::{Error, Result};
use crate::memory::NetworkBytes;
use crate::metrics::MetricSums;
use crate::network::{Network, Slice, check};
use crate::wiring::shapes;

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
    /// The search for the initial weights, unless it has ended.
    initialization: Option<Initialization>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedValidation {
    position: u32,
    sums: MetricSums,
}

/// Suffix of an array's name and the array.
const SLICES: [(&str, Slice); 3] = [("", Slice::Values), (".moment1", Slice::First), (".moment2", Slice::Second)];

/// Where an array of a snapshot belongs.
struct Place {
    layer: usize,
    is_weights: bool,
    slice: Slice,
    name: String,
    shape: Vec<usize>,
}

/// The arrays of a snapshot, in their order.
fn places(config: &Config) -> Vec<Place> {
    let has_second = config.optimizer.has_second_moment();
    let mut places = Vec::new();
    for (layer, shape) in shapes(&config.network).iter().enumerate() {
        for (suffix, slice) in SLICES.into_iter().filter(|&(_, slice)| has_second || slice != Slice::Second) {
            for (kind, shape) in [("weights", shape.weight_shape()), ("biases", vec![shape.filters])] {
                let name = format!("layers.{layer}.{kind}{suffix}");
                places.push(Place { layer, is_weights: kind == "weights", slice, name, shape });
            }
        }
    }
    places
}

impl Place {
    /// Takes this place's array out of `tensors`.
    fn take(&self, tensors: &mut Vec<Tensor>) -> Result<Vec<f32>> {
        let Self { name, shape, .. } = self;
        let index = tensors
            .iter()
            .position(|tensor| tensor.name == *name)
            .ok_or_else(|| Error::checkpoint(format!("it lacks the array {name}")))?;
        let tensor = tensors.swap_remove(index);
        if tensor.shape != *shape {
            return Err(Error::checkpoint(format!("{name} must have the shape {shape:?}, got {:?}", tensor.shape)));
        }
        check(name, &tensor.data, shape.iter().product()).map_err(|error| Error::checkpoint(error.to_string()))?;
        Ok(tensor.data)
    }
}

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
            initialization: run.initialization.clone(),
        };
        let read = |place: Place| {
            let Place { layer, slice, name, shape, .. } = place;
            let read = if place.is_weights { Network::read_weights } else { Network::read_biases };
            Tensor { name, shape, data: read(&self.network, layer, slice) }
        };
        Snapshot {
            config: self.config.clone(),
            progress: serde_json::to_value(progress).expect("progress has only string keys and finite numbers"),
            tensors: places(&self.config).into_iter().map(read).collect(),
        }
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
        // What the file holds justifies the memory that the network takes.
        let places = places(&config);
        let arrays = places.iter().map(|place| place.take(&mut tensors)).collect::<Result<Vec<_>>>()?;
        NetworkBytes::of(&config, GROUP).require(1)?;
        let network = Network::new(&config);
        let mut trainer = Self::assemble(config, network, level);
        for (Place { layer, is_weights, slice, .. }, array) in places.into_iter().zip(arrays) {
            let write = if is_weights { Network::write_weights } else { Network::write_biases };
            write(&mut trainer.network, layer, slice, &array);
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
            && (saved.batch < batches || saved.batch == 0 || saved.validation.is_some())
            && saved.initialization.as_ref().is_none_or(|search| search.fits(&self.config, layers));
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
        self.run.initialization = saved.initialization;
        Ok(())
    }
}
