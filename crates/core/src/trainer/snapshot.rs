//! Everything that a run needs to go on as if it had never stopped.

use serde::{Deserialize, Serialize};
use spikelet_kernels::Level;

use super::Trainer;
use super::event::EpochRecord;
use super::search::Initialization;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::layer::shapes;
use crate::memory::NetworkBytes;
use crate::metrics::MetricSums;
use crate::network::{Network, check};
use crate::optim::{Moments, Order};
use crate::parameters::Kind;
use crate::pass::GROUP;

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
const ARRAYS: [(&str, Option<Order>); 3] =
    [("", None), (".moment1", Some(Order::First)), (".moment2", Some(Order::Second))];

/// Where an array of a snapshot belongs.
struct Place {
    layer: usize,
    kind: Kind,
    /// `None`: the parameters themselves.
    moment: Option<Order>,
    name: String,
    shape: Vec<usize>,
}

/// The arrays of a snapshot, in their order.
fn places(config: &Config) -> Vec<Place> {
    let has_second = config.optimizer.has_second_moment();
    let mut places = Vec::new();
    for (layer, shape) in shapes(&config.network).iter().enumerate() {
        for (suffix, moment) in ARRAYS.into_iter().filter(|&(_, moment)| has_second || moment != Some(Order::Second)) {
            for (kind, word, shape) in
                [(Kind::Weights, "weights", shape.weight_shape()), (Kind::Biases, "biases", vec![shape.filters])]
            {
                let name = format!("layers.{layer}.{word}{suffix}");
                places.push(Place { layer, kind, moment, name, shape });
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
    // Compiled where it is called, and there for size.
    #[inline]
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
        let read = |Place { layer, kind, moment, name, shape }: Place| {
            let data = match (moment, &self.moments) {
                (None, _) => self.network.read(layer, kind),
                (Some(order), Some(moments)) => moments.read(&self.network, layer, kind, order),
                (Some(_), None) => vec![0.0; shape.iter().product()],
            };
            Tensor { name, shape, data }
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
    // Compiled where it is called, and there for size.
    #[inline]
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
        trainer.write(places, arrays);
        trainer.resume(saved)?;
        Ok(trainer)
    }

    /// Takes the arrays of a snapshot; moments of 0 are not kept.
    fn write(&mut self, places: Vec<Place>, arrays: Vec<Vec<f32>>) {
        for (Place { layer, kind, moment, .. }, array) in places.into_iter().zip(arrays) {
            match moment {
                None => self.network.write(layer, kind, &array),
                Some(order) if array.iter().any(|&moment| moment != 0.0) => {
                    let has_second = self.config.optimizer.has_second_moment();
                    let Self { network, moments, .. } = self;
                    let moments = moments.get_or_insert_with(|| Moments::zeros(network, has_second));
                    moments.write(network, layer, kind, order, &array);
                }
                Some(_) => {}
            }
        }
        if let Some(moments) = &mut self.moments {
            moments.find_live_rows();
        }
        self.network.refresh();
    }

    fn resume(&mut self, saved: SavedProgress) -> Result<()> {
        let (shapes, steps) = (&self.network.shapes, self.network.steps);
        let batches = saved.samples.div_ceil(self.config.training.batch_size);
        let fits = saved.sums.fits(shapes, steps)
            && saved.batch <= batches
            && saved.validation.as_ref().is_none_or(|v| v.sums.fits(shapes, steps))
            && (saved.batch < batches || saved.batch == 0 || saved.validation.is_some())
            && saved.initialization.as_ref().is_none_or(|search| search.fits(&self.config, self.network.spiking()));
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
