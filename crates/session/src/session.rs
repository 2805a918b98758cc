//! One trainer with its data sets and threads.

use spikelet_core::config::Threads;
use spikelet_core::{
    Config, Error, ErrorCode, Evaluation, Executor, LayerParameters, Level, LocalBatch, Result, TrainEvent, Trainer,
    Until, json,
};
use spikelet_io::Checkpoint;

use crate::datasets::{Datasets, Shape};
use crate::guard::guard;
use crate::options::RunOptions;
use crate::peers::{Peers, learn_together};
use crate::status::{EvaluationStatus, Info, to_json};
use crate::streams::Streams;
use crate::wire::{DatasetArrays, Gradients, Prediction, StreamAnswer};
use crate::workers::Workers;

mod supply;

/// A network in training, its data sets and its threads.
///
/// After an `INTERNAL` error of a method that changes it, a session refuses everything but [`Session::config`] and
/// [`Session::info`]: its state may be half-done.
#[derive(Debug)]
pub struct Session {
    trainer: Trainer,
    workers: Workers,
    datasets: Datasets,
    streams: Streams,
    run: Option<RunOptions>,
    evaluation: Option<(u32, Evaluation)>,
    peers: Option<Box<dyn Peers>>,
    /// Rank and records of the local batch that waits for those of the others.
    local: (usize, Vec<u8>),
    /// The `origin` in the checkpoint from which it was restored.
    origin: Option<String>,
    /// A failure that came after events, which are delivered first.
    deferred: Option<Error>,
    is_broken: bool,
}

impl Session {
    /// A session with initial weights from the configuration's seed, on the SIMD level `simd` or the best there is. `threads` is
    /// JSON, `"auto"` or a number, and those of the configuration by default; they are no part of a checkpoint.
    ///
    /// # Errors
    /// `CONFIG_INVALID` with the path of the field, also where there is no memory for the network, `SIMD_UNSUPPORTED`.
    pub fn create(config: &str, simd: Option<&str>, threads: Option<&str>) -> Result<Self> {
        guard(|| {
            let config = Config::from_json(config)?;
            let workers = workers(&config, threads)?;
            Self::of(Trainer::new(config, level(simd)?)?, workers, None)
        })
    }

    /// The session that a checkpoint was taken of; data sets are not part of a checkpoint. `threads` as in [`Session::create`].
    ///
    /// # Errors
    /// `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `SIMD_UNSUPPORTED`, `CONFIG_INVALID` for
    /// `threads`.
    pub fn restore(checkpoint: &[u8], simd: Option<&str>, threads: Option<&str>) -> Result<Self> {
        guard(|| {
            let level = level(simd)?;
            let Checkpoint { snapshot, origin } = spikelet_io::read_checkpoint(checkpoint)?;
            let workers = workers(&snapshot.config, threads)?;
            Self::of(Trainer::restore(snapshot, level)?, workers, origin)
        })
    }

    fn of(trainer: Trainer, workers: Workers, origin: Option<String>) -> Result<Self> {
        trainer.check_memory(workers.threads())?;
        Ok(Self {
            workers,
            trainer,
            datasets: Datasets::default(),
            streams: Streams::default(),
            run: None,
            evaluation: None,
            peers: None,
            local: (0, Vec::new()),
            origin,
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
    /// `{"simd","threads","gains":{"current","membrane","bias"}, "layers":[{"inputs","units"}],"version","finished","epoch","step","bestEpoch","origin"}`;
    /// `epoch` and `step` count what is done, `bestEpoch` is that of a run that may stop early, or `null`, `origin` is that of
    /// the checkpoint it was restored from, or `null`.
    #[must_use]
    pub fn info(&self) -> String {
        to_json(&Info::of(&self.trainer, self.workers.threads(), self.origin.as_deref()))
    }

    /// Takes ownership of a data set and returns its number. The descriptor is `{"inputs":"events","shape"?}` or
    /// `{"inputs":"images","shape"?,"encoding":{…}}` with the sizes of a sample's dimensions; images become spikes here. With
    /// `"samples"` the data set has so many, and none is there until [`Session::supply`] brings it: the arrays are those of no
    /// samples, but for the labels, which are those of all.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for a wrong descriptor, `SHAPE_MISMATCH` and `DATA_FORMAT` for arrays that do not fit the network.
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
        }
    }

    /// Frees a data set.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` when there is none of that number.
    pub fn remove_dataset(&mut self, id: u32) -> Result<()> {
        self.change(|session| session.datasets.remove(id))
    }

    /// Starts a run, or continues with the one under way; options `{"train","validation"?,"epochs"?}` with the numbers of data
    /// sets, and the epochs of the whole run if not those of the configuration.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for wrong options and where the configuration needs validation data, `SHAPE_MISMATCH` when the data do
    /// not fit an epoch under way.
    pub fn begin(&mut self, options: &str) -> Result<()> {
        self.change(|session| {
            let options: RunOptions = json::parse(options)?;
            let samples = session.datasets.find("train", options.train)?.len();
            let validation = options.validation.map(|id| session.datasets.find("validation", id)).transpose()?;
            session.trainer.check_validation(validation)?;
            session.trainer.begin(samples)?;
            if let Some(epochs) = options.epochs {
                session.trainer.set_epochs(epochs);
            }
            session.run = Some(options);
            session.local.1.clear();
            session.deferred = None;
            Ok(())
        })
    }

    /// Learns up to `max_batches` batches and returns a JSON array of events; `[]` when nothing is left to do. A failure comes
    /// after the events before it: the call after them returns it.
    ///
    /// # Errors
    /// `CONFIG_INVALID` before [`Session::begin`], `NON_FINITE`, `SHAPE_MISMATCH`.
    pub fn advance(&mut self, max_batches: u32) -> Result<String> {
        self.change(|session| {
            if let Some(error) = session.deferred.take() {
                return Err(error);
            }
            let Self { trainer, workers, datasets, run, deferred, peers, local, .. } = session;
            local.1.clear();
            let run = run.as_ref().ok_or_else(|| Error::config("", "no run has begun"))?;
            let train = datasets.find("train", run.train)?;
            let validation = run.validation.map(|id| datasets.find("validation", id)).transpose()?;
            let mut peers = peers.as_deref_mut();
            let next = |trainer: &mut Trainer| match &mut peers {
                Some(peers) if trainer.is_before_batch() => {
                    learn_together(trainer, *peers, train, validation, &*workers)
                }
                _ => trainer.advance(1, train, validation, &*workers),
            };
            let events = workers.run(|| advance(trainer, max_batches, next, deferred))?;
            Ok(to_json(&events))
        })
    }

    /// From now on [`Session::advance`] learns every batch together with others.
    ///
    /// # Errors
    /// `INTERNAL` after a defect.
    pub fn join(&mut self, peers: Box<dyn Peers>) -> Result<()> {
        self.change(|session| {
            session.peers = Some(peers);
            Ok(())
        })
    }

    /// Runs the part `rank` of `size` of the batch that comes next and returns its records, for [`Session::finish_batch`] of
    /// every session that shares it; `None` if no batch comes next; [`Session::advance`] then does the next piece of work.
    ///
    /// # Errors
    /// `CONFIG_INVALID` before [`Session::begin`] and for an impossible rank, `SHAPE_MISMATCH`.
    pub fn run_local_batch(&mut self, rank: u32, size: u32) -> Result<Option<&[u8]>> {
        let has_run = self.change(|session| {
            let Self { trainer, workers, datasets, run, local: kept, .. } = session;
            let run = run.as_ref().ok_or_else(|| Error::config("", "no run has begun"))?;
            if !trainer.is_before_batch() {
                return Ok(false);
            }
            let train = datasets.find("train", run.train)?;
            let local = LocalBatch { rank: rank as usize, size: size as usize };
            kept.0 = local.rank;
            workers.run(|| trainer.run_local_batch(train, local, &*workers, &mut kept.1))?;
            Ok(true)
        })?;
        Ok(has_run.then_some(&self.local.1))
    }

    /// Learns the batch from the records of all local batches, in order of rank, and returns a JSON array of what happened. Those of
    /// this session's own, which it has, may be left empty.
    ///
    /// # Errors
    /// `CONFIG_INVALID` before [`Session::begin`], `DATA_FORMAT` for records that are not those of this batch, `NON_FINITE`.
    pub fn finish_batch(&mut self, records: &[&[u8]]) -> Result<String> {
        self.change(|session| {
            let Self { trainer, workers, datasets, run, local, .. } = session;
            let run = run.as_ref().ok_or_else(|| Error::config("", "no run has begun"))?;
            let (own, mut kept) = std::mem::take(local);
            let mut records = records.to_vec();
            if let Some(part) = records.get_mut(own).filter(|part| part.is_empty()) {
                *part = &kept;
            }
            let train = datasets.find("train", run.train)?;
            let validation = run.validation.map(|id| datasets.find("validation", id)).transpose()?;
            let events = workers.run(|| trainer.finish_batch(train, validation, &records, &*workers));
            kept.clear();
            local.1 = kept;
            Ok(to_json(&events?))
        })
    }

    /// Starts a pass over a data set, each sample only up to its first output spike if wanted; an earlier pass is discarded.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` when there is no such data set.
    pub fn begin_evaluation(&mut self, dataset: u32, early_decision: bool) -> Result<()> {
        self.change(|session| {
            session.datasets.find("dataset", dataset)?;
            session.evaluation = Some((dataset, session.trainer.evaluation(until(early_decision))));
            Ok(())
        })
    }

    /// Evaluates about `max_samples` more samples, whole batches at a time; JSON `{"done","samples","report"?}` with the samples
    /// so far, and the metrics at the end.
    ///
    /// # Errors
    /// `CONFIG_INVALID` before [`Session::begin_evaluation`], `SHAPE_MISMATCH` for targets that do not fit the loss,
    /// `NON_FINITE`.
    pub fn advance_evaluation(&mut self, max_samples: u32) -> Result<String> {
        self.change(|session| {
            let Self { trainer, workers, datasets, evaluation, .. } = session;
            let (id, position) = evaluation.as_mut().ok_or_else(|| Error::config("", "no evaluation has begun"))?;
            let data = datasets.find("dataset", *id)?;
            let done = workers.run(|| trainer.evaluate(position, data, max_samples as usize, &*workers))?;
            let report = done.then(|| position.report());
            let status = EvaluationStatus { done, samples: position.position(), report };
            if done {
                *evaluation = None;
            }
            Ok(to_json(&status))
        })
    }

    /// Decisions and spikes of `count` samples from `start` on, each only up to its first output spike if wanted.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for samples that do not exist, `CONFIG_INVALID` where there is no memory for the spikes.
    pub fn predict(&mut self, dataset: u32, start: u32, count: u32, early_decision: bool) -> Result<Prediction> {
        self.change(|session| {
            let Self { trainer, workers, datasets, .. } = session;
            let data = datasets.find("dataset", dataset)?;
            let range = start as usize..(start as usize).saturating_add(count as usize);
            Prediction::from_core(workers.run(|| trainer.predict(data, range, until(early_decision), &*workers))?)
        })
    }

    /// Opens a stream with the network's current parameters, and returns its number; options `{"encoding"?,"channels"?}`: the
    /// encoding and the channels, 1 by default, of a signal.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for wrong options, and where there is no memory for it; `DATA_FORMAT` for an encoding that is not for
    /// signals; `SHAPE_MISMATCH` where its units are not the inputs of the network.
    pub fn open_stream(&mut self, options: &str) -> Result<u32> {
        self.change(|session| session.streams.open(options, &mut session.trainer))
    }

    /// Runs `steps` more steps of a stream with these input spikes, `times` counted from the first of them.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream, more than 65535 steps, and spikes outside these steps or the input; no step is run
    /// then.
    pub fn run_stream(&mut self, stream: u32, times: Vec<u16>, units: Vec<u32>, steps: u32) -> Result<StreamAnswer> {
        self.change(|session| session.streams.run(stream, times, units, steps))
    }

    /// Runs the steps of a stream that the next values of a signal, `[time][channel]`, complete.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for a stream without an encoding; `SHAPE_MISMATCH` for an unknown stream, more than 65535 times and a
    /// part of one; `DATA_FORMAT` for values that are not finite. Nothing is taken then.
    pub fn run_stream_signal(&mut self, stream: u32, values: &[f32]) -> Result<StreamAnswer> {
        self.change(|session| session.streams.run_signal(stream, values))
    }

    /// Resets a stream to before its first step; it keeps the parameters that it began with.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream.
    pub fn restart_stream(&mut self, stream: u32) -> Result<()> {
        self.change(|session| session.streams.restart(stream))
    }

    /// Frees a stream.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream.
    pub fn close_stream(&mut self, stream: u32) -> Result<()> {
        self.change(|session| session.streams.close(stream))
    }

    /// Loss and gradients of `count` samples from `start` on as one batch; nothing is learned.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for no samples, samples that do not exist or targets that do not fit the loss, `NON_FINITE`,
    /// `CONFIG_INVALID` where there is no memory for the trace.
    pub fn gradients(&mut self, dataset: u32, start: u32, count: u32, trace: bool) -> Result<Gradients> {
        self.change(|session| {
            let Self { trainer, workers, datasets, .. } = session;
            let data = datasets.find("dataset", dataset)?;
            let range = start as usize..(start as usize).saturating_add(count as usize);
            let found = workers.run(|| trainer.gradients(data, range, trace, &*workers))?;
            Ok(Gradients {
                metrics: to_json(&found.metrics),
                layers: found.layers,
                prediction: Prediction::from_core(found.prediction)?,
                trace: found.trace,
            })
        })
    }

    /// One step of the optimiser with given gradients, one entry per spiking layer.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for wrong lengths, `NON_FINITE` for values that are not finite.
    pub fn apply_gradients(&mut self, layers: &[LayerParameters]) -> Result<()> {
        self.change(|session| session.trainer.apply_gradients(layers))
    }

    /// Parameters of a spiking layer.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for a layer that does not exist.
    pub fn parameters(&self, layer: u32) -> Result<LayerParameters> {
        self.check_whole()?;
        guard(|| {
            let (weights, biases) = self.trainer.parameters(layer as usize)?;
            Ok(LayerParameters { weights, biases, learnt: self.trainer.learnt(layer as usize)? })
        })
    }

    /// Replaces the parameters of a spiking layer; its optimiser moments start again. What it learns beside weights and biases
    /// stays where it is not given.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for wrong lengths and for what the layer does not learn, `NON_FINITE` for values that are not finite,
    /// `CONFIG_INVALID` for a constant that it cannot have.
    pub fn set_parameters(&mut self, layer: u32, given: &LayerParameters) -> Result<()> {
        self.change(|session| session.trainer.replace_parameters(layer as usize, given))
    }

    /// JSON array of the finished epochs, also of those before the checkpoint that this session was restored from.
    #[must_use]
    pub fn history(&self) -> String {
        to_json(&self.trainer.history())
    }

    /// The bytes of a checkpoint: a safetensors file with everything that the run needs to continue. `origin` says where it comes
    /// from, in words of the host; [`Session::info`] of a session that is restored from it tells it again.
    ///
    /// # Errors
    /// `INTERNAL` after a defect.
    pub fn checkpoint(&self, origin: Option<&str>) -> Result<Vec<u8>> {
        self.check_whole()?;
        guard(|| Ok(spikelet_io::write_checkpoint(&self.trainer.snapshot(), origin)))
    }
}

/// Batch by batch, so that a failure does not lose the events before it.
fn advance(
    trainer: &mut Trainer,
    max_batches: u32,
    mut next: impl FnMut(&mut Trainer) -> Result<Vec<TrainEvent>>,
    deferred: &mut Option<Error>,
) -> Result<Vec<TrainEvent>> {
    let mut events = Vec::new();
    for _ in 0..max_batches {
        match next(trainer) {
            Ok(more) if more.is_empty() => break,
            Ok(more) => events.extend(more),
            Err(error) if events.is_empty() => return Err(error),
            Err(error) => {
                *deferred = Some(error);
                break;
            }
        }
    }
    Ok(events)
}

fn until(early_decision: bool) -> Until {
    if early_decision { Until::Decision } else { Until::End }
}

/// The threads that were asked for, or else those of the configuration.
fn workers(config: &Config, threads: Option<&str>) -> Result<Workers> {
    Workers::new(threads.map(parse_threads).transpose()?.unwrap_or(config.training.threads))
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
