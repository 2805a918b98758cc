//! One trainer with its data sets and threads.

use spikelet_config::{Config, Error, ErrorCode, Result, Threads, json};
use spikelet_data::memory::require;
use spikelet_io::{Checkpoint, WeightType, write_model};
use spikelet_training::{Evaluation, Executor, Level, Trainer};

use crate::checkpoint;
use crate::datasets::{Datasets, Shape};
use crate::guard::guard;
use crate::integers::IntegerNetworks;
use crate::options::RunOptions;
use crate::peers::Peers;
use crate::status::{Info, to_json};
use crate::streams::Streams;
use crate::trained_on::TrainedOn;
use crate::wire::DatasetArrays;
use crate::workers::Workers;

mod evaluation;
mod gradients;
mod quantization;
mod run;
mod streaming;
mod supply;

/// A network in training, its data sets and its threads.
///
/// After an `INTERNAL` error of a method that changes it, a session refuses everything that reads or changes what it
/// learns: its state may be half-done. [`Session::config`], [`Session::info`] and [`Session::history`] still answer.
#[derive(Debug)]
pub struct Session {
    trainer: Trainer,
    workers: Workers,
    datasets: Datasets,
    streams: Streams,
    integers: IntegerNetworks,
    run: Option<RunOptions>,
    evaluation: Option<(u32, Evaluation)>,
    peers: Option<Box<dyn Peers>>,
    /// Rank and records of the local batch that waits for those of the others.
    local: (usize, Vec<u8>),
    /// The `origin` in the checkpoint from which it was restored.
    origin: Option<String>,
    /// The data of its runs, also of those before the checkpoint.
    trained_on: Option<TrainedOn>,
    /// A failure that came after events, which are delivered first.
    deferred: Option<Error>,
    is_broken: bool,
}

impl Session {
    /// A session with initial weights from the configuration's seed, on the SIMD level `simd` or the best there is. `threads` is
    /// JSON, `"auto"` or a number, and those of the configuration by default; they are no part of a checkpoint.
    ///
    /// # Errors
    /// `CONFIG_INVALID` with the path of the field, also where there is no memory for the network or the system has fewer threads,
    /// `SIMD_UNSUPPORTED`.
    pub fn create(config: &str, simd: Option<&str>, threads: Option<&str>) -> Result<Self> {
        guard(|| {
            let config = Config::from_json(config)?;
            let workers = workers(&config, threads)?;
            Self::of(Trainer::new(config, level(simd)?)?, workers)
        })
    }

    /// The session that a checkpoint was taken of; data sets are not part of a checkpoint. `threads` as in [`Session::create`], but
    /// those of the checkpoint's configuration are at most as many as there are cores: the file may come from anywhere.
    ///
    /// # Errors
    /// `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `SIMD_UNSUPPORTED`, `CONFIG_INVALID` for
    /// `threads`, and where there is no memory for the network.
    pub fn restore(checkpoint: &[u8], simd: Option<&str>, threads: Option<&str>) -> Result<Self> {
        guard(|| {
            let level = level(simd)?;
            require(checkpoint.len() as u64, "checkpoint", || "its arrays".to_owned())?;
            let Checkpoint { snapshot, origin, trained_on, .. } = spikelet_io::read_checkpoint(checkpoint)?;
            let trained_on = trained_on.as_deref().map(TrainedOn::from_json).transpose()?;
            let workers = match threads {
                Some(threads) => workers(&snapshot.config, Some(threads))?,
                None => Workers::at_most_cores(snapshot.config.training.threads)?,
            };
            Ok(Self { origin, trained_on, ..Self::of(checkpoint::restore(snapshot, level)?, workers)? })
        })
    }

    fn of(trainer: Trainer, workers: Workers) -> Result<Self> {
        trainer.check_memory(workers.threads())?;
        Ok(Self {
            workers,
            trainer,
            datasets: Datasets::default(),
            streams: Streams::default(),
            integers: IntegerNetworks::default(),
            run: None,
            evaluation: None,
            peers: None,
            local: (0, Vec::new()),
            origin: None,
            trained_on: None,
            deferred: None,
            is_broken: false,
        })
    }

    /// Calls `work` unless an earlier panic broke the session; a panic breaks it.
    fn change<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.check_whole()?;
        self.is_broken = true;
        let mut has_returned = false;
        let result = guard(|| {
            let result = work(self);
            has_returned = true;
            result
        });
        self.is_broken = !has_returned;
        result
    }

    fn check_whole(&self) -> Result<()> {
        if self.is_broken {
            return Err(Error::new(
                ErrorCode::Internal,
                "",
                "a defect left this session unusable: make a new one or restore a checkpoint",
            ));
        }
        Ok(())
    }

    /// The resolved configuration as JSON.
    #[must_use]
    pub fn config(&self) -> String {
        self.trainer.config().to_json()
    }

    /// JSON of the structure and progress of the session:
    /// `{"simd","threads","gains":{"current","membrane","bias"}, "layerGains","layers":[{"inputs","units","plan":[{"errors","times","cost"}]}],"version","finished","epoch","step","bestEpoch","origin","trainedOn"}`;
    /// `epoch` and `step` count what is done, `bestEpoch` is the best on the validation data, or `null`, `origin` is that of
    /// the checkpoint it was restored from, or `null`; `trainedOn` is
    /// `{"inputs","shape"?,"channels"?,"sampleRate"?,"ranges"?,"encoding"?,"classes"?}` of the data of its last run, or
    /// `null`.
    #[must_use]
    pub fn info(&self) -> String {
        to_json(&Info::of(&self.trainer, self.workers.threads(), self.origin.as_deref(), self.trained_on.as_ref()))
    }

    /// Takes ownership of a data set and returns its number. The descriptor, which may also have `"sampleRate"`, `"ranges"` and `"classes"`, is `{"inputs":"events","shape"?}`,
    /// `{"inputs":"images","shape"?,"encoding":{…}}` or `{"inputs":"series","channels","encoding":{…}}`, the shape with the sizes
    /// of a sample's dimensions; images and signals become spikes here. With
    /// `"samples"` the data set has so many, and none is there until [`Session::supply`] brings it: the arrays are those of no
    /// samples, but for the labels, which are those of all.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for a wrong descriptor, `SHAPE_MISMATCH` for names of more or fewer classes than outputs, `SHAPE_MISMATCH` and
    /// `DATA_FORMAT` for arrays that do not fit the network.
    pub fn add_dataset(&mut self, descriptor: &str, arrays: DatasetArrays) -> Result<u32> {
        self.change(|session| {
            let shape = session.shape();
            session.datasets.add(descriptor, arrays, shape)
        })
    }

    fn shape(&self) -> Shape {
        let config = self.trainer.config();
        Shape {
            inputs: config.network.input.units(),
            outputs: self.trainer.shapes().last().map_or(0, |shape| shape.units),
            steps: config.network.steps as usize,
            reaches_max_pool: self.trainer.input_reaches_max_pool(),
        }
    }

    /// Frees a data set.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` when there is none of that number.
    pub fn remove_dataset(&mut self, id: u32) -> Result<()> {
        self.change(|session| session.datasets.remove(id))
    }

    /// JSON array of the finished epochs, also of those before the checkpoint that this session was restored from.
    #[must_use]
    pub fn history(&self) -> String {
        to_json(&self.trainer.history())
    }

    /// The bytes of a checkpoint: a safetensors file with everything that the run needs to continue. `origin` says where it comes
    /// from, in words of the host; [`Session::info`] of a session that is restored from it tells it again. One that is not `resumable` has
    /// no state of the optimiser: what is restored from it predicts the same, but can't learn.
    ///
    /// # Errors
    /// `INTERNAL` after a defect, `NON_FINITE` after an update that failed so: no session could be restored from it;
    /// `CONFIG_INVALID` where there is no memory for it.
    pub fn checkpoint(&self, origin: Option<&str>, resumable: bool) -> Result<Vec<u8>> {
        self.check_whole()?;
        guard(|| {
            // The arrays of the snapshot, and the file.
            require(2 * self.trainer.snapshot_bytes(), "checkpoint", || "it".to_owned())?;
            let trained_on = self.trained_on.as_ref().map(to_json);
            checkpoint::write(&self.trainer, resumable, None, origin, trained_on.as_deref())
        })
    }
}

impl Session {
    /// The bytes of a model file of the network as it predicts, with weights of type `float32`, `float16`, `int8` or `int4`.
    ///
    /// # Errors
    /// `INTERNAL` after a defect, `NON_FINITE` after an update that failed so; `CONFIG_INVALID` at `weights` for another type, a weight
    /// that `float16` does not hold, and where there is no memory for the file.
    pub fn export_model(&mut self, weights: &str) -> Result<Vec<u8>> {
        let weights = match weights {
            "float32" => WeightType::Float32,
            "float16" => WeightType::Float16,
            "int8" => WeightType::Int8,
            "int4" => WeightType::Int4,
            _ => {
                return Err(Error::config("weights", format!("must be float32, float16, int8 or int4, got {weights}")));
            }
        };
        self.change(|session| {
            let data = session.trained_on.as_ref().map(to_json);
            session.trainer.with_predictor(|config, network| write_model(config, network, weights, data.as_deref()))
        })
    }
}

/// The threads that were asked for, or else those of the configuration.
fn workers(config: &Config, threads: Option<&str>) -> Result<Workers> {
    match threads {
        Some(threads) => Workers::new(parse_threads(threads)?, "threads"),
        None => Workers::new(config.training.threads, "training.threads"),
    }
}

fn parse_threads(text: &str) -> Result<Threads> {
    let threads: Threads = json::parse(text).map_err(|error| Error::config("threads", error.message))?;
    threads.validate("threads").map(|()| threads)
}

fn level(name: Option<&str>) -> Result<Level> {
    let Some(name) = name else { return Ok(Level::detect()) };
    Level::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Level::available().into_iter().map(Level::name).collect();
        let message = format!("this machine has {}, got \"{name}\"", known.join(", "));
        Error::new(ErrorCode::SimdUnsupported, "simd", message)
    })
}

#[cfg(test)]
mod tests;
