//! A run of training: whole batches, or parts of them that several sessions share.

use spikelet_config::{Error, Result, json};
use spikelet_data::Dataset;
use spikelet_training::{Executor, LocalBatch, TrainEvent, Trainer, Work};

use super::Session;
use crate::datasets::Datasets;
use crate::options::RunOptions;
use crate::peers::{Peers, learn_together};
use crate::status::to_json;
use crate::trained_on::TrainedOn;

/// The data sets of the run that has begun.
pub(super) struct RunData<'a> {
    pub(super) train: &'a Dataset,
    pub(super) validation: Option<&'a Dataset>,
}

impl<'a> RunData<'a> {
    pub(super) fn of(run: Option<&RunOptions>, datasets: &'a Datasets) -> Result<Self> {
        let run = run.ok_or_else(|| Error::config("", "no run has begun"))?;
        let train = datasets.find("train", run.train)?;
        let validation = run.validation.map(|id| datasets.find("validation", id)).transpose()?;
        Ok(Self { train, validation })
    }
}

impl Session {
    /// Starts a run, or continues with the one under way; options `{"train","validation"?,"epochs"?}` with the numbers of data
    /// sets, and the epochs of the whole run if not those of the configuration.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for wrong options and where the configuration needs validation data, `SHAPE_MISMATCH` when the data do
    /// not fit an epoch under way, `DATA_FORMAT` for other classes than the network has learnt.
    pub fn begin(&mut self, options: &str) -> Result<()> {
        self.change(|session| {
            let options: RunOptions = json::parse(options)?;
            let RunData { train, validation } = RunData::of(Some(&options), &session.datasets)?;
            session.trainer.check_validation(validation)?;
            let trained_on = session.trained_on_of(&options)?;
            session.trainer.begin(train.len())?;
            session.trained_on = Some(trained_on);
            if let Some(epochs) = options.epochs {
                session.trainer.set_epochs(epochs);
            }
            session.run = Some(options);
            session.local.1.clear();
            session.deferred = None;
            Ok(())
        })
    }

    /// What the network will have been trained on after a run.
    fn trained_on_of(&self, run: &RunOptions) -> Result<TrainedOn> {
        let train = self.datasets.descriptor("train", run.train)?;
        if let Some(earlier) = &self.trained_on {
            earlier.check_classes(train, "train.classes")?;
        }
        let trained_on = TrainedOn::of(train).or_classes(self.trained_on.as_ref());
        if let Some(id) = run.validation {
            trained_on.check_classes(self.datasets.descriptor("validation", id)?, "validation.classes")?;
        }
        Ok(trained_on)
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
            let RunData { train, validation } = RunData::of(run.as_ref(), datasets)?;
            trainer.require_room(Work::Learn, workers.threads())?;
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
            let RunData { train, .. } = RunData::of(run.as_ref(), datasets)?;
            if !trainer.is_before_batch() {
                return Ok(false);
            }
            let local = LocalBatch { rank: rank as usize, size: size as usize };
            trainer.require_room(Work::Gradients, workers.threads())?;
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
    /// `CONFIG_INVALID` before [`Session::begin`] and where no batch comes next, `DATA_FORMAT` for records that are not those of
    /// this batch, `NON_FINITE`. This session keeps its own records then.
    pub fn finish_batch(&mut self, records: &[&[u8]]) -> Result<String> {
        self.change(|session| {
            let Self { trainer, workers, datasets, run, local, .. } = session;
            let RunData { train, validation } = RunData::of(run.as_ref(), datasets)?;
            trainer.require_room(Work::Learn, workers.threads())?;
            let (own, kept) = local;
            let mut records = records.to_vec();
            if let Some(part) = records.get_mut(*own).filter(|part| part.is_empty()) {
                *part = kept;
            }
            let events = workers.run(|| trainer.finish_batch(train, validation, &records, &*workers))?;
            kept.clear();
            Ok(to_json(&events))
        })
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
