//! Everything that a run needs to continue as if it had never stopped.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::{Config, Error, Result, json};
use spikelet_kernels::Level;
use spikelet_network::further_inputs;
use spikelet_network::learnt::Learnable;
use spikelet_network::network::{Network, check};
use spikelet_network::outline::{learnt_arrays, shapes};
use spikelet_network::parameters::Kind;

use super::Trainer;
use super::best::Best;
use super::evaluation::Evaluation;
use super::event::EpochRecord;
use super::search::Initialization;
use crate::memory::NetworkBytes;
use crate::metrics::MetricSums;
use crate::optim::{Average, Moments, Order};
use crate::pass::GROUP;

/// A named array.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// For example `layers.0.weights`, `layers.0.weights.moment1`, `layers.0.weights.average` or `layers.0.weights.best`;
    /// `layers.0.membraneDecay` is u of a decay that is learnt (spec 12).
    pub name: String,
    /// `[units, inputs]`, of a convolution `[channels, channels of the previous layer, kernel, kernel]`; biases `[units]` or
    /// `[channels]`, learnt constants likewise or `[1]`.
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

/// What a snapshot says of its run.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotInfo {
    /// The resolved configuration.
    pub config: Config,
    /// Epochs done.
    pub epoch: u32,
    /// Updates done.
    pub step: u64,
    /// Whether the run is complete.
    pub finished: bool,
    /// The best epoch on the validation data, counted from 1, if there is one.
    pub best_epoch: Option<u32>,
    /// The finished epochs.
    pub history: Vec<EpochRecord>,
}

impl Snapshot {
    /// What it says of its run; the arrays are not looked at.
    ///
    /// # Errors
    /// [`crate::ErrorCode::CheckpointInvalid`] for an invalid configuration and for progress that cannot be read.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn info(self) -> Result<SnapshotInfo> {
        let (config, saved) = parts(self.config, &self.progress)?;
        Ok(SnapshotInfo {
            config,
            epoch: saved.epoch,
            step: saved.updates,
            finished: saved.has_finished,
            best_epoch: saved.best.map(|best| best.epoch),
            history: saved.history,
        })
    }

    /// The snapshot without the moments of the optimiser: a trainer that is restored from it predicts the same, but can't learn.
    #[must_use]
    pub fn without_moments(mut self) -> Self {
        self.tensors.retain(|tensor| ![".moment1", ".moment2"].iter().any(|suffix| tensor.name.ends_with(suffix)));
        self.progress["lacksMoments"] = true.into();
        self
    }

    /// Whether [`Trainer::restore`] would take its arrays.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NonFinite`] after an update that left parameters or moments that are not finite.
    pub fn check(&self) -> Result<()> {
        self.tensors.iter().try_for_each(|Tensor { name, data, .. }| check(name, data, data.len()))
    }
}

/// The orders of samples follow from the seed and the epoch, so no random state is needed.
#[derive(Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedProgress {
    updates: u64,
    /// Updates before the moments of each layer were last set to 0, if they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cleared: Vec<u64>,
    /// Whether there are no moments.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    lacks_moments: bool,
    epoch: u32,
    batch: u32,
    samples: u32,
    sums: MetricSums,
    validation: Option<SavedValidation>,
    history: Vec<EpochRecord>,
    has_finished: bool,
    /// The search for the initial weights, unless it has ended.
    initialization: Option<Initialization>,
    /// Number of weights in the averages, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    averaged: Option<u64>,
    /// The best epoch on the validation data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    best: Option<SavedBest>,
}

#[derive(Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedBest {
    epoch: u32,
    score: f64,
    stale: u32,
}

#[derive(Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedValidation {
    position: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    samples: Option<u32>,
    sums: MetricSums,
}

/// What an array of a snapshot holds of a layer's weights or biases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Array {
    /// The weights that learn.
    Parameters,
    Moment(Order),
    /// The weights that predict.
    Average,
    /// The weights that predicted after the best epoch.
    Best,
}

/// Suffix of an array's name and the array.
const ARRAYS: [(&str, Array); 5] = [
    ("", Array::Parameters),
    (".moment1", Array::Moment(Order::First)),
    (".moment2", Array::Moment(Order::Second)),
    (".average", Array::Average),
    (".best", Array::Best),
];

/// Where an array of a snapshot belongs.
struct Place {
    layer: usize,
    kind: Kind,
    array: Array,
    name: String,
    shape: Vec<usize>,
    /// What its values are, of arrays that a layer learns beside weights and biases, but for their moments.
    learnable: Option<Learnable>,
}

/// A configuration that is valid, and the progress.
// Compiled where it is called, and there for size.
#[inline]
fn parts(config: Config, progress: &serde_json::Value) -> Result<(Config, SavedProgress)> {
    config.validate().map_err(|error| Error::checkpoint(format!("its configuration is invalid: {error}")))?;
    let mut saved: SavedProgress = json::from_value(progress)
        .map_err(|error| Error::checkpoint(format!("its progress cannot be read: {error}")))?;
    // Earlier versions did not say which of the accuracies was that of the decision.
    for EpochRecord { train, validation, .. } in &mut saved.history {
        for metrics in std::iter::once(train).chain(validation) {
            metrics.accuracy = metrics.accuracy.with_decision(config.loss.decision());
        }
    }
    Ok((config, saved))
}

/// The arrays of a snapshot at this position, in their order.
fn places(config: &Config, progress: &SavedProgress) -> Vec<Place> {
    let has = |array| match array {
        Array::Parameters => true,
        Array::Moment(order) => {
            !progress.lacks_moments && (order == Order::First || config.optimizer.has_second_moment())
        }
        Array::Average => progress.averaged.is_some(),
        Array::Best => progress.best.is_some() && config.training.early_stopping.is_some(),
    };
    let mut places = Vec::new();
    let layers = config.network.neurons().count();
    let further = further_inputs(&config.network);
    for (layer, (shape, learnt)) in shapes(&config.network).iter().zip(learnt_arrays(config)).enumerate() {
        for (suffix, array) in ARRAYS.into_iter().filter(|&(_, array)| has(array)) {
            let is_there = |kind: &Kind| match (array, kind) {
                (Array::Moment(_), Kind::Learnt(index)) => !learnt[*index].is_fixed(),
                (_, Kind::Biases) => layer < layers,
                _ => true,
            };
            let path = match layer.checked_sub(layers) {
                None => format!("layers.{layer}"),
                Some(number) => {
                    let of = further[number].0;
                    let before = further[..number].iter().filter(|(layer, _)| *layer == of).count();
                    format!("layers.{of}.inputs.{before}")
                }
            };
            for kind in Kind::all(learnt.len()).filter(is_there) {
                let (word, shape) = match kind {
                    Kind::Weights => ("weights", shape.weight_shape()),
                    Kind::Biases => ("biases", vec![shape.filters]),
                    Kind::Learnt(index) => (learnt[index].what.name(), learnt[index].shape.clone()),
                };
                let name = format!("{path}.{word}{suffix}");
                let learnable = match (kind, array) {
                    (Kind::Learnt(_), Array::Moment(_)) => None,
                    (Kind::Learnt(index), _) => Some(learnt[index].what),
                    _ => None,
                };
                places.push(Place { layer, kind, array, name, shape, learnable });
            }
        }
    }
    places
}

impl Place {
    /// Takes this place's array out of `tensors`.
    fn take(&self, tensors: &mut Vec<Tensor>) -> Result<Vec<f32>> {
        let Self { name, shape, learnable, .. } = self;
        let index = tensors
            .iter()
            .position(|tensor| tensor.name == *name)
            .ok_or_else(|| Error::checkpoint(format!("it lacks the array {name}")))?;
        let tensor = tensors.swap_remove(index);
        if tensor.shape != *shape {
            return Err(Error::checkpoint(format!("{name} must have the shape {shape:?}, got {:?}", tensor.shape)));
        }
        check(name, &tensor.data, shape.iter().product()).map_err(|error| Error::checkpoint(error.to_string()))?;
        if let Some(learnable) = learnable
            && let Some(outside) = learnable.outside(&tensor.data)
        {
            return Err(Error::checkpoint(format!("{name} has {outside}, which is out of range")));
        }
        Ok(tensor.data)
    }
}

impl Trainer {
    /// Bytes of the arrays of a snapshot, at most.
    #[must_use]
    pub fn snapshot_bytes(&self) -> u64 {
        let moments = 1 + u64::from(self.config.optimizer.has_second_moment());
        let copies = 1 + moments + u64::from(self.average.is_some()) + u64::from(self.run.best.is_some());
        let lengths = |index: usize| {
            let learnt = self.network.layers[index].learnt.iter().map(|array| array.length() as u64).sum::<u64>();
            let shape = &self.network.shapes[index];
            shape.weights() as u64 + shape.filters as u64 + learnt
        };
        copies * size_of::<f32>() as u64 * (0..self.network.shapes.len()).map(lengths).sum::<u64>()
    }

    /// Everything for a checkpoint.
    // Compiled where it is called, and there for size.
    #[inline]
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let run = &self.run;
        let progress = SavedProgress {
            updates: self.updates,
            cleared: self.cleared.clone(),
            lacks_moments: self.lacks_moments,
            epoch: run.epoch,
            batch: run.batch,
            samples: run.samples,
            sums: run.sums.clone(),
            validation: run.validation.as_ref().map(|evaluation| SavedValidation {
                position: evaluation.position as u32,
                samples: evaluation.samples.map(|samples| samples as u32),
                sums: evaluation.sums.clone(),
            }),
            history: run.history.clone(),
            has_finished: run.has_finished,
            initialization: run.initialization.clone(),
            averaged: self.average.as_ref().map(|average| average.count),
            best: run.best.as_ref().map(|&Best { epoch, score, stale, .. }| SavedBest { epoch, score, stale }),
        };
        let read = |Place { layer, kind, array, name, shape, .. }: Place| {
            let data = match array {
                Array::Parameters => Some(self.network.read(layer, kind)),
                Array::Moment(order) => {
                    self.moments.as_ref().map(|moments| moments.read(&self.network, layer, kind, order))
                }
                Array::Average => self.average.as_ref().map(|average| average.read(&self.network, layer, kind)),
                Array::Best => run.best.as_ref().map(|best| best.array(layer, kind).clone()),
            };
            let data = data.unwrap_or_else(|| vec![0.0; shape.iter().product()]);
            Tensor { name, shape, data }
        };
        let places = places(&self.config, &progress);
        Snapshot {
            config: self.config.clone(),
            progress: serde_json::to_value(progress).expect("progress has only string keys and finite numbers"),
            tensors: places.into_iter().map(read).collect(),
        }
    }

    /// The trainer that a snapshot was taken of.
    ///
    /// # Errors
    /// [`crate::ErrorCode::CheckpointInvalid`] when arrays are missing or of the wrong shape, hold numbers that are not finite,
    /// or the position does not fit.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn restore(snapshot: Snapshot, level: Level) -> Result<Self> {
        let Snapshot { config, progress, mut tensors } = snapshot;
        let (config, saved) = parts(config, &progress)?;
        // What the file holds justifies the memory that the network takes.
        let places = places(&config, &saved);
        let arrays = places.iter().map(|place| place.take(&mut tensors)).collect::<Result<Vec<_>>>()?;
        NetworkBytes::of(&config, GROUP).require(1)?;
        let network = Network::new(&config);
        let mut trainer = Self::assemble(config, network, level);
        trainer.run.best = saved
            .best
            .as_ref()
            .map(|&SavedBest { epoch, score, stale }| Best::empty(epoch, score, stale, &trainer.network));
        trainer.average = saved.averaged.map(|count| Average::of(count, &trainer.network));
        trainer.write(places, arrays);
        trainer.resume(saved)?;
        Ok(trainer)
    }

    /// Takes the arrays of a snapshot; moments of 0 are not kept.
    fn write(&mut self, places: Vec<Place>, arrays: Vec<Vec<f32>>) {
        let has_second = self.config.optimizer.has_second_moment();
        let Self { network, moments, average, run, .. } = self;
        for (Place { layer, kind, array, .. }, data) in places.into_iter().zip(arrays) {
            match array {
                Array::Parameters => network.write(layer, kind, &data),
                Array::Moment(order) if data.iter().any(|&moment| moment != 0.0) => {
                    let moments = moments.get_or_insert_with(|| Moments::zeros(network, has_second));
                    moments.write(network, layer, kind, order, &data);
                }
                Array::Moment(_) => {}
                Array::Average => {
                    if let Some(average) = average {
                        average.write(network, layer, kind, &data);
                    }
                }
                Array::Best => {
                    if let Some(best) = &mut run.best {
                        *best.array_mut(layer, kind) = data;
                    }
                }
            }
        }
        if let Some(moments) = &mut self.moments {
            moments.find_live_rows();
        }
        self.network.refresh();
    }

    fn resume(&mut self, saved: SavedProgress) -> Result<()> {
        let (shapes, steps) = (self.network.shapes_with_neurons(), self.network.steps);
        let batches = saved.samples.div_ceil(self.config.training.batch_size);
        let fits = saved.sums.fits(shapes, steps)
            && saved.batch <= batches
            && saved.validation.as_ref().is_none_or(|v| v.sums.fits(shapes, steps))
            && (saved.batch < batches || saved.batch == 0 || saved.validation.is_some())
            && saved.cleared.len() <= self.network.layers.len()
            && saved.cleared.iter().all(|&before| before <= saved.updates)
            && saved.initialization.as_ref().is_none_or(|search| search.fits(&self.config, self.network.spiking()));
        if !fits {
            return Err(Error::checkpoint("its position does not fit its configuration"));
        }
        self.updates = saved.updates;
        self.cleared = saved.cleared;
        self.lacks_moments = saved.lacks_moments;
        self.run.epoch = saved.epoch;
        self.enter_epoch();
        self.run.batch = saved.batch;
        self.run.samples = saved.samples;
        self.run.sums = saved.sums;
        self.run.validation = saved.validation.map(|v| Evaluation {
            samples: v.samples.map(|samples| samples as usize),
            ..self.evaluation_at(v.position as usize, v.sums)
        });
        self.run.history = saved.history;
        self.run.has_finished = saved.has_finished;
        self.run.initialization = saved.initialization;
        Ok(())
    }
}
